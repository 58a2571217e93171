package org.pvdiet.analyzer.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.pvdiet.analyzer.bench.MeasuredRun;
import org.pvdiet.emulator.guest.BadImageException;
import org.pvdiet.emulator.guest.DebianKernel;
import org.pvdiet.emulator.guest.KernelImage;
import org.pvdiet.emulator.session.PlatformName;

/**
 * A kernel that QEMU is to run, on TCG without -icount, as it comes.
 *
 * @param options what QEMU is told besides, for an initrd
 */
record Qemu(Path kernel, Function<Path, List<String>> options) {
    private static final String PROGRAM = "qemu-system-x86_64";

    private static final List<String> MACHINE = List.of(
            PROGRAM,
            "-machine",
            "pc",
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
            "qemu64");

    /** Linux builds it where a kernel can be dom0 (CONFIG_XEN_PV_DOM0 in arch/x86/xen/Makefile). */
    private static final String DOM0_SYMBOL = "xen_init_vga";

    /**
     * The kernel natively, from its ELF file, which starts without decompression, as ours does.
     *
     * @param directory for what QEMU reads
     */
    static Qemu bare(Path kernel, Path directory) throws IOException {
        Path vmlinux = Files.write(
                directory.resolve("vmlinux"),
                KernelImage.open(kernel).elf().file().toArray());
        return new Qemu(
                kernel,
                initrd -> List.of(
                        "-m",
                        "256M",
                        "-kernel",
                        vmlinux.toString(),
                        "-initrd",
                        initrd.toString(),
                        "-append",
                        PlatformName.NATIVE.commandLine() + " acpi=off noapic nolapic pci=off"));
    }

    /**
     * Real Xen and the kernel as its dom0; or, where that kernel cannot be dom0, Debian's generic one.
     *
     * @param directory for what QEMU reads, a path without spaces and commas
     * @throws BadImageException where there is no Xen or no such kernel
     */
    static Qemu xen(Path kernel, Path directory, Consumer<String> log) throws IOException {
        DebianKernel debian = new DebianKernel(log);
        Path xen = directory.resolve("xen");
        try (InputStream compressed = new GZIPInputStream(Files.newInputStream(debian.hypervisor()))) {
            Files.copy(compressed, xen, StandardCopyOption.REPLACE_EXISTING);
        }
        Path chosen = canBeDom0(kernel) ? kernel : debian.download(DebianKernel.GENERIC);
        Path dom0 = Files.copy(chosen, directory.resolve("dom0"));
        return new Qemu(
                chosen,
                initrd -> List.of(
                        "-m",
                        "768M",
                        "-kernel",
                        xen.toString(),
                        "-initrd",
                        dom0 + " " + PlatformName.XEN_PV.commandLine() + "," + initrd,
                        "-append",
                        "console=com1 com1=115200 dom0_mem=256M"));
    }

    private static boolean canBeDom0(Path kernel) {
        return KernelImage.open(kernel).kallsyms().address(DOM0_SYMBOL).isPresent();
    }

    static boolean isInstalled() {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, PROGRAM)));
    }

    /** What it says of its version. */
    static String version() throws IOException, InterruptedException {
        return MeasuredRun.of(new ProcessBuilder(PROGRAM, "--version"), "version", process -> {})
                .lines()
                .get(0)
                .text();
    }

    /** What runs it. With ACPI off, a guest cannot power off: it has to be ended. */
    ProcessBuilder program(Path initrd) {
        List<String> command = new ArrayList<>(MACHINE);
        command.addAll(options.apply(initrd));
        return new ProcessBuilder(command);
    }
}
