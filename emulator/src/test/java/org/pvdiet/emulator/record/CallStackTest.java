package org.pvdiet.emulator.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pvdiet.emulator.cpu.Cpu;
import org.pvdiet.emulator.cpu.InterruptController;
import org.pvdiet.emulator.cpu.PortBus;
import org.pvdiet.emulator.memory.Mmu;
import org.pvdiet.emulator.memory.PhysicalMemory;
import org.pvdiet.emulator.platform.Platform;
import org.pvdiet.traces.CallColumn;
import org.pvdiet.traces.OpenCalls;
import org.pvdiet.traces.Options;
import org.pvdiet.traces.Outcome;
import org.pvdiet.traces.RegisterMode;
import org.pvdiet.traces.TraceInfo;
import org.pvdiet.traces.TraceWriter;

/** When a call ends that does not come back to its site. */
class CallStackTest {
    private static final long STACK = 0xffff_c900_0000_4000L;
    private static final long TOP = STACK + 0x3fd8;
    private static final long ENTRY_STACK = 0xffff_fe00_0000_3000L;
    private static final long USER_STACK = 0x7ffd_1234_5678L;

    @TempDir
    Path directory;

    private final Cpu cpu = new Cpu(new Mmu(new PhysicalMemory(1 << 20), 40), new NoPorts(), new NoInterrupts());
    private final Guest guest = new Guest();
    private TraceWriter writer;
    private CallStack calls;

    @BeforeEach
    void begin() {
        TraceInfo info = new TraceInfo(
                "test",
                new TraceInfo.Image("vmlinux", "0", Optional.empty(), "Linux"),
                "native",
                "test",
                "",
                1 << 20,
                1,
                new TraceInfo.Initrd(Optional.empty(), "0"),
                "test",
                RegisterMode.ARGS,
                OptionalLong.empty(),
                Optional.empty());
        writer = TraceWriter.create(directory.resolve("x.pvtrace"), info, Options.defaults(), OpenCalls.ABANDON);
        calls = new CallStack(cpu, guest, writer, RegisterMode.ARGS, null);
    }

    @AfterEach
    void end() {
        calls.end();
        writer.close();
    }

    /** Linux 5.10's INTERRUPT_RETURN, a {@code jmp *} to the hook, on the stack that user mode is left and entered by. */
    @Test
    void aCallThatLeavesForUserModeByIretEndsThere() {
        long row = enter(0, ENTRY_STACK + 0xfd8);
        guest.kernel = false;
        cpu.r[Cpu.RSP] = USER_STACK;
        calls.returned(ENTRY_STACK + 0xfd8);
        assertEquals(Outcome.IRET, outcome(row));
        assertNull(calls.innermost());
    }

    /** What is called next stands below on the same stack, where it would pass for a call made in the hook. */
    @Test
    void aCallThatReturnsToInterruptedKernelCodeByIretEndsThere() {
        long row = enter(0, TOP - 0x200);
        cpu.r[Cpu.RSP] = TOP - 0x100;
        calls.returned(TOP - 0x200);
        assertEquals(Outcome.IRET, outcome(row));
        long next = enter(1, TOP - 0x300);
        assertEquals(0, writer.callBatch().get(CallColumn.DEPTH, (int) next));
    }

    /** With instructions at the site, the stack pointer is still what it was there when the interrupt is taken. */
    @Test
    void anInterruptedCallGoesOnAfterTheInterruptsIret() {
        long row = enter(0, TOP - 0x100);
        calls.interrupted();
        long inner = enter(1, TOP - 0x400);
        cpu.r[Cpu.RSP] = TOP - 0x100;
        calls.returned(TOP - 0x128);
        assertEquals(Outcome.IRET, outcome(inner));
        assertEquals(row, calls.innermost().seq);
        calls.leave(site(0), TOP - 0x100);
        assertEquals(Outcome.RETURNED, outcome(row));
    }

    /** An interrupt's handler has a stack of its own (IST, or the interrupt stack). */
    @Test
    void aCallOnAnotherStackGoesOn() {
        long row = enter(0, TOP - 0x100);
        calls.interrupted();
        cpu.r[Cpu.RSP] = TOP - 0x100;
        calls.returned(0xffff_c900_0010_0fd8L);
        assertEquals(row, calls.innermost().seq);
    }

    /** 5.10's USERGS_SYSRET64 is reached with the user's stack pointer; under Xen the function makes an iret frame elsewhere. */
    @Test
    void aCallThatLeavesBySysretEndsThere() {
        for (long frame : new long[] {USER_STACK, TOP}) {
            guest.kernel = true;
            long row = enter(0, USER_STACK);
            guest.kernel = false;
            calls.returned(frame);
            assertEquals(Outcome.IRET, outcome(row));
        }
    }

    private long enter(int site, long rsp) {
        cpu.r[Cpu.RSP] = rsp;
        calls.enter(site(site));
        return calls.innermost().seq;
    }

    private static RecordedSite site(int id) {
        return new RecordedSite(id, id, 0x1006 + 0x100L * id, 0, 0, new int[0], Optional.empty(), false);
    }

    private Outcome outcome(long row) {
        return Outcome.values()[(int) writer.callBatch().get(CallColumn.OUTCOME, (int) row)];
    }

    private static final class Guest implements Platform {
        boolean kernel = true;

        @Override
        public String name() {
            return "native";
        }

        @Override
        public boolean deliverInterrupt() {
            return false;
        }

        @Override
        public boolean isKernelMode() {
            return kernel;
        }

        @Override
        public boolean interruptsEnabled() {
            return false;
        }

        @Override
        public long controlRegister(int number) {
            return 0;
        }

        @Override
        public List<Frames> frames() {
            return List.of();
        }

        @Override
        public List<String> unimplemented() {
            return List.of();
        }
    }

    private static final class NoPorts implements PortBus {
        @Override
        public int in(int port, int size) {
            return -1;
        }

        @Override
        public void out(int port, int size, int value) {}
    }

    private static final class NoInterrupts implements InterruptController {
        @Override
        public boolean isPending() {
            return false;
        }

        @Override
        public int acknowledge() {
            throw new IllegalStateException("none is pending");
        }
    }
}
