package org.pvdiet.analyzer.stats;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.pvdiet.analyzer.calls.CallStream;
import org.pvdiet.analyzer.calls.RecordedCall;
import org.pvdiet.analyzer.calls.Summary;
import org.pvdiet.analyzer.calls.Wanted;
import org.pvdiet.traces.CallColumn;
import org.pvdiet.traces.Phase;
import org.pvdiet.traces.TraceReader;

/** The usage of each hook, site or phase. */
final class Usages implements Summary<Usages> {
    private static final Wanted WANTED =
            Wanted.of(CallColumn.SITE, CallColumn.PHASE, CallColumn.HYPERCALLS, CallColumn.TRAPS, CallColumn.OUTCOME);

    private final Grouping grouping;
    /** By id or number; null where there was no call. */
    private final @Nullable Usage[] byKey;

    private Usages(Grouping grouping, int keys) {
        this.grouping = grouping;
        this.byKey = new Usage[keys];
    }

    /** The usage by hook id, site id or phase number; of those that were called. */
    static Map<Integer, Usage> of(TraceReader reader, Grouping grouping) {
        int keys = switch (grouping) {
            case HOOK -> reader.hooks().size();
            case SITE -> reader.sites().size();
            case PHASE -> Phase.values().length;
        };
        Usages all = CallStream.fold(reader, () -> new Usages(grouping, keys));
        Map<Integer, Usage> usages = new TreeMap<>();
        for (int key = 0; key < keys; key++) {
            if (all.byKey[key] != null) {
                usages.put(key, all.byKey[key]);
            }
        }
        return usages;
    }

    @Override
    public Wanted wanted() {
        return WANTED;
    }

    @Override
    public void add(RecordedCall call) {
        usage(
                        switch (grouping) {
                            case HOOK -> call.hook();
                            case SITE -> call.site();
                            case PHASE -> call.phase();
                        })
                .add(call);
    }

    @Override
    public void merge(Usages later) {
        for (int key = 0; key < byKey.length; key++) {
            if (later.byKey[key] != null) {
                usage(key).merge(later.byKey[key]);
            }
        }
    }

    private Usage usage(int key) {
        if (byKey[key] == null) {
            byKey[key] = new Usage();
        }
        return byKey[key];
    }
}
