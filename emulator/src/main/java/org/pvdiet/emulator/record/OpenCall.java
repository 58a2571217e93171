package org.pvdiet.emulator.record;

import org.pvdiet.traces.Batch;
import org.pvdiet.traces.CallColumn;

/** A call that has begun and not ended. Reused for later calls. */
final class OpenCall {
    Batch<CallColumn> batch;
    int row;
    long seq;
    RecordedSite site;
    long rsp;
    long icount;
    int hypercalls;
    int traps;
    int effects;
    OpenCall parent;

    /** Tells the parent that was from one that took its place in the pool. */
    long parentSeq;
}
