package org.pvdiet.analyzer.diff;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.pvdiet.analyzer.calls.RecordedCall;
import org.pvdiet.analyzer.calls.RecordedEffect;
import org.pvdiet.analyzer.contract.Tally;
import org.pvdiet.analyzer.words.PageTableEntry;
import org.pvdiet.traces.EffectKind;

/** The entries above level 1 that calls made to map pages of 2 MiB or 1 GiB. */
final class LargePages {
    private final Map<Integer, Tally> byLevel = new TreeMap<>();

    void add(RecordedCall call) {
        for (RecordedEffect effect : call.effects()) {
            if (effect.kind() == EffectKind.PAGE_TABLE_ENTRY && effect.level() > 1 && effect.seq() == call.seq()) {
                long entry = effect.value().orElse(0);
                if (PageTableEntry.isPresent(entry) && PageTableEntry.isLeaf(entry, effect.level())) {
                    byLevel.merge(effect.level(), new Tally(call.times(), call.seq()), Tally::plus);
                }
            }
        }
    }

    void merge(LargePages later) {
        later.byLevel.forEach((level, entries) -> byLevel.merge(level, entries, Tally::plus));
    }

    /** Entries of a level, and the first call that made one. */
    Optional<Tally> level(int level) {
        return Optional.ofNullable(byLevel.get(level));
    }
}
