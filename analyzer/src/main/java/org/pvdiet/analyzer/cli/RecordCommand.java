package org.pvdiet.analyzer.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.pvdiet.emulator.guest.KernelImage;
import org.pvdiet.traces.RegisterMode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "record",
        mixinStandardHelpOptions = true,
        description = "Runs a kernel and records every call of every paravirt hook.",
        footer = {
            "",
            "Examples:",
            "  pvdiet record --kernel /boot/vmlinuz-6.1.0-56-cloud-amd64 --platform native -o native.pvtrace",
            "  pvdiet record --kernel vmlinuz --platform xen-pv --registers full --console - -o xen.pvtrace",
            "",
            "The last line on standard output: calls, instructions, seconds, the trace's path."
        })
final class RecordCommand implements Callable<Integer> {
    @Option(names = KernelOption.NAME, required = true, paramLabel = "IMAGE", description = "A bzImage or vmlinux.")
    private Path kernel;

    @Option(
            names = "--registers",
            paramLabel = "args|full",
            defaultValue = "ARGS",
            description = "Arguments, result, flags and control registers; or all registers before and after each call."
                    + " Default: args.")
    private RegisterMode registers;

    @Option(
            names = {"-o", "--output"},
            required = true,
            paramLabel = "X.pvtrace",
            description = "The trace to write.")
    private Path output;

    @Mixin
    private Force force;

    @Mixin
    private GuestOptions options;

    @Override
    public Integer call() throws IOException {
        KernelImage image = HeadStart.image(kernel);
        RecordingRun run;
        try (Interruption interruption = Interruption.begin()) {
            run = RecordingRun.record(
                    options.guest(image),
                    output,
                    registers,
                    force.given(),
                    options.console(),
                    options.until(),
                    options.maxInstructions(),
                    interruption);
        }
        int code = run.conclude();
        System.out.printf(
                Locale.ROOT,
                "%d calls, %d instructions, %.1f s, %s%n",
                run.calls(),
                run.instructions(),
                run.seconds(),
                output);
        return code;
    }
}
