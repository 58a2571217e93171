package org.pvdiet.emulator.record;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.pvdiet.emulator.cpu.Cpu;
import org.pvdiet.emulator.cpu.Observer;
import org.pvdiet.emulator.cpu.Probe;
import org.pvdiet.emulator.cpu.Vector;
import org.pvdiet.emulator.cpu.decode.Segment;
import org.pvdiet.emulator.guest.KernelImage;
import org.pvdiet.emulator.guest.Site;
import org.pvdiet.emulator.memory.Mmu;
import org.pvdiet.emulator.memory.PhysicalMemory;
import org.pvdiet.emulator.platform.Platform;
import org.pvdiet.traces.Batch;
import org.pvdiet.traces.CallColumn;
import org.pvdiet.traces.EffectColumn;
import org.pvdiet.traces.EffectKind;
import org.pvdiet.traces.EffectOutcome;
import org.pvdiet.traces.FrameRun;
import org.pvdiet.traces.Mode;
import org.pvdiet.traces.OpenCalls;
import org.pvdiet.traces.Outcome;
import org.pvdiet.traces.Phase;
import org.pvdiet.traces.RegisterMode;
import org.pvdiet.traces.Symbol;
import org.pvdiet.traces.TraceWriter;

/**
 * Records every call of every hook, and what happens inside.
 *
 * <p>A call begins when control reaches a site and ends when control is next at the site's end with the stack pointer it
 * began with. Calls under way on one stack are nested; an interrupt or a context switch can leave a call open on another
 * stack. A call whose frame is gone from its stack did not return.
 */
public final class Recorder implements Observer, OpenCalls, TrackedFrames.Listener {
    /** Linux's THREAD_SIZE on x86-64, to which stacks are aligned (arch/x86/include/asm/page_64_types.h). */
    private static final int STACK_SHIFT = 14;

    private static final int IA32_KERNEL_GS_BASE = 0xc0000102;
    private static final int[] ARGUMENT_REGISTERS = {Cpu.RDI, Cpu.RSI, Cpu.RDX, Cpu.RCX, Cpu.R8, Cpu.R9};
    private static final int MOST_ARGUMENTS = ARGUMENT_REGISTERS.length;
    private static final Segment[] SEGMENTS = Segment.values();
    private static final CallColumn[] SEGMENT_BEFORE = {
        CallColumn.ES, CallColumn.CS, CallColumn.SS, CallColumn.DS, CallColumn.FS, CallColumn.GS
    };
    private static final CallColumn[] SEGMENT_AFTER = {
        CallColumn.ES_AFTER,
        CallColumn.CS_AFTER,
        CallColumn.SS_AFTER,
        CallColumn.DS_AFTER,
        CallColumn.FS_AFTER,
        CallColumn.GS_AFTER
    };

    private record Hypercall(int number, long[] arguments) {}

    private final Cpu cpu;
    private final Platform platform;
    private final KernelImage image;
    private final TraceWriter writer;
    private final boolean full;
    private final TrackedFrames frames;
    private final HookTargets targets;
    private final List<Hypercall> hypercalls = new ArrayList<>();
    private final List<FrameRun> frameRuns = new ArrayList<>();
    private final List<Platform.Frames> knownFrames = new ArrayList<>();

    private final Map<Long, Probe> probes = new HashMap<>();

    private OpenCall[] open = new OpenCall[64];
    private int depth;
    private Phase phase = Phase.STARTUP;
    private long emulatedAt = -1;
    private long interruptedAt = -1;
    private long calls;
    private long effects;

    public Recorder(Cpu cpu, Platform platform, KernelImage image, TraceWriter writer, RegisterMode registers) {
        this.cpu = cpu;
        this.platform = platform;
        this.image = image;
        this.writer = writer;
        this.full = registers == RegisterMode.FULL;
        this.frames = new TrackedFrames(cpu.mmu().memory(), this);
        this.targets = new HookTargets(image, cpu.mmu());
    }

    /** Begins to record: call once, when the guest is ready to run. */
    public void start() {
        writer.symbols(image.kallsyms().symbols().stream()
                .map(s -> new Symbol(s.address(), s.name(), s.type()))
                .toList());
        writer.hooks(targets.hooks());
        writer.sites(targets.sites());
        frameTable();
        frames.trackPageTable(cpu.control.cr3 >>> PhysicalMemory.FRAME_SHIFT, 4);
        cpu.setObserver(this);
        for (Site site : image.sites()) {
            RecordedSite recorded = RecordedSite.of(site);
            // An end first: where one site follows another, the first call ends before the second begins.
            addProbe(recorded.end(), (processor, address) -> leave(recorded, processor.r[Cpu.RSP]));
        }
        for (Site site : image.sites()) {
            RecordedSite recorded = RecordedSite.of(site);
            addProbe(site.address(), (processor, address) -> enter(recorded));
        }
        onReturn("init_hypervisor_platform", () -> {
            phase = Phase.SETUP;
            targets.platformSetUp();
        });
        onReturn("alternative_instructions", () -> {
            phase = Phase.PATCHED;
            targets.sitesPatched();
        });
    }

    /** Completes what is open and writes the tables that are known only now. The writer is left to be completed. */
    public void finish() {
        while (depth > 0) {
            close(open[depth - 1], Outcome.ENDED, false);
            drop(depth - 1);
        }
        cpu.setObserver(Observer.NONE);
        writer.hooks(targets.hooks());
        writer.sites(targets.sites());
        frameTable();
    }

    public long calls() {
        return calls;
    }

    public long effects() {
        return effects;
    }

    /** Runs {@code probe} at {@code address} after those that are there already. */
    private void addProbe(long address, Probe probe) {
        cpu.setProbe(address, probes.merge(address, probe, (first, second) -> (processor, at) -> {
            first.reached(processor, at);
            second.reached(processor, at);
        }));
    }

    /** Runs {@code action} when the function returns for the first time. */
    private void onReturn(String function, Runnable action) {
        OptionalLong entry = image.kallsyms().address(function);
        if (entry.isEmpty()) {
            return;
        }
        boolean[] called = new boolean[2];
        addProbe(entry.getAsLong(), (processor, address) -> {
            if (!called[0]) {
                called[0] = true;
                addProbe(processor.memory().load64(processor.r[Cpu.RSP]), (p, at) -> {
                    if (!called[1]) {
                        called[1] = true;
                        action.run();
                    }
                });
            }
        });
    }

    private void frameTable() {
        List<Platform.Frames> now = platform.frames();
        if (!now.equals(knownFrames)) {
            for (Platform.Frames run : now) {
                if (!knownFrames.contains(run)) {
                    frameRuns.add(new FrameRun(
                            cpu.retired(),
                            run.pfn(),
                            run.mfn() < 0 ? OptionalLong.empty() : OptionalLong.of(run.mfn()),
                            run.count()));
                }
            }
            knownFrames.clear();
            knownFrames.addAll(now);
        }
        writer.frames(frameRuns);
    }

    private void enter(RecordedSite site) {
        long rsp = cpu.r[Cpu.RSP];
        while (depth > 0 && sameStack(open[depth - 1].rsp, rsp) && open[depth - 1].rsp <= rsp) {
            close(open[depth - 1], open[depth - 1].traps > 0 ? Outcome.FAULTED : Outcome.SWITCHED, false);
            drop(depth - 1);
        }
        Batch<CallColumn> batch = writer.callBatch();
        int row = batch.open();
        OpenCall parent = parent(rsp);
        OpenCall call = push();
        call.batch = batch;
        call.row = row;
        call.seq = batch.firstRow() + row;
        call.site = site;
        call.rsp = rsp;
        call.icount = cpu.retired();
        call.hypercalls = 0;
        call.traps = 0;
        call.effects = 0;
        call.parent = parent;
        call.parentSeq = parent == null ? -1 : parent.seq;
        calls++;

        if (parent != null) {
            batch.set(CallColumn.PARENT, row, parent.seq);
        }
        batch.set(CallColumn.DEPTH, row, depth - 1);
        batch.set(CallColumn.ICOUNT, row, call.icount);
        batch.set(CallColumn.VCPU, row, 0);
        batch.set(CallColumn.HOOK, row, site.hook());
        batch.set(CallColumn.SITE, row, site.site());
        batch.set(CallColumn.MODE, row, Mode.of(cpu.cpl(), platform.interruptsEnabled(), platform.isKernelMode()));
        batch.set(CallColumn.PHASE, row, phase.ordinal());
        for (int i = 0; i < site.arguments(); i++) {
            long argument = cpu.r[ARGUMENT_REGISTERS[i]];
            batch.set(CallColumn.arg(i), row, argument);
            if (site.tables()[i] != 0) {
                trackEntry(argument, site.tables()[i]);
            }
        }
        batch.set(CallColumn.RFLAGS, row, cpu.rflags());
        batch.set(CallColumn.CR0, row, platform.controlRegister(0));
        batch.set(CallColumn.CR2, row, platform.controlRegister(2));
        batch.set(CallColumn.CR3, row, platform.controlRegister(3));
        batch.set(CallColumn.CR4, row, platform.controlRegister(4));
        if (full) {
            registersBefore(batch, row);
        }
    }

    private void registersBefore(Batch<CallColumn> batch, int row) {
        for (int i = 0; i < 16; i++) {
            batch.set(CallColumn.gpr(i), row, cpu.r[i]);
        }
        for (int i = 0; i < SEGMENTS.length; i++) {
            batch.set(SEGMENT_BEFORE[i], row, cpu.segments.get(SEGMENTS[i]).selector);
        }
        batch.set(CallColumn.FS_BASE, row, cpu.segments.fs().base);
        batch.set(CallColumn.GS_BASE, row, cpu.segments.gs().base);
        batch.set(CallColumn.KERNEL_GS_BASE, row, cpu.msrs.read(IA32_KERNEL_GS_BASE));
    }

    private void registersAfter(Batch<CallColumn> batch, int row) {
        for (int i = 0; i < 16; i++) {
            setIfChanged(batch, row, CallColumn.gpr(i), CallColumn.gprAfter(i), cpu.r[i]);
        }
        for (int i = 0; i < SEGMENTS.length; i++) {
            setIfChanged(batch, row, SEGMENT_BEFORE[i], SEGMENT_AFTER[i], cpu.segments.get(SEGMENTS[i]).selector);
        }
        setIfChanged(batch, row, CallColumn.FS_BASE, CallColumn.FS_BASE_AFTER, cpu.segments.fs().base);
        setIfChanged(batch, row, CallColumn.GS_BASE, CallColumn.GS_BASE_AFTER, cpu.segments.gs().base);
        setIfChanged(
                batch,
                row,
                CallColumn.KERNEL_GS_BASE,
                CallColumn.KERNEL_GS_BASE_AFTER,
                cpu.msrs.read(IA32_KERNEL_GS_BASE));
    }

    private static void setIfChanged(
            Batch<CallColumn> batch, int row, CallColumn before, CallColumn after, long value) {
        if (batch.get(before, row) != value) {
            batch.set(after, row, value);
        }
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

    private void leave(RecordedSite site, long rsp) {
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

    private void close(OpenCall call, Outcome outcome, boolean returned) {
        Batch<CallColumn> batch = call.batch;
        if (batch == null) {
            return;
        }
        int row = call.row;
        if (returned && call.site.resultMask() != 0) {
            batch.set(CallColumn.RESULT, row, cpu.r[Cpu.RAX] & call.site.resultMask());
        }
        batch.set(CallColumn.INSTRUCTIONS, row, cpu.retired() - call.icount);
        batch.set(CallColumn.HYPERCALLS, row, call.hypercalls);
        batch.set(CallColumn.TRAPS, row, call.traps);
        batch.set(CallColumn.OUTCOME, row, outcome);
        if (returned) {
            batch.set(CallColumn.RFLAGS_AFTER, row, cpu.rflags());
            batch.set(CallColumn.CR0_AFTER, row, platform.controlRegister(0));
            batch.set(CallColumn.CR2_AFTER, row, platform.controlRegister(2));
            batch.set(CallColumn.CR3_AFTER, row, platform.controlRegister(3));
            batch.set(CallColumn.CR4_AFTER, row, platform.controlRegister(4));
            if (full) {
                registersAfter(batch, row);
            }
        }
        batch.finish(row);
        call.batch = null;
        OpenCall parent = call.parent;
        if (parent != null && parent.seq == call.parentSeq && parent.batch != null) {
            parent.hypercalls += call.hypercalls;
            parent.traps += call.traps;
        }
    }

    @Override
    public void abandon(Batch<CallColumn> batch, int row) {
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
            open = Arrays.copyOf(open, 2 * depth);
        }
        if (open[depth] == null) {
            open[depth] = new OpenCall();
        }
        return open[depth++];
    }

    private void drop(int index) {
        OpenCall call = open[index];
        System.arraycopy(open, index + 1, open, index, depth - index - 1);
        open[--depth] = call;
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
        return depth > 0;
    }

    private int effect(Batch<EffectColumn> batch, EffectKind kind, long address) {
        OpenCall call = open[depth - 1];
        int row = batch.append();
        batch.set(EffectColumn.SEQ, row, call.seq);
        batch.set(EffectColumn.ORDINAL, row, call.effects++);
        batch.set(EffectColumn.ICOUNT, row, cpu.retired());
        batch.set(EffectColumn.KIND, row, kind);
        batch.set(EffectColumn.ADDRESS, row, address);
        batch.set(EffectColumn.OUTCOME, row, emulatedAt == cpu.retired() ? EffectOutcome.EMULATED : EffectOutcome.DONE);
        effects++;
        return row;
    }

    private void change(EffectKind kind, long address, long old, long value) {
        if (inCall()) {
            Batch<EffectColumn> batch = writer.effectBatch();
            int row = effect(batch, kind, address);
            batch.set(EffectColumn.OLD, row, old);
            batch.set(EffectColumn.NEW, row, value);
        }
    }

    private void event(EffectKind kind, long address, long value) {
        if (inCall()) {
            Batch<EffectColumn> batch = writer.effectBatch();
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
            Batch<EffectColumn> batch = writer.effectBatch();
            int row = effect(batch, EffectKind.PAGE_TABLE_ENTRY, address);
            batch.set(EffectColumn.LEVEL, row, level);
            batch.set(EffectColumn.OLD, row, old);
            batch.set(EffectColumn.NEW, row, value);
        }
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
    public void descriptorTable(Table table, int selector, long base, long limit) {
        boolean bySelector = table == Table.LDTR || table == Table.TR;
        event(EffectKind.DESCRIPTOR_TABLE, table.ordinal(), bySelector ? selector : base);
        if (table != Table.TR && limit > 0) {
            for (long page = base & -PhysicalMemory.FRAME_SIZE;
                    page <= base + limit;
                    page += PhysicalMemory.FRAME_SIZE) {
                long physical = cpu.mmu().peek(page);
                if (physical >= 0) {
                    frames.trackDescriptors(physical >>> PhysicalMemory.FRAME_SHIFT);
                }
            }
        }
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
            Batch<EffectColumn> batch = writer.effectBatch();
            int row = effect(batch, kind, port);
            batch.set(EffectColumn.LEVEL, row, size);
            batch.set(EffectColumn.NEW, row, value & (size == 4 ? 0xffffffffL : (1L << size * 8) - 1));
        }
    }

    @Override
    public void cpuid(int leaf, int subleaf) {
        if (inCall()) {
            Batch<EffectColumn> batch = writer.effectBatch();
            batch.set(EffectColumn.ARG0, effect(batch, EffectKind.CPUID, leaf & 0xffffffffL), subleaf & 0xffffffffL);
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
        if (phase == Phase.PATCHED && !platform.isKernelMode()) {
            // A program's first instruction is not mapped yet when it is fetched.
            phase = Phase.USER;
        }
        endWhereInterrupted();
        if (inCall()) {
            open[depth - 1].traps++;
            Batch<EffectColumn> batch = writer.effectBatch();
            int row = effect(batch, EffectKind.EXCEPTION, vector);
            if (Vector.hasErrorCode(vector)) {
                batch.set(EffectColumn.NEW, row, errorCode);
            }
            if (vector == Vector.PAGE_FAULT) {
                batch.set(EffectColumn.RESULT, row, address);
            }
        }
        interruptedAt = cpu.retired();
    }

    @Override
    public void interrupt(int vector) {
        endWhereInterrupted();
        event(EffectKind.INTERRUPT, vector);
        interruptedAt = cpu.retired();
    }

    /** An interrupt that is taken at a call's end, before the instruction there, comes after the call. */
    private void endWhereInterrupted() {
        if (depth > 0) {
            OpenCall top = open[depth - 1];
            if (top.site.end() == cpu.rip() && top.rsp == cpu.r[Cpu.RSP]) {
                close(top, Outcome.RETURNED, true);
                drop(depth - 1);
            }
        }
    }

    @Override
    public void emulated(long rip) {
        emulatedAt = cpu.retired();
        if (inCall()) {
            open[depth - 1].traps++;
        }
    }

    @Override
    public void hypercall(int number, long[] arguments) {
        hypercalls.add(new Hypercall(number, arguments.clone()));
    }

    @Override
    public void hypercallDone(int number, long result) {
        Hypercall done = hypercalls.remove(hypercalls.size() - 1);
        if (inCall()) {
            open[depth - 1].hypercalls++;
            Batch<EffectColumn> batch = writer.effectBatch();
            int row = effect(batch, EffectKind.HYPERCALL, done.number());
            for (int i = 0; i < Math.min(MOST_ARGUMENTS, done.arguments().length); i++) {
                batch.set(EffectColumn.arg(i), row, done.arguments()[i]);
            }
            batch.set(EffectColumn.RESULT, row, result);
        }
    }
}
