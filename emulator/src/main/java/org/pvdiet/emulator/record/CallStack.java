package org.pvdiet.emulator.record;

import java.util.Arrays;
import org.pvdiet.traces.CallColumn;
import org.pvdiet.traces.EffectColumn;
import org.pvdiet.traces.EffectKind;
import org.pvdiet.traces.EffectOutcome;
import org.pvdiet.traces.OpenCalls;
import org.pvdiet.traces.Outcome;
import org.pvdiet.traces.Phase;
import org.pvdiet.traces.RowBatch;
import org.pvdiet.traces.TraceWriter;

/**
 * The calls under way, and their rows in the trace.
 *
 * <p>Calls on one stack are nested; an interrupt or a context switch can leave a call open on another stack. A call whose frame
 * is gone from its stack did not return.
 */
final class CallStack implements OpenCalls {
    /** Linux's THREAD_SIZE on x86-64, to which stacks are aligned (arch/x86/include/asm/page_64_types.h). */
    private static final int STACK_SHIFT = 14;

    // What is written of a call when it begins, and when it ends: columns side by side, each kind at once. By column,
    // where it is among its kind.
    private static final CallColumn FIRST_BEFORE = CallColumn.PARENT;
    private static final int PARENT = before(CallColumn.PARENT);
    private static final int DEPTH = before(CallColumn.DEPTH);
    private static final int ICOUNT = before(CallColumn.ICOUNT);
    private static final int VCPU = before(CallColumn.VCPU);
    private static final int HOOK = before(CallColumn.HOOK);
    private static final int SITE = before(CallColumn.SITE);
    private static final int MODE = before(CallColumn.MODE);
    private static final int PHASE = before(CallColumn.PHASE);
    private static final int ARG0 = before(CallColumn.ARG0);
    private static final int RFLAGS = before(CallColumn.RFLAGS);
    private static final int CR0 = before(CallColumn.CR0);
    private static final int CR4 = before(CallColumn.CR4);

    private static final CallColumn FIRST_AFTER = CallColumn.RFLAGS_AFTER;
    private static final int RFLAGS_AFTER = after(CallColumn.RFLAGS_AFTER);
    private static final int CR0_AFTER = after(CallColumn.CR0_AFTER);
    private static final int INSTRUCTIONS = after(CallColumn.INSTRUCTIONS);
    private static final int HYPERCALLS = after(CallColumn.HYPERCALLS);
    private static final int TRAPS = after(CallColumn.TRAPS);
    private static final int OUTCOME = after(CallColumn.OUTCOME);

    /** What every call has of the first kind; of the second, what every call has and what one that returned has. */
    private static final long ALWAYS_BEFORE = bits(DEPTH, PHASE) | bits(RFLAGS, CR4);

    private static final long ALWAYS_AFTER = bits(INSTRUCTIONS, OUTCOME);
    private static final long RETURNED_AFTER = bits(RFLAGS_AFTER, OUTCOME);

    /** Of the event that is being read, with the guest's state. */
    private final Moment now;

    private final TraceWriter writer;
    private final boolean full;

    private final long[] before = new long[CR4 + 1];
    private final long[] after = new long[OUTCOME + 1];
    private final long[] registers = new long[Moment.ALL_REGISTERS];

    private OpenCall[] open = {};
    private int depth;
    private Phase phase = Phase.STARTUP;
    private long interruptedAt = -1;
    private long calls;

    /** @param full whether moments have all registers, which are recorded then */
    CallStack(Moment now, TraceWriter writer, boolean full) {
        this.now = now;
        this.writer = writer;
        this.full = full;
    }

    private static int before(CallColumn column) {
        return column.ordinal() - FIRST_BEFORE.ordinal();
    }

    private static int after(CallColumn column) {
        return column.ordinal() - FIRST_AFTER.ordinal();
    }

    private static long bits(int first, int last) {
        return (1L << last + 1) - (1L << first);
    }

    /** How many there were so far. */
    long calls() {
        return calls;
    }

    Phase phase() {
        return phase;
    }

    void setPhase(Phase phase) {
        this.phase = phase;
    }

    /** The innermost call under way, or null. */
    OpenCall innermost() {
        return depth == 0 ? null : open[depth - 1];
    }

    /** The guest is about to go elsewhere for an exception or an interrupt; calls made there are made in this one. */
    void interrupted() {
        interruptedAt = now.retired();
    }

    /**
     * The guest is about to take an interrupt. What follows until it returns is not the doing of the call under way, if one
     * is on this stack.
     */
    void suspended() {
        OpenCall top = innermost();
        long rsp = now.rsp();
        if (top != null && !top.suspended && sameStack(top.rsp, rsp)) {
            top.suspended = true;
            top.interrupted = true;
            top.resumeRip = now.rip();
            top.resumeRsp = rsp;
            top.suspendedAt = now.retired();
        }
        interrupted();
    }

    private void resumed() {
        for (int i = depth - 1; i >= 0; i--) {
            OpenCall call = open[i];
            if (call.suspended && call.resumeRip == now.rip() && call.resumeRsp == now.rsp()) {
                resume(call);
                return;
            }
        }
    }

    private void resume(OpenCall call) {
        call.suspended = false;
        call.interruptInstructions += now.retired() - call.suspendedAt;
    }

    /** A hypercall was made. */
    void hypercall() {
        OpenCall top = open[depth - 1];
        if (!top.suspended) {
            top.hypercalls++;
        }
    }

    /** An exception was raised, or the platform stood in for an instruction. */
    void trap() {
        OpenCall top = open[depth - 1];
        if (!top.suspended) {
            top.traps++;
        }
    }

    /** Ends all that is under way. */
    void end() {
        while (depth > 0) {
            close(open[depth - 1], Outcome.ENDED, false);
            drop(depth - 1);
        }
    }

    /**
     * A call begins.
     *
     * @param words the arguments, from {@code first} on
     */
    void enter(RecordedSite site, long[] words, int first) {
        long rsp = now.rsp();
        while (depth > 0 && sameStack(open[depth - 1].rsp, rsp) && open[depth - 1].rsp <= rsp) {
            close(open[depth - 1], open[depth - 1].traps > 0 ? Outcome.FAULTED : Outcome.SWITCHED, false);
            drop(depth - 1);
        }
        RowBatch<CallColumn> batch = writer.callBatch();
        int row = batch.open();
        OpenCall parent = parent(rsp);
        OpenCall call = push();
        call.batch = batch;
        call.row = row;
        call.seq = batch.firstRow() + row;
        call.site = site;
        call.rsp = rsp;
        call.icount = now.retired();
        call.hypercalls = 0;
        call.traps = 0;
        call.effects = 0;
        call.suspended = false;
        call.interrupted = false;
        call.interruptInstructions = 0;
        call.parent = parent;
        call.parentSeq = parent == null ? -1 : parent.seq;
        calls++;

        long present = ALWAYS_BEFORE | bits(ARG0, ARG0 + site.arguments() - 1);
        if (parent != null) {
            before[PARENT] = parent.seq;
            present |= 1L << PARENT;
        }
        before[DEPTH] = depth - 1;
        before[ICOUNT] = call.icount;
        before[VCPU] = 0;
        before[HOOK] = site.hook();
        before[SITE] = site.site();
        boolean interrupts = now.interruptsEnabled();
        call.interruptsBefore = interrupts;
        call.interruptsKnown = interrupts;
        before[MODE] = now.mode();
        before[PHASE] = phase.ordinal();
        System.arraycopy(words, first, before, ARG0, site.arguments());
        before[RFLAGS] = now.rflags();
        now.controlRegisters(before, CR0);
        batch.set(FIRST_BEFORE, row, before, present);
        if (full) {
            registers(batch, row, CallColumn.RAX);
        }
    }

    /** The call that has just begun is about a page-table entry, which is this. */
    void entry(long value) {
        OpenCall call = innermost();
        call.batch.set(CallColumn.ENTRY, call.row, value);
    }

    /** Sets those columns, from that of RAX on. The writer drops what is the same after a call as before. */
    private void registers(RowBatch<CallColumn> batch, int row, CallColumn first) {
        now.registers(registers);
        batch.set(first, row, registers, bits(0, Moment.ALL_REGISTERS - 1));
    }

    /** The call that the one beginning at {@code rsp} is made in, or null. */
    private OpenCall parent(long rsp) {
        if (depth == 0) {
            return null;
        }
        OpenCall top = open[depth - 1];
        // Another stack without an interrupt since is another task's.
        return sameStack(top.rsp, rsp) || interruptedAt >= top.icount ? top : null;
    }

    private static boolean sameStack(long a, long b) {
        return (a ^ b) >>> STACK_SHIFT == 0;
    }

    /** Control is where a call at a site ends: the call ends that began there on the same stack. */
    void leave(RecordedSite site) {
        long rsp = now.rsp();
        for (int i = depth - 1; i >= 0; i--) {
            OpenCall call = open[i];
            if (call.rsp != rsp || call.site.site() != site.site()) {
                continue;
            }
            for (int above = depth - 1; above > i; above--) {
                OpenCall lost = open[above];
                if (sameStack(lost.rsp, rsp)) {
                    close(lost, lost.traps > 0 ? Outcome.FAULTED : Outcome.SWITCHED, false);
                    drop(above);
                }
            }
            close(call, Outcome.RETURNED, true);
            drop(i);
            return;
        }
    }

    /**
     * Ends the calls that left by an IRET or the like: those whose frame goes with what it gives up. A call that was interrupted
     * began above the interrupt's frame and goes on. On the way to user mode the stack may be the user's already (SYSRET).
     */
    void returned(long frame) {
        long rsp = now.rsp();
        boolean left = !now.isKernelMode();
        for (int i = depth - 1; i >= 0; i--) {
            OpenCall call = open[i];
            if (sameStack(call.rsp, frame) && call.rsp <= frame || left && call.rsp == rsp) {
                close(call, Outcome.IRET, false);
                drop(i);
            }
        }
        resumed();
    }

    private void close(OpenCall call, Outcome outcome, boolean returned) {
        RowBatch<CallColumn> batch = call.batch;
        if (batch == null) {
            return;
        }
        int row = call.row;
        if (returned && call.site.resultMask() != 0) {
            batch.set(CallColumn.RESULT, row, now.rax() & call.site.resultMask());
        }
        if (call.suspended) {
            resume(call);
        }
        if (call.interrupted) {
            batch.set(CallColumn.INTERRUPT_INSTRUCTIONS, row, call.interruptInstructions);
        }
        if (returned) {
            interruptFlag(call);
            after[RFLAGS_AFTER] = now.rflags();
            now.controlRegisters(after, CR0_AFTER);
            if (full) {
                registers(batch, row, CallColumn.RAX_AFTER);
            }
        }
        after[INSTRUCTIONS] = now.retired() - call.icount;
        after[HYPERCALLS] = call.hypercalls;
        after[TRAPS] = call.traps;
        after[OUTCOME] = outcome.ordinal();
        batch.set(FIRST_AFTER, row, after, returned ? RETURNED_AFTER : ALWAYS_AFTER);
        batch.finish(row);
        call.batch = null;
        OpenCall parent = call.parent;
        // What a call did that an interrupt's handler made is not the doing of the call that was interrupted.
        if (parent != null && parent.seq == call.parentSeq && parent.batch != null && !parent.suspended) {
            parent.hypercalls += call.hypercalls;
            parent.traps += call.traps;
            parent.interrupted |= call.interrupted;
            parent.interruptInstructions += call.interruptInstructions;
        }
    }

    /**
     * Writes down that the call left interrupts enabled or disabled otherwise than it found them, unless a call made in it did
     * that. A platform may keep the flag in memory (Xen's evtchn_upcall_mask), where no instruction that changes it is special.
     */
    private void interruptFlag(OpenCall call) {
        boolean enabled = now.interruptsEnabled();
        if (enabled != call.interruptsBefore && enabled != call.interruptsKnown) {
            RowBatch<EffectColumn> batch = writer.effectBatch();
            int row = batch.append();
            batch.set(EffectColumn.SEQ, row, call.seq);
            batch.set(EffectColumn.ORDINAL, row, call.effects++);
            batch.set(EffectColumn.ICOUNT, row, now.retired());
            batch.set(EffectColumn.KIND, row, EffectKind.INTERRUPT_FLAG);
            batch.set(EffectColumn.OLD, row, enabled ? 0 : 1);
            batch.set(EffectColumn.NEW, row, enabled ? 1 : 0);
            batch.set(EffectColumn.OUTCOME, row, EffectOutcome.DONE);
        }
        OpenCall parent = call.parent;
        if (parent != null && parent.seq == call.parentSeq) {
            parent.interruptsKnown = enabled;
        }
    }

    /** An interrupt that is taken at a call's end, before the instruction there, comes after the call. */
    void endWhereInterrupted() {
        if (depth > 0) {
            OpenCall top = open[depth - 1];
            if (top.site.end() == now.rip() && top.rsp == now.rsp()) {
                close(top, Outcome.RETURNED, true);
                drop(depth - 1);
            }
        }
    }

    @Override
    public void abandon(RowBatch<CallColumn> batch, int row) {
        for (int i = depth - 1; i >= 0; i--) {
            if (open[i].batch == batch && open[i].row == row) {
                close(open[i], Outcome.ABANDONED, false);
                drop(i);
                return;
            }
        }
        throw new IllegalStateException("row " + row + " is open and belongs to no call");
    }

    private OpenCall push() {
        if (depth == open.length) {
            grow();
        }
        return open[depth++];
    }

    private void grow() {
        open = Arrays.copyOf(open, 2 * depth + 64);
        for (int i = depth; i < open.length; i++) {
            open[i] = new OpenCall();
        }
    }

    private void drop(int index) {
        OpenCall call = open[index];
        depth--;
        if (index < depth) {
            System.arraycopy(open, index + 1, open, index, depth - index);
            open[depth] = call;
        }
    }
}
