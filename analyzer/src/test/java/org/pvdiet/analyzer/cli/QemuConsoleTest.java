package org.pvdiet.analyzer.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pvdiet.emulator.guest.KernelImage;
import org.pvdiet.emulator.guest.Workload;
import org.pvdiet.emulator.session.PlatformName;

/**
 * The same kernel says the same on our PC and on QEMU's, apart from what the two machines do not have in common. QEMU's has
 * more than ours, so its guest is told not to use ACPI, PCI and the local APIC.
 */
class QemuConsoleTest {
    private static final String TOLD_TO_QEMUS_GUEST = " acpi=off nolapic pci=off";

    private static final Pattern TIMESTAMP = Pattern.compile("^\\[ *\\d+\\.\\d+\\] ");
    private static final Pattern ADDRESS = Pattern.compile("\\b(0x)?[0-9a-f]{7,16}\\b");

    /** Messages that only our guest has a reason for. */
    private static final List<String> OURS = List.of(
            // No firmware tables, and no local APIC.
            "ACPI BIOS Error (bug): A valid RSDP was not found",
            "ACPI: Early table checksum verification disabled",
            "APIC disabled by BIOS",
            "DMI not present or invalid.",
            // CPUID announces no hypervisor, so that the kernel looks for a real AMD processor's performance counters.
            "Broken PMU hardware detected",
            "Failed to access perfctr msr",
            // Alignment is checked as SDM vol. 3, 6.15, #AC says; QEMU's emulation does not.
            "workload: fault: alignment ok");

    /** Messages that only QEMU's guest has a reason for. */
    private static final List<String> QEMUS = List.of(
            "SeaBIOS",
            "ACPI: MPS support code is not built-in, using acpi=off",
            "APIC disabled via kernel command line",
            "DMI: QEMU Standard PC",
            "SMBIOS",
            // The top of memory is the firmware's.
            "BIOS-e820: [mem # reserved",
            "BIOS-e820: [mem #-#] reserved",
            "On node 0, zone DMA32: 32 pages in unavailable ranges",
            "PMU not available due to virtualization",
            // A keyboard and a mouse.
            "input: AT Translated Set 2 keyboard",
            "serio: i8042 AUX port",
            "workload: fault: alignment ok (none by this CPU");

    /** Messages whose figures follow from the size of memory left by firmware, or from how long instructions take. */
    private static final List<String> FIGURES =
            List.of("Built 1 zonelists", "Memory: ", "last_pfn = ", "audit: type=2000", "sched_clock: Marking stable");

    @TempDir
    Path directory;

    @Test
    void theGuestSaysWhatItSaysUnderQemu() throws IOException {
        String command = commandLine();
        TreeSet<String> expected = messages(qemu(command + TOLD_TO_QEMUS_GUEST).stream());
        TreeSet<String> said =
                messages(Recordings.whole(PlatformName.NATIVE).console().lines());
        TreeSet<String> missing = new TreeSet<>(expected);
        missing.removeAll(said);
        missing.removeIf(line -> QEMUS.stream().anyMatch(line::contains));
        assertEquals(new TreeSet<>(), missing, "said under QEMU only");
        TreeSet<String> extra = new TreeSet<>(said);
        extra.removeAll(expected);
        extra.removeIf(line -> OURS.stream().anyMatch(line::contains));
        assertEquals(new TreeSet<>(), extra, "said under pvdiet only");
        assertTrue(said.size() > 250, () -> said.size() + " messages");
    }

    private static String commandLine() {
        return PlatformName.NATIVE.commandLine();
    }

    private static TreeSet<String> messages(Stream<String> lines) {
        TreeSet<String> messages = new TreeSet<>();
        lines.map(QemuConsoleTest::message).filter(line -> !line.isEmpty()).forEach(messages::add);
        return messages;
    }

    private static String message(String line) {
        // The firmware's last line has no end.
        String text = line.replace("\r", "").replace("Booting from ROM..", "").replace(TOLD_TO_QEMUS_GUEST, "");
        String message = ADDRESS.matcher(TIMESTAMP.matcher(text).replaceFirst(""))
                .replaceAll("#")
                .strip();
        return FIGURES.stream().filter(message::startsWith).findFirst().orElse(message);
    }

    /** With ACPI off the guest's power-off is a halt, and QEMU stays: so it is ended at the guest's last line. */
    private List<String> qemu(String commandLine) throws IOException {
        Path vmlinux = Files.write(
                directory.resolve("vmlinux"),
                KernelImage.open(Recordings.kernel()).elf().file().toArray());
        Path initrd = Files.write(directory.resolve("initrd"), Workload.initrd());
        ProcessBuilder builder = new ProcessBuilder(
                "qemu-system-x86_64", "-machine", "pc", "-m", "256M", "-nographic", "-no-reboot", "-nodefaults");
        builder.command().addAll(List.of("-serial", "stdio", "-monitor", "none", "-cpu", "qemu64"));
        builder.command().addAll(List.of("-kernel", vmlinux.toString(), "-initrd", initrd.toString()));
        builder.command().addAll(List.of("-append", commandLine, "-accel", "tcg", "-icount", "shift=0,sleep=off"));
        builder.command().addAll(List.of("-rtc", "clock=vm,base=2024-01-01"));
        Process qemu;
        try {
            qemu = builder.redirectErrorStream(true).start();
        } catch (IOException e) {
            return abort("qemu-system-x86_64 is not installed");
        }
        // A guest that hangs is a guest whose messages end early.
        CompletableFuture.delayedExecutor(5, TimeUnit.MINUTES).execute(qemu::destroy);
        List<String> lines = new ArrayList<>();
        try (BufferedReader console = qemu.inputReader(StandardCharsets.ISO_8859_1)) {
            String line = "";
            while (line != null && !line.contains("reboot: System halted")) {
                line = console.readLine();
                if (line != null) {
                    lines.add(line);
                }
            }
        } finally {
            qemu.destroy();
        }
        return lines;
    }
}
