package org.pvdiet.emulator.record;

import org.pvdiet.traces.CallColumn;
import org.pvdiet.traces.RowBatch;

/** A call that has begun and not ended. Reused for later calls. */
final class OpenCall {
    RowBatch<CallColumn> batch;
    int row;
    long seq;
    RecordedSite site;
    long rsp;
    long icount;
    int hypercalls;
    int traps;
    int effects;

    /** Whether the guest had interrupts enabled when the call began. */
    boolean interruptsBefore;

    /** Whether it had them enabled when this was last written down, by this call or one made in it. */
    boolean interruptsKnown;

    /** Whether an interrupt has taken the processor elsewhere, and has not returned. */
    boolean suspended;

    /** Where it goes on after that, with which stack pointer, and when it was left. */
    long resumeRip;

    long resumeRsp;
    long suspendedAt;

    /** Instructions between interrupts and their returns, of this call and of those in it. */
    long interruptInstructions;

    /** Whether an interrupt was taken in it or in a call made in it. */
    boolean interrupted;

    OpenCall parent;

    /** Tells the parent that was from one that took its place in the pool. */
    long parentSeq;
}
