package org.pvdiet.analyzer.show;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import org.pvdiet.analyzer.calls.Kernel;
import org.pvdiet.analyzer.calls.Prototype;
import org.pvdiet.analyzer.calls.RecordedEffect;
import org.pvdiet.analyzer.words.RegisterBits;
import org.pvdiet.traces.Batch;
import org.pvdiet.traces.CallColumn;
import org.pvdiet.traces.EffectColumn;
import org.pvdiet.traces.Hook;
import org.pvdiet.traces.Mode;
import org.pvdiet.traces.Outcome;
import org.pvdiet.traces.Phase;
import org.pvdiet.traces.RowGroup;
import org.pvdiet.traces.Site;
import org.pvdiet.traces.TraceReader;

/** Some calls of a trace, those made within others indented. */
public final class CallsText {
    private static final String[] GPRS = {
        "rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15"
    };
    private static final int INDENT = 4;
    private static final int MOST_NESTED = 8;

    private final Kernel kernel;
    private final ValueText values;
    private final EffectText effectText;
    private final Map<Long, List<RecordedEffect>> effects = new HashMap<>();
    private final StringBuilder out = new StringBuilder();

    private CallsText(Kernel kernel) {
        this.kernel = kernel;
        this.values = new ValueText(kernel);
        this.effectText = new EffectText(values);
    }

    /** The calls from {@code seq} on, {@code count} of them or as many as there are. */
    public static String of(TraceReader reader, long seq, long count) {
        CallsText text = new CallsText(Kernel.of(reader));
        try (Batch<CallColumn> calls = reader.callRange(seq, seq + count);
                Batch<EffectColumn> effects = reader.effectRange(seq, seq + count)) {
            for (int row = 0; row < effects.rows(); row++) {
                RecordedEffect effect = RecordedEffect.of(effects, row);
                text.effects
                        .computeIfAbsent(effect.seq(), key -> new ArrayList<>())
                        .add(effect);
            }
            for (int row = 0; row < calls.rows(); row++) {
                int depth = calls.getInt(CallColumn.DEPTH, row) - calls.getInt(CallColumn.DEPTH, 0);
                text.call(calls, row, " ".repeat(INDENT * Math.max(0, depth)));
            }
        }
        return text.out.toString();
    }

    /**
     * Calls with those made within them, by seq: each as {@link #of} prints it and the calls after it, as long as they are
     * deeper, at most {@link #MOST_NESTED}. For many calls: reads each row group that holds one once.
     */
    public static SortedMap<Long, String> each(TraceReader reader, SortedSet<Long> seqs) {
        Kernel kernel = Kernel.of(reader);
        return reader.callGroups().parallelStream()
                .map(group -> new CallsText(kernel).each(reader, group, seqs))
                .collect(TreeMap::new, Map::putAll, Map::putAll);
    }

    private SortedMap<Long, String> each(TraceReader reader, RowGroup group, SortedSet<Long> all) {
        SortedMap<Long, String> texts = new TreeMap<>();
        SortedSet<Long> seqs = all.subSet(group.firstSeq(), group.lastSeq() + 1);
        if (seqs.isEmpty()) {
            return texts;
        }
        try (Batch<CallColumn> calls = reader.readCalls(group, reader.callColumns())) {
            Map<Long, Integer> counts = new HashMap<>();
            for (long seq : seqs) {
                int count = within(calls, (int) (seq - group.firstSeq()));
                for (int i = 0; i < count; i++) {
                    effects.put(seq + i, new ArrayList<>());
                }
                counts.put(seq, count);
            }
            readEffects(reader, group);
            for (long seq : seqs) {
                out.setLength(0);
                int row = (int) (seq - group.firstSeq());
                for (int i = row; i < row + counts.get(seq); i++) {
                    int depth = calls.getInt(CallColumn.DEPTH, i) - calls.getInt(CallColumn.DEPTH, row);
                    call(calls, i, " ".repeat(INDENT * depth));
                }
                texts.put(seq, out.toString());
            }
        }
        return texts;
    }

    /** How many calls from {@code row} on are that call and those within it, of a row group and as far as they are wanted. */
    private static int within(Batch<CallColumn> calls, int row) {
        int end = row + 1;
        while (end < calls.rows()
                && end - row <= MOST_NESTED
                && calls.getInt(CallColumn.DEPTH, end) > calls.getInt(CallColumn.DEPTH, row)) {
            end++;
        }
        return end - row;
    }

    /** Reads the effects of those calls of a row group that are known to {@link #effects}. */
    private void readEffects(TraceReader reader, RowGroup calls) {
        for (RowGroup group : reader.effectGroups()) {
            if (group.firstSeq() > calls.lastSeq() || group.lastSeq() < calls.firstSeq()) {
                continue;
            }
            try (Batch<EffectColumn> batch = reader.readEffects(group, EnumSet.allOf(EffectColumn.class))) {
                for (int row = 0; row < batch.rows(); row++) {
                    List<RecordedEffect> known =
                            batch.isNull(EffectColumn.SEQ, row) ? null : effects.get(batch.get(EffectColumn.SEQ, row));
                    if (known != null) {
                        known.add(RecordedEffect.of(batch, row));
                    }
                }
            }
        }
    }

    private void call(Batch<CallColumn> batch, int row, String indent) {
        Hook hook = kernel.hooks().get(batch.getInt(CallColumn.HOOK, row));
        Site site = kernel.sites().get(batch.getInt(CallColumn.SITE, row));
        long seq = batch.get(CallColumn.SEQ, row);
        long icount = batch.get(CallColumn.ICOUNT, row);
        int mode = batch.getInt(CallColumn.MODE, row);
        String within =
                batch.isNull(CallColumn.PARENT, row) ? "" : ", within call " + batch.get(CallColumn.PARENT, row);
        line(
                "%s#%d %s  at %s%s",
                indent, seq, hook.fullName(), site.symbol().orElse(ValueText.hex(site.address())), within);
        String body = indent + " ".repeat(INDENT);
        line(
                "%sat instruction %,d, %s, privilege level %d, interrupts %s",
                body,
                icount,
                phase(batch.getInt(CallColumn.PHASE, row)),
                Mode.privilegeLevel(mode),
                Mode.interruptsEnabled(mode) ? "on" : "off");
        Prototype prototype = kernel.prototype(hook.id());
        for (int i = 0; i < CallColumn.ARGUMENTS && !batch.isNull(CallColumn.arg(i), row); i++) {
            line(
                    "%s%s = %s",
                    body, prototype.name(i), values.typed(batch.get(CallColumn.arg(i), row), prototype.type(i)));
        }
        for (RecordedEffect effect : effects.getOrDefault(seq, List.of())) {
            line("%s+%-4d %s", body, effect.icount() - icount, effectText.of(effect));
        }
        if (!batch.isNull(CallColumn.RESULT, row)) {
            line("%sresult %s", body, result(batch, row, prototype));
        }
        registers(batch, row, body);
        line("%s%s", body, end(batch, row));
    }

    private String result(Batch<CallColumn> batch, int row, Prototype prototype) {
        long result = batch.get(CallColumn.RESULT, row);
        String text = values.typed(result, prototype.returns());
        return result == batch.get(CallColumn.RFLAGS, row) && result != 0
                ? text + " (RFLAGS: " + RegisterBits.RFLAGS.names(result) + ")"
                : text;
    }

    private void registers(Batch<CallColumn> batch, int row, String body) {
        if (batch.isNull(CallColumn.RFLAGS_AFTER, row)) {
            return;
        }
        bits(batch, row, body, "RFLAGS", RegisterBits.RFLAGS, CallColumn.RFLAGS, CallColumn.RFLAGS_AFTER);
        bits(batch, row, body, "CR0", RegisterBits.CR0, CallColumn.CR0, CallColumn.CR0_AFTER);
        changed(batch, row, body, "CR2", CallColumn.CR2, CallColumn.CR2_AFTER);
        changed(batch, row, body, "CR3", CallColumn.CR3, CallColumn.CR3_AFTER);
        bits(batch, row, body, "CR4", RegisterBits.CR4, CallColumn.CR4, CallColumn.CR4_AFTER);
        if (batch.has(CallColumn.RAX)) {
            for (int i = 0; i < GPRS.length; i++) {
                changed(batch, row, body, GPRS[i], CallColumn.gpr(i), CallColumn.gprAfter(i));
            }
        }
    }

    private void bits(
            Batch<CallColumn> batch,
            int row,
            String body,
            String name,
            RegisterBits bits,
            CallColumn before,
            CallColumn after) {
        long from = batch.get(before, row);
        long to = batch.get(after, row);
        if (from != to) {
            line("%s%s %s", body, name, values.change(bits, from, to));
        }
    }

    private void changed(
            Batch<CallColumn> batch, int row, String body, String name, CallColumn before, CallColumn after) {
        if (batch.isNull(after, row) || batch.get(before, row) == batch.get(after, row)) {
            return;
        }
        line("%s%s %s -> %s", body, name, values.number(batch.get(before, row)), values.number(batch.get(after, row)));
    }

    private static String end(Batch<CallColumn> batch, int row) {
        Outcome outcome = Outcome.values()[batch.getInt(CallColumn.OUTCOME, row)];
        return String.format(
                Locale.ROOT,
                "%s after %,d instructions%s%s%s",
                switch (outcome) {
                    case RETURNED -> "returned";
                    case SWITCHED -> "left by a switch of stacks";
                    case FAULTED -> "left by an exception";
                    case IRET -> "left by a return from interrupt";
                    case ENDED -> "under way when the recording ended,";
                    case ABANDONED -> "given up by the recorder";
                },
                batch.get(CallColumn.INSTRUCTIONS, row),
                ofInterrupts(batch, row),
                count(batch.get(CallColumn.HYPERCALLS, row), "hypercalls"),
                count(batch.get(CallColumn.TRAPS, row), "traps"));
    }

    private static String ofInterrupts(Batch<CallColumn> batch, int row) {
        return batch.isNull(CallColumn.INTERRUPT_INSTRUCTIONS, row)
                ? ""
                : String.format(
                        Locale.ROOT,
                        " (%,d of them an interrupt's)",
                        batch.get(CallColumn.INTERRUPT_INSTRUCTIONS, row));
    }

    private static String count(long number, String what) {
        return number == 0 ? "" : ", " + what + ": " + number;
    }

    private static String phase(int phase) {
        return switch (Phase.values()[phase]) {
            case STARTUP -> "before the platform was set up";
            case SETUP -> "platform set up";
            case PATCHED -> "sites patched";
            case USER -> "user code has run";
        };
    }

    private void line(String format, Object... arguments) {
        out.append(String.format(Locale.ROOT, format, arguments)).append(System.lineSeparator());
    }
}
