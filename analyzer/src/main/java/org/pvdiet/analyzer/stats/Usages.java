package org.pvdiet.analyzer.stats;

import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.ToIntBiFunction;
import org.pvdiet.traces.Batch;
import org.pvdiet.traces.CallColumn;
import org.pvdiet.traces.RowGroup;
import org.pvdiet.traces.TraceReader;

/** The usage of each hook, site or phase in a trace, counted row group by row group in parallel. */
public final class Usages {
    private static final Set<CallColumn> COLUMNS = EnumSet.of(
            CallColumn.SEQ,
            CallColumn.PARENT,
            CallColumn.HOOK,
            CallColumn.SITE,
            CallColumn.PHASE,
            CallColumn.INSTRUCTIONS,
            CallColumn.HYPERCALLS,
            CallColumn.TRAPS,
            CallColumn.OUTCOME);

    private final NavigableMap<Integer, Usage> byKey = new TreeMap<>();
    /** Instructions of calls whose parents are in other row groups, by the parents' seq. */
    private final Map<Long, Long> nestedElsewhere = new HashMap<>();

    private Usages() {}

    /** The usage by hook id, site id or phase number; of those that were called. */
    public static NavigableMap<Integer, Usage> of(TraceReader reader, Grouping grouping) {
        Usages all = reader.callGroups().parallelStream()
                .map(group -> of(reader, group, grouping))
                .reduce(Usages::merge)
                .orElseGet(Usages::new);
        all.attributeNested(reader, grouping);
        return all.byKey;
    }

    private static ToIntBiFunction<Batch<CallColumn>, Integer> key(Grouping grouping) {
        CallColumn column = switch (grouping) {
            case HOOK -> CallColumn.HOOK;
            case SITE -> CallColumn.SITE;
            case PHASE -> CallColumn.PHASE;
        };
        return (batch, row) -> batch.getInt(column, row);
    }

    private static Usages of(TraceReader reader, RowGroup group, Grouping grouping) {
        Usages usages = new Usages();
        ToIntBiFunction<Batch<CallColumn>, Integer> key = key(grouping);
        try (Batch<CallColumn> batch = reader.readCalls(group, COLUMNS)) {
            for (int row = 0; row < batch.rows(); row++) {
                long instructions = batch.get(CallColumn.INSTRUCTIONS, row);
                usages.usage(key.applyAsInt(batch, row))
                        .add(
                                batch.getInt(CallColumn.SITE, row),
                                instructions,
                                batch.get(CallColumn.HYPERCALLS, row),
                                batch.get(CallColumn.TRAPS, row),
                                batch.getInt(CallColumn.OUTCOME, row));
                if (!batch.isNull(CallColumn.PARENT, row)) {
                    long parent = batch.get(CallColumn.PARENT, row);
                    if (parent >= group.firstSeq()) {
                        usages.usage(key.applyAsInt(batch, (int) (parent - group.firstSeq())))
                                .addNested(instructions);
                    } else {
                        usages.nestedElsewhere.merge(parent, instructions, Long::sum);
                    }
                }
            }
        }
        return usages;
    }

    private Usage usage(int key) {
        return byKey.computeIfAbsent(key, k -> new Usage());
    }

    private Usages merge(Usages other) {
        other.byKey.forEach((key, usage) -> byKey.merge(key, usage, Usage::merge));
        other.nestedElsewhere.forEach((parent, nested) -> nestedElsewhere.merge(parent, nested, Long::sum));
        return this;
    }

    private void attributeNested(TraceReader reader, Grouping grouping) {
        for (RowGroup group : reader.callGroups()) {
            if (nestedElsewhere.keySet().stream()
                    .noneMatch(parent -> parent >= group.firstSeq() && parent <= group.lastSeq())) {
                continue;
            }
            try (Batch<CallColumn> batch = reader.readCalls(group, COLUMNS)) {
                nestedElsewhere.forEach((parent, nested) -> {
                    if (parent >= group.firstSeq() && parent <= group.lastSeq()) {
                        usage(key(grouping).applyAsInt(batch, (int) (parent - group.firstSeq())))
                                .addNested(nested);
                    }
                });
            }
        }
    }
}
