package org.pvdiet.emulator.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.io.BaseEncoding;
import java.io.OutputStream;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.pvdiet.emulator.cpu.Cpu;
import org.pvdiet.emulator.cpu.InterruptController;
import org.pvdiet.emulator.cpu.LongMode;
import org.pvdiet.emulator.cpu.PortBus;
import org.pvdiet.emulator.memory.Mmu;
import org.pvdiet.emulator.memory.PhysicalMemory;
import org.pvdiet.emulator.platform.TestPlatform;
import org.pvdiet.emulator.time.Timeline;

/** Runs of a few instructions of machine code at 0x10000, on a platform that has nothing but a console at port 0xe9. */
class MachineTest {
    private static final long CODE = 0x10000;

    private final PhysicalMemory memory = new PhysicalMemory(1 << 20);
    private final Timeline timeline = new Timeline();
    private final Console console = new Console(OutputStream.nullOutputStream());
    private final Cpu cpu = new Cpu(new Mmu(memory, 40), new ConsolePort(), InterruptController.NONE);
    private final Machine machine =
            new Machine(cpu, timeline, new TestPlatform(), console, address -> address == CODE ? "start+0x0" : "");

    private final class ConsolePort implements PortBus {
        @Override
        public int in(int port, int size) {
            return 0xff;
        }

        @Override
        public void out(int port, int size, int value) {
            if (port == 0xe9) {
                console.write(value & 0xff);
            } else if (port == 0xf4) {
                throw new EndOfRun(new Ending(Ending.Reason.REBOOT, "asked at port 0xf4", 3));
            }
        }
    }

    private Ending run(String code, long limit) {
        byte[] bytes = BaseEncoding.base16().decode(code.replace(" ", ""));
        memory.write(CODE, bytes, 0, bytes.length);
        LongMode.enter(cpu);
        cpu.r[Cpu.RSP] = 0x20000;
        cpu.jump(CODE);
        return machine.run(limit);
    }

    @Test
    void endsAfterExactlySoManyInstructions() {
        Ending ending = run("FF C0 EB FC", 1001); // 1: inc %eax; jmp 1b
        assertEquals(Ending.Reason.LIMIT, ending.reason());
        assertEquals(1001, cpu.retired());
        assertEquals(501, cpu.r[Cpu.RAX]);
        assertEquals(CODE + 2, cpu.rip());
    }

    @Test
    void goesOnWhereItWasLimited() {
        run("FF C0 EB FC", 10);
        Ending ending = machine.run(20);
        assertEquals(Ending.Reason.LIMIT, ending.reason());
        assertEquals(20, cpu.retired());
        assertEquals(10, cpu.r[Cpu.RAX]);
    }

    @Test
    void haltedWithNothingToWakeItHangs() {
        Ending ending = run("90 F4", Machine.UNLIMITED); // nop; hlt
        assertEquals(Ending.Reason.HANG, ending.reason());
        assertEquals(
                "the processor is halted and nothing will wake it, at 0x10002 after 2 instructions", ending.detail());
        assertFalse(ending.isIntended());
    }

    @Test
    @Timeout(60)
    void ticksThatNobodyTakesDoNotKeepARunAlive() {
        class Tick implements Runnable {
            @Override
            public void run() {
                timeline.at(cpu.time() + 54_925_401, this);
            }
        }
        new Tick().run();
        assertEquals(Ending.Reason.HANG, run("F4", Machine.UNLIMITED).reason());
    }

    @Test
    void haltLetsTimePassToTheNextEvent() {
        long[] seen = {0};
        timeline.at(5_000_000, () -> {
            seen[0] = cpu.time();
            cpu.setHalted(false);
        });
        Ending ending = run("F4 FF C0 EB FC", 7);
        assertEquals(5_000_000, seen[0]);
        assertEquals(5_000_006, cpu.time());
        assertEquals(Ending.Reason.LIMIT, ending.reason());
    }

    @Test
    void eventsHappenAtTheirInstruction() {
        long[] seen = {0};
        timeline.at(777, () -> seen[0] = cpu.retired());
        run("FF C0 EB FC", 10_000);
        assertEquals(777, seen[0]);
    }

    @Test
    void endsWithTheInstructionThatPrintsWhatIsWaitedFor() {
        console.waitFor(Pattern.compile("B"));
        Ending ending = run("B0 41 E6 E9 FF C0 EB FA", 1000); // mov $'A', %al; 1: out %al, $0xe9; inc %eax; jmp 1b
        assertEquals(Ending.Reason.UNTIL, ending.reason());
        assertEquals(5, cpu.retired());
        assertTrue(ending.detail().contains("the console printed: AB"), ending.detail());
    }

    @Test
    void devicesEndRuns() {
        Ending ending = run("E6 F4", 1000);
        assertEquals(Ending.Reason.REBOOT, ending.reason());
        assertEquals(3, ending.code());
        assertEquals("asked at port 0xf4, at 0x10000 (start+0x0) after 0 instructions", ending.detail());
    }

    @Test
    void whatAGuestDoesAfterAPanicIsACrash() {
        "Kernel panic - not syncing: test\r\n".chars().forEach(console::write);
        Ending ending = run("E6 F4", 1000);
        assertEquals(Ending.Reason.CRASH, ending.reason());
        assertTrue(
                ending.detail().startsWith("the guest panicked: Kernel panic - not syncing: test, at 0x"),
                ending.detail());
    }

    @Test
    void anExceptionWithoutHandlersShutsDown() {
        Ending ending = run("0F 0B", 1000); // ud2
        assertEquals(Ending.Reason.TRIPLE_FAULT, ending.reason());
        assertTrue(ending.detail().contains("0x10000 (start+0x0)"), ending.detail());
    }

    @Test
    @Timeout(60)
    void otherThreadsWatchAndStop() throws InterruptedException {
        Thread watcher = new Thread(() -> {
            while (machine.progress().instructions() == 0) {
                Thread.onSpinWait();
            }
            machine.stop();
        });
        watcher.start();
        Ending ending = run("FF C0 EB FC", Machine.UNLIMITED);
        watcher.join();
        assertEquals(Ending.Reason.INTERRUPTED, ending.reason());
        assertEquals(cpu.retired(), machine.progress().instructions());
    }
}
