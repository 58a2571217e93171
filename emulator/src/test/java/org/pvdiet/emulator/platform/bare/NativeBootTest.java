package org.pvdiet.emulator.platform.bare;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pvdiet.emulator.cpu.Cpu;
import org.pvdiet.emulator.cpu.CpuModel;
import org.pvdiet.emulator.cpu.Execution;
import org.pvdiet.emulator.guest.KernelImage;
import org.pvdiet.emulator.guest.StockKernels;
import org.pvdiet.emulator.guest.Workload;
import org.pvdiet.emulator.machine.Configuration;
import org.pvdiet.emulator.machine.ConfigurationException;
import org.pvdiet.emulator.machine.Console;
import org.pvdiet.emulator.machine.Ending;
import org.pvdiet.emulator.machine.Machine;
import org.pvdiet.emulator.memory.PhysicalMemory;

/** Debian's cloud kernel on bare metal. */
class NativeBootTest {
    private static final long BOOT_PARAMS = 0x2000;

    private final KernelImage image = StockKernels.image(StockKernels.CLOUD);
    private final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private final Console console = new Console(output);

    private Configuration configuration(long memory, String append, byte[] initrd, boolean localApic) {
        return new Configuration(
                image,
                CpuModel.named(CpuModel.DEFAULT),
                memory,
                BareMetal.COMMAND_LINE + append,
                initrd,
                Configuration.DEFAULT_SEED,
                localApic);
    }

    private Machine place(String append, byte[] initrd) {
        return BareMetal.place(configuration(Configuration.DEFAULT_MEMORY, append, initrd, false), console);
    }

    private String printed() {
        return output.toString(StandardCharsets.UTF_8);
    }

    private void assertPrinted(String text) {
        assertTrue(printed().contains(text), () -> "'" + text + "' is missing from:\n" + printed());
    }

    /** Documentation/x86/boot.rst and zero-page.rst, Linux 6.1. */
    @Test
    void startsByTheBootProtocol() {
        byte[] initrd = new byte[5000];
        initrd[4999] = 0x5a;
        Machine machine = place(" quiet", initrd);
        Cpu cpu = machine.cpu();
        PhysicalMemory memory = cpu.mmu().memory();
        assertEquals(0x1000000, cpu.rip());
        assertEquals(BOOT_PARAMS, cpu.r[Cpu.RSI]);
        assertEquals(0x10, cpu.segments.cs().selector);
        assertEquals(0x18, cpu.segments.ss().selector);
        assertEquals(false, cpu.interruptsEnabled());
        assertEquals(0xc0000000L, cpu.mmu().peek(0xc0000000L), "the first 4 GiB are mapped to themselves");

        assertEquals(0x53726448, memory.readInt(BOOT_PARAMS + 0x202), "HdrS");
        assertEquals(0xaa55, memory.read(BOOT_PARAMS + 0x1fe, 2));
        assertEquals(0, memory.read(BOOT_PARAMS + 0x1ef, 1), "the sentinel says that boot_params is clean");
        assertEquals(0xff, memory.read(BOOT_PARAMS + 0x210, 1));
        long initrdAt = memory.readInt(BOOT_PARAMS + 0x218);
        assertEquals((256 << 20) - 8192, initrdAt);
        assertEquals(5000, memory.readInt(BOOT_PARAMS + 0x21c));
        assertEquals(0x5a, memory.read(initrdAt + 4999, 1));

        byte[] line = (BareMetal.COMMAND_LINE + " quiet\0").getBytes(StandardCharsets.UTF_8);
        assertArrayEquals(line, memory.read(memory.readInt(BOOT_PARAMS + 0x228), line.length, new byte[line.length]));

        assertEquals(3, memory.read(BOOT_PARAMS + 0x1e8, 1));
        assertEquals(0x100000, memory.readLong(BOOT_PARAMS + 0x2d0 + 40));
        assertEquals((256 << 20) - 0x100000, memory.readLong(BOOT_PARAMS + 0x2d0 + 48));
        assertEquals(1, memory.readInt(BOOT_PARAMS + 0x2d0 + 56));
    }

    @Test
    void runsTheWorkloadAndPowersOff() {
        Machine machine = place("", Workload.initrd());
        Ending ending = machine.run(Machine.UNLIMITED);
        assertPrinted(image.banner());
        assertPrinted("tsc: Detected 999.99");
        assertPrinted("rtc_cmos rtc_cmos: setting system clock to 2024-01-01T00:00:0");
        assertPrinted("ttyS0 at I/O 0x3f8 (irq = 4, base_baud = 115200) is a 16550A");
        assertPrinted(Workload.FIRST_LINE);
        assertPrinted(Workload.LAST_LINE);
        assertPrinted(" 0 failed");
        assertEquals(Ending.Reason.POWER_OFF, ending.reason(), ending.detail());
        assertTrue(ending.detail().contains("stop_this_cpu"), ending.detail());
    }

    @Test
    void theSameInputsGiveTheSameRunInterpretedAndTranslated() {
        Machine first = place("", new byte[0]);
        first.cpu().setExecution(Execution.INTERPRET);
        first.run(60_000_000);
        String printedFirst = printed();
        output.reset();
        Machine second = place("", new byte[0]);
        second.cpu().setExecution(Execution.TRANSLATE);
        // Looking up in between changes nothing.
        for (long limit = 1_234_567; limit < 60_000_000; limit += 1_234_567) {
            second.run(limit);
        }
        second.run(60_000_000);
        assertTrue(second.cpu().translated() > 0, "nothing was translated");
        assertEquals(printedFirst, printed());
        assertEquals(first.cpu().rip(), second.cpu().rip());
        assertEquals(first.cpu().rflags(), second.cpu().rflags());
        // Above the registers there are temporaries, which say nothing between instructions.
        assertArrayEquals(Arrays.copyOf(first.cpu().r, 16), Arrays.copyOf(second.cpu().r, 16));
        assertEquals(
                first.cpu().mmu().memory().contentHash(),
                second.cpu().mmu().memory().contentHash());
    }

    @Test
    void aLocalApicIsFoundWhereThereIsOne() {
        Machine machine = BareMetal.place(configuration(Configuration.DEFAULT_MEMORY, "", new byte[0], true), console);
        console.waitFor(Pattern.compile("smp: Brought up 1 node"));
        assertEquals(Ending.Reason.UNTIL, machine.run(300_000_000).reason(), this::printed);
        assertPrinted("APIC: Switch to virtual wire mode setup with no configuration");
    }

    @Test
    void tooLittleMemoryIsRefused() {
        ConfigurationException e = assertThrows(
                ConfigurationException.class,
                () -> BareMetal.place(configuration(32 << 20, "", new byte[0], false), console));
        assertTrue(e.getMessage().contains("32 MiB of memory are too little"), e.getMessage());
        assertTrue(e.getMessage().contains(image.path().toString()), e.getMessage());
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -4096, 1 << 20 | 1, 1L << 31})
    void memoryThatNoMachineHasIsRefused(long memory) {
        ConfigurationException e =
                assertThrows(ConfigurationException.class, () -> configuration(memory, "", new byte[0], false));
        assertTrue(e.getMessage().contains(memory + " bytes"), e.getMessage());
    }

    @Test
    void aLongCommandLineIsRefused() {
        ConfigurationException e =
                assertThrows(ConfigurationException.class, () -> place(" " + "x".repeat(2048), new byte[0]));
        assertTrue(e.getMessage().contains("this kernel takes at most 2047"), e.getMessage());
    }
}
