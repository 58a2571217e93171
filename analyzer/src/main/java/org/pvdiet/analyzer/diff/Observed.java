package org.pvdiet.analyzer.diff;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What each of two runs did on which input in the calls of one hook, wherever they were made. */
final class Observed {

    /** A kind of call that a run made: what it did, in which setting, and the first such call. */
    record Occurrence(int deed, Setting setting, long seq) {}

    /** One run. */
    static final class Side {
        private final Map<Integer, List<Occurrence>> byInput = new HashMap<>();

        /** What calls that were given this did. */
        List<Occurrence> on(int input) {
            return byInput.getOrDefault(input, List.of());
        }
    }

    private final Side first = new Side();
    private final Side second = new Side();

    Observed(Pairing pairing, List<SitePairs> sites) {
        Map<Integer, Long> inFirst = new TreeMap<>();
        Map<Integer, Long> inSecond = new TreeMap<>();
        for (SitePairs site : sites) {
            site.first().forEach((act, calls) -> inFirst.merge(act, calls.witness(), Math::min));
            site.second().forEach((act, calls) -> inSecond.merge(act, calls.witness(), Math::min));
        }
        fill(first, pairing.first(), inFirst);
        fill(second, pairing.second(), inSecond);
    }

    private static void fill(Side side, Pairing.Side acts, Map<Integer, Long> seqs) {
        seqs.forEach((act, seq) -> {
            side.byInput
                    .computeIfAbsent(acts.input(act), input -> new ArrayList<>())
                    .add(new Occurrence(acts.deed(act), acts.setting(act), seq));
        });
        side.byInput.values().forEach(occurrences -> occurrences.sort(Comparator.comparingLong(Occurrence::seq)));
    }

    Side first() {
        return first;
    }

    Side second() {
        return second;
    }
}
