package org.pvdiet.analyzer.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.pvdiet.emulator.guest.KernelImage;
import org.pvdiet.emulator.guest.Workload;
import org.pvdiet.emulator.session.PlatformName;

/** QEMU's native boot of the same kernel and workload, where it is installed. */
final class Qemu {
    private static final String PROGRAM = "qemu-system-x86_64";

    private Qemu() {}

    private static boolean isInstalled() {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, PROGRAM)));
    }

    /** From the start of QEMU's process, on TCG and without -icount, to the workload's first line. */
    static Optional<Timing> timeToFirstLine(KernelImage image, Path directory, int runs) throws IOException {
        if (!isInstalled()) {
            return Optional.empty();
        }
        Path vmlinux = directory.resolve("vmlinux");
        Files.write(vmlinux, image.elf().file().toArray());
        Path initrd = directory.resolve("initrd.cpio");
        Files.write(initrd, Workload.initrd());
        List<Double> seconds = new ArrayList<>();
        long peak = 0;
        for (int i = 0; i < runs; i++) {
            long start = System.nanoTime();
            Process process = new ProcessBuilder(
                            PROGRAM,
                            "-machine",
                            "pc",
                            "-m",
                            "256M",
                            "-nographic",
                            "-no-reboot",
                            "-nodefaults",
                            "-serial",
                            "stdio",
                            "-monitor",
                            "none",
                            "-accel",
                            "tcg",
                            "-cpu",
                            "qemu64",
                            "-kernel",
                            vmlinux.toString(),
                            "-initrd",
                            initrd.toString(),
                            "-append",
                            PlatformName.NATIVE.commandLine() + " acpi=off noapic nolapic pci=off")
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            try (BufferedReader reader =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
                boolean found = false;
                for (String line = reader.readLine(); line != null && !found; line = reader.readLine()) {
                    found = line.contains(Workload.FIRST_LINE);
                }
                if (!found) {
                    throw new BadInputException("QEMU ended before the workload began.");
                }
                seconds.add((System.nanoTime() - start) / 1e9);
                peak = Math.max(peak, Timing.residentPeak(process.pid()));
            } finally {
                process.destroyForcibly();
            }
        }
        return Optional.of(Timing.of(seconds, peak));
    }
}
