package org.pvdiet.analyzer.contract;

import com.google.common.collect.Maps;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongPredicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What separates the calls in which something happened from those in which it did not.
 *
 * @param words {@code exactly when val is 0}
 * @param support calls on the smaller side
 */
record Condition(String words, long support) {
    private static final int MOST_LISTED = 4;
    /** A circumstance that holds in more of the calls than this says too little. */
    private static final double TELLING = 0.9;

    private static final long LEAST = 10;
    /** With fewer calls on one side, states of the machine separate them by chance. */
    private static final long LEAST_FOR_STATE = 4;

    /** Of fewer calls any argument that is not the same in all separates some. */
    private static final long LEAST_IN_ALL = 4;

    /** The simplest condition that holds without exception, if there is one. */
    static Optional<Condition> separating(Circumstances circumstances, Occurrences all, Occurrences some) {
        if (some.calls() == 0 || some.calls() >= all.calls() || all.calls() < LEAST_IN_ALL) {
            return Optional.empty();
        }
        long support = Math.min(some.calls(), all.calls() - some.calls());
        Search search = new Search(circumstances, all.counts(false), some.counts(false));
        boolean chance = support < LEAST_FOR_STATE;
        return search.single(true)
                .or(() -> selector(circumstances, all, some))
                .or(() -> chance ? Optional.empty() : search.single(false))
                .or(() -> chance ? Optional.empty() : search.pair())
                .map(words -> "exactly " + words)
                .or(() -> chance ? Optional.empty() : search.byTarget())
                .map(words -> new Condition(words, support))
                .or(() -> chance ? Optional.empty() : search.necessary(all.calls(), some.calls()));
    }

    private static Optional<String> selector(Circumstances circumstances, Occurrences all, Occurrences some) {
        if (!circumstances.hasSelector() || !all.tellsSelectors() || !some.tellsSelectors()) {
            return Optional.empty();
        }
        Map<Long, Long> allBy = bySelector(all);
        Map<Long, Long> someBy = bySelector(some);
        TreeSet<Long> with = new TreeSet<>(someBy.keySet());
        TreeSet<Long> without = new TreeSet<>();
        for (Map.Entry<Long, Long> entry : allBy.entrySet()) {
            long count = someBy.getOrDefault(entry.getKey(), 0L);
            if (count > 0 && count < entry.getValue()) {
                return Optional.empty();
            }
            if (count == 0) {
                without.add(entry.getKey());
            }
        }
        if (with.size() <= without.size() || with.size() <= MOST_LISTED) {
            return Optional.of("when " + circumstances.selectorName() + " is " + list(circumstances, with));
        }
        return Optional.of("when " + circumstances.selectorName() + " is not " + list(circumstances, without));
    }

    private static Map<Long, Long> bySelector(Occurrences occurrences) {
        Map<Long, Long> result = new TreeMap<>();
        occurrences.counts(true).forEach((key, count) -> result.merge(Circumstances.selector(key), count, Long::sum));
        return result;
    }

    private static String list(Circumstances circumstances, TreeSet<Long> values) {
        String first = values.stream()
                .limit(MOST_LISTED)
                .map(circumstances::selectorWords)
                .collect(Collectors.joining(", "));
        int more = values.size() - MOST_LISTED;
        if (more > 0) {
            return first + " or one of " + more + " more";
        }
        int comma = first.lastIndexOf(", ");
        return comma < 0 ? first : first.substring(0, comma) + " or " + first.substring(comma + 2);
    }

    /** Looks for formulas over predicates. A literal is predicate times 2, plus 1 for its opposite. */
    private record Search(Circumstances circumstances, Map<Long, Long> all, Map<Long, Long> some) {

        private interface Formula {
            boolean holds(long key);
        }

        private static boolean literal(int literal, long key) {
            return (key >>> (literal / 2) & 1) == (literal % 2 == 0 ? 1 : 0);
        }

        private int literals() {
            return 2 * circumstances.size();
        }

        private String clause(int literal) {
            return circumstances.clause(literal / 2, literal % 2 == 0);
        }

        private boolean separates(Formula formula) {
            for (Map.Entry<Long, Long> entry : all.entrySet()) {
                long with = some.getOrDefault(entry.getKey(), 0L);
                if (with != (formula.holds(entry.getKey()) ? entry.getValue() : 0)) {
                    return false;
                }
            }
            return true;
        }

        Optional<String> single(boolean arguments) {
            for (int i = 0; i < literals(); i++) {
                int literal = i;
                if (circumstances.isArgument(i / 2) == arguments && separates(key -> literal(literal, key))) {
                    return Optional.of(clause(i));
                }
            }
            return Optional.empty();
        }

        Optional<String> pair() {
            for (int i = 0; i < literals(); i++) {
                for (int j = i + 1; j < literals(); j++) {
                    int a = i;
                    int b = j;
                    if (separates(key -> literal(a, key) && literal(b, key))) {
                        return Optional.of(clause(a) + " and " + clause(b));
                    }
                    if (separates(key -> literal(a, key) || literal(b, key))) {
                        return Optional.of(clause(a) + " or " + clause(b));
                    }
                }
            }
            return Optional.empty();
        }

        /** A condition for the calls of each of two functions that the hook led to, one after the other. */
        Optional<String> byTarget() {
            if (circumstances.target().isEmpty()) {
                return Optional.empty();
            }
            int target = circumstances.target().getAsInt();
            Search before = among(target, false);
            Search after = among(target, true);
            Optional<String> first = before.described();
            Optional<String> then = after.described();
            return first.isEmpty() && then.isEmpty()
                    ? Optional.empty()
                    : first.or(before::mostly)
                            .flatMap(early -> then.or(after::mostly)
                                    .map(late -> circumstances.clause(target, false) + " " + early + ", "
                                            + circumstances.clause(target, true) + " " + late));
        }

        private Search among(int predicate, boolean holds) {
            LongPredicate in = key -> (key >>> predicate & 1) == (holds ? 1 : 0);
            return new Search(circumstances, Maps.filterKeys(all, in::test), Maps.filterKeys(some, in::test));
        }

        /** {@code in all but 13 of 51,155 calls}, which nothing that is known separates. */
        private Optional<String> mostly() {
            long calls = total(all);
            long with = total(some);
            return with >= calls * TELLING
                    ? Optional.of(String.format(Locale.ROOT, "in all but %,d of %,d calls", calls - with, calls))
                    : Optional.empty();
        }

        private Optional<String> described() {
            if (some.isEmpty()) {
                return Optional.of("never");
            }
            return some.equals(all)
                    ? Optional.of("always")
                    : single(true)
                            .or(() -> single(false))
                            .or(this::pair)
                            .map(when -> "exactly " + when)
                            .or(this::sufficient);
        }

        /** It happened wherever this holds, and now and then elsewhere: {@code always in lazy MMU mode and in 2 of 80 calls outside of it}. */
        Optional<String> sufficient() {
            long with = total(some);
            for (int i = 0; i < literals(); i++) {
                long held = count(all, i);
                long others = total(all) - held;
                if (circumstances.separatesByItself(i / 2)
                        && count(some, i) == held
                        && held >= with * TELLING
                        && with - held <= others * (1 - TELLING)) {
                    return Optional.of(String.format(
                            Locale.ROOT,
                            "always %s and in %,d of %,d calls %s",
                            clause(i),
                            with - held,
                            others,
                            clause(i ^ 1)));
                }
            }
            return Optional.empty();
        }

        private static long total(Map<Long, Long> counts) {
            return counts.values().stream().mapToLong(Long::longValue).sum();
        }

        private static long count(Map<Long, Long> counts, int literal) {
            return counts.entrySet().stream()
                    .filter(entry -> literal(literal, entry.getKey()))
                    .mapToLong(Map.Entry::getValue)
                    .sum();
        }

        /** It happened only where this holds, and not always. */
        Optional<Condition> necessary(long calls, long with) {
            int best = -1;
            long least = (long) (calls * TELLING);
            for (int i = 0; i < literals(); i++) {
                long held = count(all, i);
                if (circumstances.separatesByItself(i / 2) && count(some, i) == with && held < least) {
                    best = i;
                    least = held;
                }
            }
            return best < 0 || calls - least < LEAST
                    ? underOneTarget(calls, with)
                    : Optional.of(new Condition("only " + clause(best), calls - least));
        }

        /** It happened only in calls of one of the two functions that the hook led to. */
        private Optional<Condition> underOneTarget(long calls, long with) {
            if (circumstances.target().isEmpty()) {
                return Optional.empty();
            }
            int target = circumstances.target().getAsInt();
            return IntStream.of(2 * target, 2 * target + 1)
                    .filter(literal -> count(some, literal) == with && calls - count(all, literal) >= LEAST)
                    .mapToObj(literal -> new Condition("only " + clause(literal), calls - count(all, literal)))
                    .findFirst();
        }
    }
}
