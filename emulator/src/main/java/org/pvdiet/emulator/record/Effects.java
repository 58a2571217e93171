package org.pvdiet.emulator.record;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.pvdiet.emulator.cpu.Cpu;
import org.pvdiet.emulator.cpu.Observer;
import org.pvdiet.emulator.cpu.Vector;
import org.pvdiet.emulator.memory.Mmu;
import org.pvdiet.emulator.memory.PhysicalMemory;
import org.pvdiet.emulator.platform.Platform;
import org.pvdiet.traces.EffectColumn;
import org.pvdiet.traces.EffectKind;
import org.pvdiet.traces.EffectOutcome;
import org.pvdiet.traces.Phase;
import org.pvdiet.traces.RowBatch;
import org.pvdiet.traces.TraceWriter;

/** What happens inside calls, and its rows in the trace. What happens outside of any call is not recorded. */
final class Effects implements Observer, TrackedFrames.Listener {
    private static final int[] CPUID_REGISTERS = {Cpu.RAX, Cpu.RBX, Cpu.RCX, Cpu.RDX};

    /** Xen, public/xen.h, __HYPERVISOR_iret. */
    private static final int HYPERVISOR_IRET = 23;

    /** Those under way, the innermost last; made once, for as many as there ever were at once. */
    private static final class Hypercall {
        final long[] arguments = new long[EffectColumn.ARGUMENTS];
        int count;
    }

    private final Cpu cpu;
    private final Platform platform;
    private final TraceWriter writer;
    private final CallStack calls;
    private final TrackedFrames frames;
    private final List<Hypercall> hypercalls = new ArrayList<>();
    private int hypercallDepth;
    private long emulatedAt = -1;

    Effects(Cpu cpu, Platform platform, TraceWriter writer, CallStack calls) {
        this.cpu = cpu;
        this.platform = platform;
        this.writer = writer;
        this.calls = calls;
        this.frames = new TrackedFrames(cpu.mmu().memory(), this);
    }

    /** Follows the page tables in force. */
    void start() {
        frames.trackPageTable(cpu.control.cr3 >>> PhysicalMemory.FRAME_SHIFT, 4);
    }

    /** Follows the page tables that a call is given pointers into; they may not be linked anywhere yet. */
    void trackArguments(RecordedSite site) {
        for (int i = 0; i < site.arguments(); i++) {
            if (site.tables()[i] != 0) {
                trackEntry(cpu.r[RecordedSite.ARGUMENT_REGISTERS[i]], site.tables()[i]);
            }
        }
    }

    private void trackEntry(long pointer, int level) {
        long physical = cpu.mmu().peek(pointer);
        if (physical >= 0) {
            frames.trackPageTable(physical >>> PhysicalMemory.FRAME_SHIFT, level);
        }
    }

    // Effects.
    /** Appends an effect of the innermost call; where none is under way there is nothing to do. */
    private boolean inCall() {
        return calls.innermost() != null;
    }

    private int effect(RowBatch<EffectColumn> batch, EffectKind kind, long address) {
        OpenCall call = calls.innermost();
        int row = batch.append();
        batch.set(EffectColumn.SEQ, row, call.seq);
        batch.set(EffectColumn.ORDINAL, row, call.effects++);
        batch.set(EffectColumn.ICOUNT, row, cpu.retired());
        batch.set(EffectColumn.KIND, row, kind);
        batch.set(EffectColumn.ADDRESS, row, address);
        batch.set(EffectColumn.OUTCOME, row, emulatedAt == cpu.retired() ? EffectOutcome.EMULATED : EffectOutcome.DONE);
        return row;
    }

    private void change(EffectKind kind, long address, long old, long value) {
        if (inCall()) {
            RowBatch<EffectColumn> batch = writer.effectBatch();
            int row = effect(batch, kind, address);
            batch.set(EffectColumn.OLD, row, old);
            batch.set(EffectColumn.NEW, row, value);
        }
    }

    private void event(EffectKind kind, long address, long value) {
        if (inCall()) {
            RowBatch<EffectColumn> batch = writer.effectBatch();
            batch.set(EffectColumn.NEW, effect(batch, kind, address), value);
        }
    }

    private void event(EffectKind kind, long address) {
        if (inCall()) {
            effect(writer.effectBatch(), kind, address);
        }
    }

    @Override
    public void pageTableEntry(long address, int level, long old, long value) {
        if (inCall()) {
            RowBatch<EffectColumn> batch = writer.effectBatch();
            int row = effect(batch, EffectKind.PAGE_TABLE_ENTRY, address);
            batch.set(EffectColumn.LEVEL, row, level);
            batch.set(EffectColumn.OLD, row, old);
            batch.set(EffectColumn.NEW, row, value);
        }
    }

    @Override
    public void pageTable(long frame, int level) {
        frames.trackPageTable(frame, level);
    }

    @Override
    public void descriptor(long address, long old, long value) {
        change(EffectKind.DESCRIPTOR, address, old, value);
    }

    @Override
    public void controlRegister(int number, long old, long value) {
        change(EffectKind.CONTROL_REGISTER, number, old, value);
        if (number == 3) {
            frames.trackPageTable((value & Mmu.FRAME_MASK) >>> PhysicalMemory.FRAME_SHIFT, 4);
        }
    }

    @Override
    public void debugRegister(int number, long old, long value) {
        change(EffectKind.DEBUG_REGISTER, number, old, value);
    }

    @Override
    public void msrRead(int index, long value) {
        event(EffectKind.MSR_READ, index & 0xffffffffL, value);
    }

    @Override
    public void msrWrite(int index, long old, long value) {
        change(EffectKind.MSR_WRITE, index & 0xffffffffL, old, value);
    }

    @Override
    public void msrWriteIgnored(int index, long kept) {
        if (inCall()) {
            RowBatch<EffectColumn> batch = writer.effectBatch();
            int row = effect(batch, EffectKind.MSR_WRITE, index & 0xffffffffL);
            batch.set(EffectColumn.OLD, row, kept);
            batch.set(EffectColumn.OUTCOME, row, EffectOutcome.IGNORED);
        }
    }

    @Override
    public void descriptorTable(Table table, int selector, long base, long limit) {
        boolean bySelector = table == Table.LDTR || table == Table.TR;
        event(EffectKind.DESCRIPTOR_TABLE, table.ordinal(), bySelector ? selector : base);
        if (table != Table.TR) {
            frames.descriptorTable(table, bySelector && selector == 0 ? new long[0] : framesOf(base, limit));
        }
    }

    private long[] framesOf(long base, long limit) {
        LongStream.Builder found = LongStream.builder();
        if (limit > 0) {
            for (long page = base & -PhysicalMemory.FRAME_SIZE;
                    page <= base + limit;
                    page += PhysicalMemory.FRAME_SIZE) {
                long physical = cpu.mmu().peek(page);
                if (physical >= 0) {
                    found.add(physical >>> PhysicalMemory.FRAME_SHIFT);
                }
            }
        }
        return found.build().toArray();
    }

    @Override
    public void segment(int register, int selector) {
        event(EffectKind.SEGMENT, register, selector);
    }

    @Override
    public void flush(boolean globalToo) {
        event(EffectKind.TLB_FLUSH, 0, globalToo ? 1 : 0);
    }

    @Override
    public void invalidatePage(long linear) {
        event(EffectKind.TLB_PAGE, linear);
    }

    @Override
    public void portIn(int port, int size, int value) {
        port(EffectKind.PORT_IN, port, size, value);
    }

    @Override
    public void portOut(int port, int size, int value) {
        port(EffectKind.PORT_OUT, port, size, value);
    }

    private void port(EffectKind kind, int port, int size, int value) {
        if (inCall()) {
            RowBatch<EffectColumn> batch = writer.effectBatch();
            int row = effect(batch, kind, port);
            batch.set(EffectColumn.LEVEL, row, size);
            batch.set(EffectColumn.NEW, row, value & (size == 4 ? 0xffffffffL : (1L << size * 8) - 1));
        }
    }

    @Override
    public void cpuid(int leaf, int subleaf) {
        if (inCall()) {
            RowBatch<EffectColumn> batch = writer.effectBatch();
            int row = effect(batch, EffectKind.CPUID, leaf & 0xffffffffL);
            batch.set(EffectColumn.ARG0, row, subleaf & 0xffffffffL);
            for (int i = 0; i < CPUID_REGISTERS.length; i++) {
                batch.set(EffectColumn.arg(1 + i), row, cpu.r[CPUID_REGISTERS[i]]);
            }
        }
    }

    @Override
    public void timestamp(long value) {
        event(EffectKind.TSC, 0, value);
    }

    @Override
    public void halt() {
        event(EffectKind.HALT, 0);
    }

    @Override
    public void exception(int vector, int errorCode, long address) {
        if (calls.phase() == Phase.PATCHED && !platform.isKernelMode()) {
            // A program's first instruction is not mapped yet when it is fetched.
            calls.setPhase(Phase.USER);
        }
        calls.endWhereInterrupted();
        if (inCall()) {
            calls.trap();
            RowBatch<EffectColumn> batch = writer.effectBatch();
            int row = effect(batch, EffectKind.EXCEPTION, vector);
            if (Vector.hasErrorCode(vector)) {
                batch.set(EffectColumn.NEW, row, errorCode);
            }
            if (vector == Vector.PAGE_FAULT) {
                batch.set(EffectColumn.RESULT, row, address);
            }
        }
        calls.interrupted();
    }

    @Override
    public void interrupt(int vector) {
        calls.endWhereInterrupted();
        event(EffectKind.INTERRUPT, vector);
        calls.suspended();
    }

    @Override
    public void returned(long frame) {
        calls.returned(frame);
    }

    @Override
    public void emulated(long rip) {
        emulatedAt = cpu.retired();
        if (inCall()) {
            calls.trap();
        }
    }

    @Override
    public void hypercall(int number, long[] arguments) {
        if (hypercallDepth == hypercalls.size()) {
            hypercalls.add(new Hypercall());
        }
        Hypercall begun = hypercalls.get(hypercallDepth++);
        begun.count = Math.min(begun.arguments.length, arguments.length);
        System.arraycopy(arguments, 0, begun.arguments, 0, begun.count);
    }

    @Override
    public void hypercallOperation(int number, int command, long first, long second, long result) {
        if (inCall()) {
            RowBatch<EffectColumn> batch = writer.effectBatch();
            int row = effect(batch, EffectKind.HYPERCALL_OPERATION, number);
            batch.set(EffectColumn.LEVEL, row, command);
            batch.set(EffectColumn.ARG0, row, first);
            batch.set(EffectColumn.ARG1, row, second);
            batch.set(EffectColumn.RESULT, row, result);
        }
    }

    @Override
    public void hypercallDone(int number, long result) {
        Hypercall done = hypercalls.get(--hypercallDepth);
        if (inCall()) {
            calls.hypercall();
            RowBatch<EffectColumn> batch = writer.effectBatch();
            int row = effect(batch, EffectKind.HYPERCALL, number);
            for (int i = 0; i < done.count; i++) {
                batch.set(EffectColumn.arg(i), row, done.arguments[i]);
            }
            // Whoever it returns to finds its own registers (Xen, public/arch-x86/xen-x86_64.h, struct iret_context).
            if (number != HYPERVISOR_IRET) {
                batch.set(EffectColumn.RESULT, row, result);
            }
        }
    }
}
