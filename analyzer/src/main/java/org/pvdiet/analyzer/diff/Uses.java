package org.pvdiet.analyzer.diff;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.pvdiet.analyzer.contract.Tally;
import org.pvdiet.analyzer.diff.DiffReport.Both;

/** How often two runs made which calls of one hook, and which of these have a partner in the other run. */
final class Uses {
    private static final long NONE = -1;

    /** The calls of one act. */
    static final class Use {
        private final BitSet sites = new BitSet();
        private @Nullable Tally all;
        private long paired;
        private long witness;
        private long partner;

        private void add(int site, long seq, long partnerSeq) {
            Tally one = new Tally(1, seq);
            all = all == null ? one : all.plus(one);
            sites.set(site);
            if (partnerSeq != NONE && paired++ == 0) {
                witness = seq;
                partner = partnerSeq;
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

        /** One that has, and that partner. */
        Both<Long> witness() {
            return new Both<>(witness, partner);
        }
    }

    private final Map<Integer, Use> first = new TreeMap<>();
    private final Map<Integer, Use> second = new TreeMap<>();

    Uses(List<SitePairs> sites) {
        for (SitePairs pairs : sites) {
            long[] partners = new long[pairs.second().count()];
            Arrays.fill(partners, NONE);
            for (int i = 0; i < pairs.first().count(); i++) {
                int j = pairs.partner(i);
                long seq = pairs.first().seqs()[i];
                if (j != Alignment.NONE) {
                    partners[j] = seq;
                }
                add(
                        first,
                        pairs,
                        pairs.first().acts()[i],
                        seq,
                        j == Alignment.NONE ? NONE : pairs.second().seqs()[j]);
            }
            for (int j = 0; j < partners.length; j++) {
                add(second, pairs, pairs.second().acts()[j], pairs.second().seqs()[j], partners[j]);
            }
        }
    }

    private static void add(Map<Integer, Use> uses, SitePairs pairs, int act, long seq, long partner) {
        uses.computeIfAbsent(act, key -> new Use()).add(pairs.site().id(), seq, partner);
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
