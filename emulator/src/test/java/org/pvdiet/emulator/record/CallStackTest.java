package org.pvdiet.emulator.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import org.pvdiet.emulator.cpu.LongMode;
import org.pvdiet.emulator.cpu.PortBus;
import org.pvdiet.emulator.memory.Mmu;
import org.pvdiet.emulator.memory.PhysicalMemory;
import org.pvdiet.emulator.platform.TestPlatform;
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
    private static final long NOPS = 0x10000;
    private static final long USER_STACK = 0x7ffd_1234_5678L;

    @TempDir
    Path directory;

    private final PhysicalMemory memory = new PhysicalMemory(1 << 20);
    private final Cpu cpu = new Cpu(new Mmu(memory, 40), PortBus.NONE, InterruptController.NONE);
    private final TestPlatform guest = new TestPlatform();
    private final Moment now = new Moment();
    private final long[] words = new long[64];
    private TraceWriter writer;
    private CallStack calls;

    @BeforeEach
    void begin() {
        LongMode.enter(cpu);
        for (int i = 0; i < 64; i++) {
            memory.write(NOPS + i, 1, 0x90);
        }
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
        calls = new CallStack(now, writer, false);
    }

    @AfterEach
    void end() {
        look();
        calls.end();
        writer.close();
    }

    /** Linux 5.10's INTERRUPT_RETURN, a {@code jmp *} to the hook, on the stack that user mode is left and entered by. */
    @Test
    void aCallThatLeavesForUserModeByIretEndsThere() {
        long row = enter(0, ENTRY_STACK + 0xfd8);
        guest.setKernelMode(false);
        cpu.r[Cpu.RSP] = USER_STACK;
        look();
        calls.returned(ENTRY_STACK + 0xfd8);
        assertEquals(Outcome.IRET, outcome(row));
        assertNull(calls.innermost());
    }

    /** What is called next stands below on the same stack, where it would pass for a call made in the hook. */
    @Test
    void aCallThatReturnsToInterruptedKernelCodeByIretEndsThere() {
        long row = enter(0, TOP - 0x200);
        cpu.r[Cpu.RSP] = TOP - 0x100;
        look();
        calls.returned(TOP - 0x200);
        assertEquals(Outcome.IRET, outcome(row));
        long next = enter(1, TOP - 0x300);
        assertEquals(0, writer.callBatch().get(CallColumn.DEPTH, (int) next));
    }

    /** With instructions at the site, the stack pointer is still what it was there when the interrupt is taken. */
    @Test
    void anInterruptedCallGoesOnAfterTheInterruptsIret() {
        long row = enter(0, TOP - 0x100);
        look();
        calls.interrupted();
        long inner = enter(1, TOP - 0x400);
        cpu.r[Cpu.RSP] = TOP - 0x100;
        look();
        calls.returned(TOP - 0x128);
        assertEquals(Outcome.IRET, outcome(inner));
        assertEquals(row, calls.innermost().seq);
        leave(0, TOP - 0x100);
        assertEquals(Outcome.RETURNED, outcome(row));
    }

    /** An interrupt's handler has a stack of its own (IST, or the interrupt stack). */
    @Test
    void aCallOnAnotherStackGoesOn() {
        long row = enter(0, TOP - 0x100);
        look();
        calls.interrupted();
        cpu.r[Cpu.RSP] = TOP - 0x100;
        look();
        calls.returned(0xffff_c900_0010_0fd8L);
        assertEquals(row, calls.innermost().seq);
    }

    /** 5.10's USERGS_SYSRET64 is reached with the user's stack pointer; under Xen the function makes an iret frame elsewhere. */
    @Test
    void aCallThatLeavesBySysretEndsThere() {
        for (long frame : new long[] {USER_STACK, TOP}) {
            guest.setKernelMode(true);
            long row = enter(0, USER_STACK);
            guest.setKernelMode(false);
            look();
            calls.returned(frame);
            assertEquals(Outcome.IRET, outcome(row));
        }
    }

    /** What a handler does is no cost of the hook that it interrupts, nor of the one that this was called in. */
    @Test
    void whatAnInterruptLeadsToIsCountedApart() {
        long outer = enter(0, TOP - 0x80);
        retire(3);
        long row = enter(1, TOP - 0x100);
        retire(2);
        calls.hypercall();
        interrupt(0x1234, TOP - 0x120);
        retire(10);
        long handlers = enter(2, TOP - 0x400);
        calls.hypercall();
        calls.trap();
        retire(20);
        leave(2, TOP - 0x400);
        calls.hypercall();
        retire(5);
        resume(0x1234, TOP - 0x120);
        retire(4);
        calls.trap();
        leave(1, TOP - 0x100);
        leave(0, TOP - 0x80);

        assertEquals(List.of(41L, 35L, 1L, 1L), costs(row));
        assertEquals(List.of(44L, 35L, 1L, 1L), costs(outer));
        assertEquals(20, get(CallColumn.INSTRUCTIONS, handlers));
        assertTrue(writer.callBatch().isNull(CallColumn.INTERRUPT_INSTRUCTIONS, (int) handlers));
    }

    /** A second interrupt in the handler is part of the first; what returns elsewhere meanwhile ends neither. */
    @Test
    void anInterruptEndsWhereItsCallGoesOn() {
        long row = enter(0, TOP - 0x100);
        interrupt(0x1234, TOP - 0x100);
        retire(10);
        interrupt(0x5678, TOP - 0x200);
        retire(10);
        resume(0x5678, TOP - 0x200);
        retire(10);
        resume(0x1234, TOP - 0x100);
        interrupt(0x1238, TOP - 0x100);
        retire(7);
        resume(0x1238, TOP - 0x100);
        leave(0, TOP - 0x100);
        assertEquals(List.of(37L, 37L, 0L, 0L), costs(row));
    }

    private void interrupt(long rip, long rsp) {
        cpu.jump(rip);
        cpu.r[Cpu.RSP] = rsp;
        look();
        calls.suspended();
    }

    private void resume(long rip, long rsp) {
        cpu.jump(rip);
        cpu.r[Cpu.RSP] = rsp;
        look();
        calls.returned(rsp - 40);
    }

    private void leave(int site, long rsp) {
        cpu.r[Cpu.RSP] = rsp;
        look();
        calls.leave(site(site));
    }

    /** The stack is shown what the guest is now. */
    private void look() {
        Moment.put(words, 0, Event.LEAVE.about(0), cpu, guest, false, false);
        now.show(words, 0);
    }

    private void retire(int instructions) {
        cpu.jump(NOPS);
        cpu.run(cpu.retired() + instructions);
    }

    private long get(CallColumn column, long row) {
        return writer.callBatch().get(column, (int) row);
    }

    private List<Long> costs(long row) {
        return List.of(
                get(CallColumn.INSTRUCTIONS, row),
                get(CallColumn.INTERRUPT_INSTRUCTIONS, row),
                get(CallColumn.HYPERCALLS, row),
                get(CallColumn.TRAPS, row));
    }

    private long enter(int site, long rsp) {
        cpu.r[Cpu.RSP] = rsp;
        look();
        calls.enter(site(site), words, 0);
        return calls.innermost().seq;
    }

    private static RecordedSite site(int id) {
        return new RecordedSite(id, id, 0x1006 + 0x100L * id, 0, 0, new int[0], Optional.empty(), false);
    }

    private Outcome outcome(long row) {
        return Outcome.values()[(int) writer.callBatch().get(CallColumn.OUTCOME, (int) row)];
    }
}
