package org.pvdiet.analyzer;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.pvdiet.traces.CallColumn;
import org.pvdiet.traces.EffectColumn;
import org.pvdiet.traces.EffectKind;
import org.pvdiet.traces.EffectOutcome;
import org.pvdiet.traces.Ending;
import org.pvdiet.traces.FrameRun;
import org.pvdiet.traces.Hook;
import org.pvdiet.traces.Mode;
import org.pvdiet.traces.OpenCalls;
import org.pvdiet.traces.Options;
import org.pvdiet.traces.Outcome;
import org.pvdiet.traces.RegisterMode;
import org.pvdiet.traces.RowBatch;
import org.pvdiet.traces.Site;
import org.pvdiet.traces.SiteForm;
import org.pvdiet.traces.Symbol;
import org.pvdiet.traces.TraceInfo;
import org.pvdiet.traces.TraceReader;
import org.pvdiet.traces.TraceWriter;

/** A trace made by hand, call by call. Each hook has two sites: its id times 2, and that plus 1. */
public final class MadeTrace {
    /**
     * A hook as the kernel has it.
     *
     * @param target the platform's function; empty for a slot that holds nothing
     * @param code the function's first instructions, or empty
     * @param before the instructions before each of its sites, or empty
     * @param after those after it
     */
    public record MadeHook(String name, String prototype, String target, String code, String before, String after) {
        public MadeHook(String name, String prototype, String target) {
            this(name, prototype, target, "", "", "");
        }
    }

    private static final long IMAGE = 0xffffffff81000000L;
    private static final int REGISTERS = 16;

    private final Path path;
    private final RegisterMode registers;
    private final TraceWriter writer;
    private final List<MadeHook> hooks;
    private final List<Symbol> symbols = new ArrayList<>();
    private List<FrameRun> frames = List.of();
    private String changed = "";
    private String former = "";
    private long changedAt;
    private long icount = 1000;

    /** Begins a trace of the kernel {@code image}. */
    public MadeTrace(Path path, String platform, String image, List<MadeHook> hooks, Options options) {
        this(path, platform, image, hooks, options, RegisterMode.ARGS);
    }

    /** Begins a trace with all registers, which calls leave as they were but for those that they are told to change. */
    public static MadeTrace full(Path path, String platform, List<MadeHook> hooks) {
        return new MadeTrace(path, platform, "a5a5", hooks, Options.defaults(), RegisterMode.FULL);
    }

    private MadeTrace(
            Path path, String platform, String image, List<MadeHook> hooks, Options options, RegisterMode registers) {
        this.path = path;
        this.registers = registers;
        this.hooks = hooks;
        TraceInfo info = new TraceInfo(
                "test",
                new TraceInfo.Image("vmlinux", image, Optional.empty(), "Linux version 6.1.0-test"),
                platform,
                "test",
                "nokaslr",
                1 << 28,
                1,
                new TraceInfo.Initrd(Optional.empty(), "0"),
                "test",
                registers,
                OptionalLong.empty(),
                Optional.empty());
        this.writer = TraceWriter.create(path, info, options, OpenCalls.ABANDON);
    }

    public MadeTrace(Path path, String platform, List<MadeHook> hooks) {
        this(path, platform, "a5a5", hooks, Options.defaults());
    }

    /** Says that frames {@code pfn} and on are {@code mfn} and on, for 4096 frames. */
    public MadeTrace frames(long pfn, long mfn) {
        frames = List.of(new FrameRun(0, pfn, OptionalLong.of(mfn), 4096));
        return this;
    }

    /** Says that until now the kernel's table led a hook to another function. */
    public MadeTrace ledTo(String hook, String function) {
        return ledTo(hook, function, icount);
    }

    /** Says that before {@code until}, in instructions, the table led a hook to another function. */
    public MadeTrace ledTo(String hook, String function, long until) {
        changed = hook;
        former = function;
        changedAt = until;
        return this;
    }

    /** Says that the kernel has a symbol {@code offset} bytes into its image. */
    public MadeTrace symbol(String name, long offset) {
        symbols.add(new Symbol(IMAGE + offset, name, 'T'));
        return this;
    }

    /** A call under construction; {@link #end} adds it to the trace. */
    public final class MadeCall {
        private final RowBatch<CallColumn> batch = writer.callBatch();
        private final int row = batch.open();
        private final long seq = batch.firstRow() + row;
        private final long start = icount;
        private int effects;

        private MadeCall(int site, boolean interrupts) {
            batch.set(CallColumn.DEPTH, row, 0);
            batch.set(CallColumn.ICOUNT, row, icount);
            batch.set(CallColumn.VCPU, row, 0);
            batch.set(CallColumn.HOOK, row, site / 2);
            batch.set(CallColumn.SITE, row, site);
            batch.set(CallColumn.MODE, row, Mode.of(0, interrupts, true, false));
            batch.set(CallColumn.PHASE, row, 2);
            batch.set(CallColumn.RFLAGS, row, interrupts ? 0x246 : 0x46);
            batch.set(CallColumn.CR0, row, 0x80050033L);
            batch.set(CallColumn.CR2, row, 0);
            batch.set(CallColumn.CR3, row, 0x1000000);
            batch.set(CallColumn.CR4, row, 0x6f0);
            batch.set(CallColumn.HYPERCALLS, row, 0);
            batch.set(CallColumn.TRAPS, row, 0);
            batch.set(CallColumn.OUTCOME, row, Outcome.RETURNED);
            for (int i = 0; registers == RegisterMode.FULL && i < REGISTERS; i++) {
                batch.set(CallColumn.gpr(i), row, 0x1000 + i);
            }
            icount++;
        }

        /** Leaves another value in general-purpose register {@code i}. */
        public MadeCall changes(int i) {
            batch.set(CallColumn.gprAfter(i), row, 0x2000 + i);
            return this;
        }

        public MadeCall arguments(long... values) {
            for (int i = 0; i < values.length; i++) {
                batch.set(CallColumn.arg(i), row, values[i]);
            }
            return this;
        }

        /** In another phase of start-up than that after sites were patched. */
        public MadeCall phase(int phase) {
            batch.set(CallColumn.PHASE, row, phase);
            return this;
        }

        /** About a page table that is mapped read-only. */
        public MadeCall readOnlyTable() {
            batch.set(CallColumn.MODE, row, batch.get(CallColumn.MODE, row) | Mode.READ_ONLY_TABLE);
            return this;
        }

        /** About an entry with this content. */
        public MadeCall pointsTo(long entry) {
            batch.set(CallColumn.ENTRY, row, entry);
            return this;
        }

        /** With another CR4 before the call. */
        public MadeCall cr4(long value) {
            batch.set(CallColumn.CR4, row, value);
            return this;
        }

        /** Executes CPUID for a leaf, subleaf 0. */
        public MadeCall cpuid(long leaf, long eax, long ebx, long ecx, long edx) {
            RowBatch<EffectColumn> batchOfEffects = writer.effectBatch();
            int at = effect(batchOfEffects, EffectKind.CPUID, leaf, EffectOutcome.DONE);
            long[] values = {0, eax, ebx, ecx, edx};
            for (int i = 0; i < values.length; i++) {
                batchOfEffects.set(EffectColumn.arg(i), at, values[i]);
            }
            return this;
        }

        public MadeCall in(MadeCall parent) {
            batch.set(CallColumn.PARENT, row, parent.seq);
            batch.set(CallColumn.DEPTH, row, 1);
            return this;
        }

        /** Interrupts took so many of its instructions. */
        public MadeCall interruptInstructions(long count) {
            batch.set(CallColumn.INTERRUPT_INSTRUCTIONS, row, count);
            return this;
        }

        public MadeCall result(long value) {
            batch.set(CallColumn.RESULT, row, value);
            return this;
        }

        public MadeCall outcome(Outcome outcome) {
            batch.set(CallColumn.OUTCOME, row, outcome);
            return this;
        }

        /** Adds an effect; where its old value or level is -1, it has none. */
        public MadeCall effect(EffectKind kind, long address, int level, long old, long value, EffectOutcome outcome) {
            RowBatch<EffectColumn> batchOfEffects = writer.effectBatch();
            int at = effect(batchOfEffects, kind, address, outcome);
            if (level >= 0) {
                batchOfEffects.set(EffectColumn.LEVEL, at, level);
            }
            if (old != -1) {
                batchOfEffects.set(EffectColumn.OLD, at, old);
            }
            batchOfEffects.set(EffectColumn.NEW, at, value);
            return this;
        }

        public MadeCall entry(long address, long value) {
            return effect(EffectKind.PAGE_TABLE_ENTRY, address, 1, 0, value, EffectOutcome.DONE);
        }

        public MadeCall exception(int vector) {
            effect(writer.effectBatch(), EffectKind.EXCEPTION, vector, EffectOutcome.DONE);
            batch.set(CallColumn.TRAPS, row, 1);
            return this;
        }

        /** Exceptions and emulated instructions in it. */
        public MadeCall traps(int count) {
            batch.set(CallColumn.TRAPS, row, count);
            return this;
        }

        public MadeCall hypercall(int number, long result, long... values) {
            RowBatch<EffectColumn> batchOfEffects = writer.effectBatch();
            int at = effect(batchOfEffects, EffectKind.HYPERCALL, number, EffectOutcome.DONE);
            for (int i = 0; i < values.length; i++) {
                batchOfEffects.set(EffectColumn.arg(i), at, values[i]);
            }
            batchOfEffects.set(EffectColumn.RESULT, at, result);
            batch.set(CallColumn.HYPERCALLS, row, batch.get(CallColumn.HYPERCALLS, row) + 1);
            return this;
        }

        /** One operation of mmuext_op, without an error. */
        public MadeCall operation(int command, long first, long second) {
            RowBatch<EffectColumn> batchOfEffects = writer.effectBatch();
            int at = effect(batchOfEffects, EffectKind.HYPERCALL_OPERATION, 26, EffectOutcome.DONE);
            batchOfEffects.set(EffectColumn.LEVEL, at, command);
            batchOfEffects.set(EffectColumn.ARG0, at, first);
            batchOfEffects.set(EffectColumn.ARG1, at, second);
            batchOfEffects.set(EffectColumn.RESULT, at, 0);
            return this;
        }

        /** A write of an MSR that the platform drops. */
        public MadeCall ignoredMsr(long index, long kept) {
            RowBatch<EffectColumn> batchOfEffects = writer.effectBatch();
            int at = effect(batchOfEffects, EffectKind.MSR_WRITE, index, EffectOutcome.IGNORED);
            batchOfEffects.set(EffectColumn.OLD, at, kept);
            return this;
        }

        private int effect(RowBatch<EffectColumn> to, EffectKind kind, long address, EffectOutcome outcome) {
            int at = to.append();
            to.set(EffectColumn.SEQ, at, seq);
            to.set(EffectColumn.ORDINAL, at, effects++);
            to.set(EffectColumn.ICOUNT, at, icount++);
            to.set(EffectColumn.KIND, at, kind);
            to.set(EffectColumn.ADDRESS, at, address);
            to.set(EffectColumn.OUTCOME, at, outcome);
            return at;
        }

        /** Ends the call after {@code more} instructions. */
        public MadeTrace end(int more) {
            icount += more;
            batch.set(CallColumn.INSTRUCTIONS, row, icount - start);
            if (!batch.isNull(CallColumn.OUTCOME, row) && batch.get(CallColumn.OUTCOME, row) == 0) {
                batch.set(CallColumn.RFLAGS_AFTER, row, batch.get(CallColumn.RFLAGS, row));
                batch.set(CallColumn.CR0_AFTER, row, 0x80050033L);
                batch.set(CallColumn.CR2_AFTER, row, 0);
                batch.set(CallColumn.CR3_AFTER, row, 0x1000000);
                batch.set(CallColumn.CR4_AFTER, row, 0x6f0);
            }
            batch.finish(row);
            icount += 10;
            return MadeTrace.this;
        }

        public MadeTrace end() {
            return end(3);
        }
    }

    /** Begins a call with interrupts enabled at the first site of a hook. */
    public MadeCall call(String hook) {
        return callAt(hook, 0, true);
    }

    /** Begins a call at site 0 or 1 of a hook. */
    public MadeCall callAt(String hook, int site, boolean interrupts) {
        int id = hooks.stream().map(MadeHook::name).toList().indexOf(hook);
        if (id < 0) {
            throw new IllegalArgumentException(hook);
        }
        return new MadeCall(2 * id + site, interrupts);
    }

    /** Writes all but the end, as a run that is killed does. */
    public Path killed() {
        tables();
        writer.close();
        return path;
    }

    /** Writes the trace. */
    public Path write() {
        tables();
        writer.complete(new Ending("halted", "It halted.", OptionalInt.of(0), icount, List.of(), List.of()));
        return path;
    }

    /** Writes the trace and opens it. */
    public TraceReader read() {
        return TraceReader.open(write());
    }

    private void tables() {
        List<Hook> rows = new ArrayList<>();
        List<Site> sites = new ArrayList<>();
        for (int i = 0; i < hooks.size(); i++) {
            MadeHook hook = hooks.get(i);
            String[] name = hook.name().split("\\.");
            Optional<Hook.Target> target = optional(hook.target())
                    .map(symbol -> new Hook.Target(IMAGE + 0x10L * hooks.indexOf(hook), Optional.of(symbol)));
            rows.add(new Hook(
                    i,
                    name[0],
                    name[1],
                    hook.prototype(),
                    8 * i,
                    false,
                    target,
                    hook.name().equals(changed) ? Optional.of(new Hook.Target(IMAGE, Optional.of(former))) : target,
                    target,
                    optional(hook.code()),
                    hook.name().equals(changed) ? OptionalLong.of(changedAt) : OptionalLong.empty()));
            for (int s = 0; s < 2; s++) {
                sites.add(new Site(
                        2 * i + s,
                        IMAGE + 0x1000 + 0x100 * i + 0x10 * s,
                        6,
                        i,
                        Optional.of("caller_of_" + name[1] + "+0x" + s),
                        true,
                        Optional.of(SiteForm.DIRECT),
                        "ff1425000000",
                        Optional.of("e80000000090"),
                        optional(hook.before()),
                        optional(hook.after())));
            }
        }
        writer.hooks(rows);
        writer.sites(sites);
        symbols.add(new Symbol(IMAGE, "_text", 'T'));
        symbols.add(new Symbol(IMAGE + 0x100000, "_end", 'B'));
        writer.symbols(symbols);
        writer.frames(frames);
    }

    private static Optional<String> optional(String text) {
        return text.isEmpty() ? Optional.empty() : Optional.of(text);
    }
}
