package org.pvdiet.analyzer.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.pvdiet.analyzer.bench.MeasuredRun;
import org.pvdiet.emulator.guest.KernelImage;
import org.pvdiet.emulator.session.PlatformName;

/** QEMU on TCG without -icount, as it comes, with the same kernel natively. */
final class Qemu {
    private static final String PROGRAM = "qemu-system-x86_64";

    private final Path vmlinux;

    /**
     * @param directory for the kernel as QEMU takes it
     */
    Qemu(KernelImage image, Path directory) throws IOException {
        vmlinux = Files.write(directory.resolve("vmlinux"), image.elf().file().toArray());
    }

    static boolean isInstalled() {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, PROGRAM)));
    }

    /** Runs it until its console has a line with {@code lastLine}: with ACPI off, a guest cannot power off. */
    MeasuredRun run(Path initrd, String lastLine) throws IOException, InterruptedException {
        return MeasuredRun.of(
                List.of(
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
                        PlatformName.NATIVE.commandLine() + " acpi=off noapic nolapic pci=off"),
                lastLine);
    }
}
