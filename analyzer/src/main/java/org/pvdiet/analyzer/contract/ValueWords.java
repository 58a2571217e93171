package org.pvdiet.analyzer.contract;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Says what values follow: finds the simplest relation to what was known before that held without exception. */
final class ValueWords {
    private static final int SMALL = 4096;
    /** More changed bits than this are no pattern. */
    private static final int MOST_CHANGED = 12;
    /** A bit is taken to follow another only after so many calls: by chance, each halves the odds. */
    private static final int ENOUGH = 30;
    /** A relation that holds less often is not worth a sentence of its own. */
    private static final double OFTEN = 0.02;

    private static final int MOST_VALUES = 4;

    /**
     * One way in which values came about.
     *
     * @param words {@code val without PGE}
     * @param calls with such values
     */
    record Phrase(String words, Occurrences calls) {}

    private final Signature signature;
    private final Bits bits;
    private final Occurrences all;

    /** Words for values of {@code all} calls, whose bits have names. */
    ValueWords(Signature signature, Bits bits, Occurrences all) {
        this.signature = signature;
        this.bits = bits;
        this.all = all;
    }

    /** What is known of the values, the most calls first; empty if nothing is. */
    List<Phrase> phrases(ValueSummary values) {
        if (values.seen() == 0) {
            return List.of();
        }
        return constant(values)
                .or(() -> equal(values))
                .or(() -> constantOfAnySize(values))
                .or(() -> changed(values))
                .map(List::of)
                .or(() -> mixture(values))
                .or(() -> few(values))
                .or(() -> following(values).map(List::of))
                .orElse(List.of());
    }

    /** A small number that no source with other values explains better. */
    private Optional<Phrase> constant(ValueSummary values) {
        if (values.varied() != 0 || !isSmall(values.constantOnes())) {
            return Optional.empty();
        }
        for (int i = 0; i < signature.sources().size(); i++) {
            BitRelation relation = values.relation(i);
            if (relation.equal().calls() == values.seen() && relation.sourceVaried() != 0) {
                return Optional.empty();
            }
        }
        return constantOfAnySize(values);
    }

    private Optional<Phrase> constantOfAnySize(ValueSummary values) {
        return values.varied() != 0
                ? Optional.empty()
                : Optional.of(new Phrase(number(values.constantOnes()), only(values)));
    }

    private static Occurrences only(ValueSummary values) {
        return values.values().values().iterator().next();
    }

    private Optional<Phrase> equal(ValueSummary values) {
        for (int i = 0; i < signature.sources().size(); i++) {
            BitRelation relation = values.relation(i);
            if (relation.equal().calls() == values.seen()) {
                return Optional.of(new Phrase(source(i), relation.equal()));
            }
        }
        return Optional.empty();
    }

    private String source(int i) {
        return signature.sources().get(i).words(signature.arguments());
    }

    /** A source but for a few bits. */
    private Optional<Phrase> changed(ValueSummary values) {
        int best = -1;
        int fewest = MOST_CHANGED + 1;
        for (int i = 0; i < signature.sources().size(); i++) {
            BitRelation relation = values.relation(i);
            long changed = ~relation.agreeing();
            boolean follows = (relation.following() & ~bits.field()) != 0 || (relation.following() & bits.field()) != 0;
            if (relation.compared() == values.seen()
                    && follows
                    && (changed & bits.field()) == 0
                    && Long.bitCount(changed) < fewest
                    && (values.varied() & ~relation.following() & ~changed) == 0) {
                best = i;
                fewest = Long.bitCount(changed);
            }
        }
        return best < 0 ? Optional.empty() : Optional.of(changed(best, values.relation(best)));
    }

    private Phrase changed(int source, BitRelation relation) {
        StringBuilder words = new StringBuilder(source(source));
        if (relation.alwaysCleared() != 0) {
            words.append(" without ").append(bits.names(relation.alwaysCleared()));
        }
        if (relation.alwaysSet() != 0) {
            words.append(" with ").append(bits.names(relation.alwaysSet())).append(" set");
        }
        if (relation.sometimesChanged() == 0) {
            return new Phrase(words.toString(), relation.equal().calls() > 0 ? joined(relation) : relation.different());
        }
        List<String> changes = new ArrayList<>();
        add(changes, relation.sometimesSet(), "set");
        add(changes, relation.sometimesCleared(), "cleared");
        add(
                changes,
                relation.sometimesChanged() & ~relation.sometimesSet() & ~relation.sometimesCleared(),
                "changed");
        words.append(words.length() > source(source).length() ? ", and with " : " with ")
                .append(String.join(" and ", changes))
                .append(" in ")
                .append(Amount.of(relation.different().calls(), relation.compared()));
        Condition.separating(signature.circumstances(), all, relation.different())
                .ifPresent(condition -> words.append(", ").append(condition.words()));
        return new Phrase(words.toString(), joined(relation));
    }

    private void add(List<String> changes, long mask, String what) {
        if (mask != 0) {
            changes.add(bits.names(mask) + " " + what);
        }
    }

    /** All calls, with one that shows the change as witness. */
    private static Occurrences joined(BitRelation relation) {
        Occurrences both = new Occurrences();
        both.merge(relation.equal());
        both.merge(relation.different());
        both.witnessedBy(relation.different());
        return both;
    }

    /** A source in some calls, and another or a constant in the rest. */
    private Optional<List<Phrase>> mixture(ValueSummary values) {
        int first = mostEqual(values, -1);
        if (first < 0) {
            return Optional.empty();
        }
        BitRelation main = values.relation(first);
        long left = values.seen() - main.equal().calls();
        List<Phrase> phrases = new ArrayList<>();
        phrases.add(new Phrase(source(first), main.equal()));
        for (Map.Entry<Long, Occurrences> value : values.values().entrySet()) {
            if (value.getValue().calls() == left) {
                phrases.add(new Phrase(number(value.getKey()), value.getValue()));
                return Optional.of(phrases);
            }
        }
        phrases.add(new Phrase("something else", main.different()));
        return main.equal().calls() >= values.seen() * OFTEN ? Optional.of(phrases) : Optional.empty();
    }

    private int mostEqual(ValueSummary values, int not) {
        int best = -1;
        long most = (long) (values.seen() * OFTEN);
        for (int i = 0; i < signature.sources().size(); i++) {
            BitRelation relation = values.relation(i);
            // That two are sometimes both 0 says nothing.
            if (i != not && relation.equal().calls() > most && relation.following() != 0) {
                best = i;
                most = relation.equal().calls();
            }
        }
        return best;
    }

    private Optional<List<Phrase>> few(ValueSummary values) {
        if (values.values().isEmpty() || values.values().size() > MOST_VALUES) {
            return Optional.empty();
        }
        return Optional.of(values.values().entrySet().stream()
                .sorted(Comparator.comparingLong((Map.Entry<Long, Occurrences> value) ->
                                -value.getValue().calls())
                        .thenComparing(Map.Entry::getKey))
                .map(value -> new Phrase(number(value.getKey()), value.getValue()))
                .toList());
    }

    /** Some bits of sources; the other bits mean nothing that was recorded. */
    private Optional<Phrase> following(ValueSummary values) {
        if (values.seen() < ENOUGH) {
            return Optional.empty();
        }
        long open = values.varied();
        List<String> parts = new ArrayList<>();
        Occurrences calls = null;
        for (int i = 0; i < signature.sources().size() && open != 0; i++) {
            BitRelation relation = values.relation(i);
            long follows = relation.following() & open;
            if (relation.compared() == values.seen() && follows != 0) {
                open &= ~follows;
                parts.add(part(i, follows));
                calls = joined(relation);
            }
        }
        if (calls == null) {
            return Optional.empty();
        }
        String words = String.join(", ", parts);
        String rest = open == 0 ? "" : "; " + bits.names(open) + (Long.bitCount(open) == 1 ? " follows" : " follow") + " nothing recorded";
        return Optional.of(new Phrase(words + rest, calls));
    }

    private String part(int source, long mask) {
        return signature.sources().get(source).kind() == Source.Kind.INTERRUPT_FLAG
                ? "the interrupt flag in bit 9"
                : bits.names(mask) + " of " + source(source);
    }

    static boolean isSmall(long value) {
        return value > -SMALL && value < SMALL;
    }

    /** A number as people write it. */
    static String number(long value) {
        return value < 10 && value > -SMALL ? Long.toString(value) : "0x" + Long.toHexString(value);
    }
}
