package org.pvdiet.analyzer.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.pvdiet.emulator.guest.ElfImage;
import org.pvdiet.emulator.guest.KernelImage;
import org.pvdiet.emulator.machine.Console;
import org.pvdiet.emulator.machine.Ending;
import org.pvdiet.emulator.machine.Machine;
import org.pvdiet.emulator.session.PlatformName;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "run",
        mixinStandardHelpOptions = true,
        description = "Runs a guest and records nothing: a Linux kernel, or on xen-pv any ELF image with Xen notes.",
        footer = {
            "",
            "The guest's exit or shutdown code decides the exit code: 0 power-off, 4 anything else.",
            "",
            "Examples:",
            "  pvdiet run /boot/vmlinuz-6.1.0-56-cloud-amd64 --platform native --console -",
            "  pvdiet run unikernel.elf --platform xen-pv --console -"
        })
final class RunCommand implements Callable<Integer> {
    @Parameters(paramLabel = "IMAGE", description = "A bzImage, a vmlinux, or an ELF image with Xen notes.")
    private Path kernel;

    @Option(
            names = "--platform",
            required = true,
            paramLabel = "native|xen-pv",
            converter = PlatformConverter.class,
            description = "What the guest runs on.")
    private PlatformName platform;

    @Mixin
    private GuestOptions options;

    @Override
    public Integer call() throws IOException {
        Optional<ElfImage> other = platform == PlatformName.XEN_PV ? KernelImage.openOther(kernel) : Optional.empty();
        Optional<String> target = options.console().isPresent() ? options.console() : Optional.of("-");
        try (OutputStream sink = ConsoleOutput.open(target)) {
            Console console = new Console(sink);
            options.until().ifPresent(console::waitFor);
            Machine machine = other.isPresent()
                    ? options.guest(other.get()).place(console)
                    : options.guest(KernelImage.load(kernel), platform).place(console);
            Ending ending;
            try (Interruption interruption = Interruption.of(machine)) {
                ending = machine.run(options.maxInstructions());
            }
            if (ending.isIntended()) {
                return ExitCode.DONE;
            }
            sink.flush();
            GuestFailure.report(ending, console.lastLines());
            return ExitCode.GUEST_FAILED;
        }
    }
}
