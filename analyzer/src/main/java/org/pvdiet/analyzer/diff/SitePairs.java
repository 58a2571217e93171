package org.pvdiet.analyzer.diff;

import java.util.Collection;
import java.util.Map;
import org.pvdiet.analyzer.contract.Tally;
import org.pvdiet.analyzer.diff.DiffReport.Both;
import org.pvdiet.traces.Site;

/**
 * The calls that two runs made at one site, and which of them belong together: counted by act, since there are few acts and
 * many calls.
 *
 * @param first the first run's calls by act
 * @param second the second run's
 * @param pairs those that belong together, in the order of the first run's calls
 * @param outOfOrder how many pairs were not made in the same order
 * @param effort what the calls that have a partner took in either run
 */
record SitePairs(
        Site site,
        Map<Integer, Tally> first,
        Map<Integer, Tally> second,
        Collection<Pairs> pairs,
        long outOfOrder,
        Both<Effort> effort) {

    /** Pairs of calls, all those of the first run of one act and those of the second of one. */
    static final class Pairs {
        private final int first;
        private final int second;
        private long calls;
        /** The pair that comes first in the first run. */
        private long witness = Long.MAX_VALUE;

        private long partner;
        /** The pair that comes first in the second run. */
        private long earliestInSecond = Long.MAX_VALUE;

        private long partnerOfEarliest;

        Pairs(int first, int second) {
            this.first = first;
            this.second = second;
        }

        /** A pair, by the seqs of its calls. */
        void add(long inFirst, long inSecond) {
            calls++;
            if (inFirst < witness) {
                witness = inFirst;
                partner = inSecond;
            }
            if (inSecond < earliestInSecond) {
                earliestInSecond = inSecond;
                partnerOfEarliest = inFirst;
            }
        }

        /** The act of the first run's calls. */
        int first() {
            return first;
        }

        /** The act of the second run's calls. */
        int second() {
            return second;
        }

        /** How many pairs. */
        long calls() {
            return calls;
        }

        /** The pair that comes first in the first run. */
        Both<Long> witness() {
            return new Both<>(witness, partner);
        }

        /** The pair that comes first in the second run. */
        Both<Long> earliestInSecond() {
            return new Both<>(partnerOfEarliest, earliestInSecond);
        }
    }

    /** How many calls of the first run have a partner. */
    long paired() {
        return pairs.stream().mapToLong(Pairs::calls).sum();
    }

    /** How many calls a run made. */
    static long calls(Map<Integer, Tally> run) {
        return run.values().stream().mapToLong(Tally::calls).sum();
    }
}
