package org.pvdiet.analyzer.diff;

import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.pvdiet.analyzer.contract.Tally;
import org.pvdiet.analyzer.diff.DiffReport.Both;

/** How often two runs made which calls of one hook, and which of these have a partner in the other run. */
final class Uses {
    /** The calls of one act. */
    static final class Use {
        private final BitSet sites = new BitSet();
        private @Nullable Tally all;
        private long paired;
        private long witness = Long.MAX_VALUE;
        private long partner;

        private void add(int site, Tally calls) {
            all = all == null ? calls : all.plus(calls);
            sites.set(site);
        }

        private void pair(long calls, long own, long other) {
            paired += calls;
            if (own < witness) {
                witness = own;
                partner = other;
            }
        }

        Tally all() {
            return all;
        }

        BitSet sites() {
            return sites;
        }

        /** How many have a partner. */
        long paired() {
            return paired;
        }

        /** The first that has, and that partner. */
        Both<Long> witness() {
            return new Both<>(witness, partner);
        }
    }

    private final Map<Integer, Use> first = new TreeMap<>();
    private final Map<Integer, Use> second = new TreeMap<>();

    Uses(List<SitePairs> sites) {
        for (SitePairs pairs : sites) {
            pairs.first()
                    .forEach((act, calls) -> use(first, act).add(pairs.site().id(), calls));
            pairs.second()
                    .forEach((act, calls) -> use(second, act).add(pairs.site().id(), calls));
            for (SitePairs.Pairs pair : pairs.pairs()) {
                use(first, pair.first())
                        .pair(
                                pair.calls(),
                                pair.witness().first(),
                                pair.witness().second());
                use(second, pair.second())
                        .pair(
                                pair.calls(),
                                pair.earliestInSecond().second(),
                                pair.earliestInSecond().first());
            }
        }
    }

    private static Use use(Map<Integer, Use> uses, int act) {
        return uses.computeIfAbsent(act, key -> new Use());
    }

    /** By the first run's numbers of acts. */
    Map<Integer, Use> first() {
        return first;
    }

    /** By the second run's. */
    Map<Integer, Use> second() {
        return second;
    }
}
