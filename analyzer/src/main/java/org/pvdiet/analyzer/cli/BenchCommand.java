package org.pvdiet.analyzer.cli;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.pvdiet.analyzer.bench.BenchReport;
import org.pvdiet.analyzer.bench.BenchText;
import org.pvdiet.analyzer.bench.Measurements;
import org.pvdiet.emulator.guest.BadImageException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description =
                "Measures here how fast guests boot, work and are recorded, and how fast traces are analysed; beside it"
                        + " QEMU, where it is installed, natively and with real Xen.",
        footer = {
            "",
            "The kernel runs as dom0 on real Xen, Debian's from its mirror or /boot; where",
            "it cannot be dom0, as a cloud kernel, Debian's generic kernel is booted on both.",
            "",
            "Each run is a process of its own; seconds are from its start. MIPS of a boot are",
            "millions of guest instructions by the seconds to the end. Work is timed at the",
            "lines that the guest prints.",
            "",
            "What is recorded with all registers, and what is on xen-pv without QEMU beside",
            "it, is measured in the first run alone. Ctrl-C prints what was measured so far.",
            "",
            "Examples:",
            "  pvdiet bench",
            "  pvdiet bench --runs 5 --format json > bench.json"
        })
final class BenchCommand implements Callable<Integer> {
    @Mixin
    private KernelOption kernel;

    @Option(names = "--runs", paramLabel = "N", defaultValue = "3", description = "Default: ${DEFAULT-VALUE}.")
    private int runs;

    @Option(names = "--format", paramLabel = "text|json", defaultValue = "TEXT", description = "Default: text.")
    private Format format;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (runs < 1) {
            throw new ParameterException(spec.commandLine(), "bench needs at least one run.");
        }
        Path image = kernel.path();
        Path directory = Files.createTempDirectory("pvdiet-bench");
        // From now on, or the directory stays where the user ends a download.
        try (Interruption interruption = Interruption.begin()) {
            Optional<Qemu> bare = Optional.empty();
            Optional<Qemu> xen = Optional.empty();
            Optional<String> version = Optional.empty();
            if (Qemu.isInstalled()) {
                bare = Optional.of(Qemu.bare(image, directory));
                xen = realXen(image, directory);
                version = Optional.of(Qemu.version());
            } else {
                System.err.println("pvdiet: qemu-system-x86_64 is not installed, so nothing is compared with it.");
            }
            Measurements measurements = new Measurements();
            boolean complete = false;
            try {
                new Benchmark(image, directory, runs, interruption, measurements).measure(bare, xen);
                complete = true;
            } catch (InterruptedException e) {
                System.err.println("pvdiet: interrupted; the table is of what was measured before.");
            } finally {
                print(measurements.report(image.toString(), Benchmark.machine(version), runs, complete));
            }
            return complete ? ExitCode.DONE : ExitCode.GUEST_FAILED;
        } finally {
            MoreFiles.deleteRecursively(directory, RecursiveDeleteOption.ALLOW_INSECURE);
        }
    }

    private void print(BenchReport report) {
        if (format == Format.JSON) {
            System.out.println(Json.print(Json.tree(report)));
        } else {
            new BenchText(System.out).print(report);
        }
    }

    private static Optional<Qemu> realXen(Path image, Path directory) throws IOException {
        try {
            return Optional.of(Qemu.xen(image, directory, System.err::println));
        } catch (BadImageException e) {
            System.err.println("pvdiet: nothing is compared with real Xen: " + e.getMessage());
            return Optional.empty();
        }
    }
}
