package org.pvdiet.emulator.platform.xenpv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.pvdiet.emulator.cpu.CpuModel;
import org.pvdiet.emulator.guest.StockKernels;
import org.pvdiet.emulator.guest.Workload;
import org.pvdiet.emulator.machine.Configuration;
import org.pvdiet.emulator.machine.Console;
import org.pvdiet.emulator.machine.Ending;
import org.pvdiet.emulator.machine.Machine;

/** Debian's cloud kernel, as it is, boots as an unprivileged PV guest. */
class LinuxBootTest {
    private static final long ENOUGH = 6_000_000_000L;

    @Test
    void theCloudKernelRunsTheWorkloadAndPowersOff() {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        Machine machine = XenPv.place(
                new Configuration(
                        StockKernels.image(StockKernels.CLOUD),
                        CpuModel.named(CpuModel.DEFAULT),
                        Configuration.DEFAULT_MEMORY,
                        XenPv.COMMAND_LINE,
                        Workload.initrd(),
                        Configuration.DEFAULT_SEED,
                        false),
                new Console(printed));
        Ending ending = machine.run(ENOUGH);

        String console = printed.toString(StandardCharsets.UTF_8);
        assertEquals(Ending.Reason.POWER_OFF, ending.reason(), ending.detail() + "\n" + console);
        assertTrue(console.contains("Xen version: 4.17.0 (preserve-AD)"), console);
        String last = console.lines()
                .filter(line -> line.startsWith(Workload.LAST_LINE))
                .findFirst()
                .orElse("");
        assertTrue(last.endsWith(" 0 failed"), console);
        assertEquals(List.of(), machine.platform().unimplemented());
    }
}
