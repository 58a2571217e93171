package org.pvdiet.emulator.platform.xenpv;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pvdiet.emulator.cpu.CpuModel;
import org.pvdiet.emulator.guest.KernelImage;
import org.pvdiet.emulator.guest.XenGuest;
import org.pvdiet.emulator.machine.Configuration;
import org.pvdiet.emulator.machine.Console;
import org.pvdiet.emulator.machine.Ending;
import org.pvdiet.emulator.machine.Machine;

/** A guest that asks the hypervisor questions gets the answers that real Xen gives. */
class AnswersTest {
    private static final long MEMORY = 64L << 20;
    private static final long ENOUGH = 100_000_000;

    /** Ours where they differ, in the guest's order; real Xen's answers are of a domain 0 under QEMU. */
    private static final List<String> OTHER = List.of(
            // XENFEAT_pae_pgdir_above_4gb follows an assist that only Xen's own builder of domain 0 sets for 64-bit
            // guests (arch/x86/pv/dom0_build.c).
            "guest: feature pae_pgdir_above_4gb: 0",
            // The error code is the gate's index times 8, plus 2 (SDM volume 3, section 6.13); QEMU 7.2 takes 16-byte
            // gates for it, and another gate than that of the vector.
            "guest: int $0x20: vector 13 error 0x102",
            "guest: int $0x82: vector 13 error 0x412",
            // QEMU 7.2 gives AMD's processors a register of Intel's.
            "guest: rdmsr MISC_ENABLE: vector 13 error 0x0",
            // MTRR, EDX bit 12, is shown to domain 0 (guest_cpuid of arch/x86/cpuid.c).
            "guest: cpuid 80000001 0: none 0x60fb1 0x0 0x1 0x2191cbf5",
            // Cache attributes are for domains with devices (l1_disallow_mask of arch/x86/mm.c).
            "guest: mmu_update with PAT bit: -22");

    @TempDir
    Path directory;

    @Test
    void aGuestGetsTheAnswersOfRealXen() throws IOException, InterruptedException {
        Path image = XenGuest.build(directory);
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        Machine machine = XenPv.place(
                KernelImage.openElf(image),
                CpuModel.named(CpuModel.DEFAULT),
                MEMORY,
                "",
                new byte[0],
                Configuration.DEFAULT_SEED,
                new Console(printed),
                address -> "");
        Ending ending = machine.run(ENOUGH);

        List<String> answers = printed.toString(StandardCharsets.UTF_8).lines().toList();
        List<String> expected = XenGuest.expected();
        List<String> other = new ArrayList<>();
        List<String> replaced = new ArrayList<>(answers);
        for (int i = 0; i < Math.min(answers.size(), expected.size()); i++) {
            if (OTHER.contains(answers.get(i)) && !answers.get(i).equals(expected.get(i))) {
                other.add(answers.get(i));
                replaced.set(i, expected.get(i));
            }
        }
        assertEquals(String.join("\n", expected), String.join("\n", replaced));
        assertEquals(OTHER, other);
        assertEquals(Ending.Reason.POWER_OFF, ending.reason(), ending.detail());
    }
}
