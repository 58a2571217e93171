package org.pvdiet.analyzer.contract;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.pvdiet.analyzer.calls.Prototype;
import org.pvdiet.analyzer.calls.Symbols;
import org.pvdiet.analyzer.words.PageTableEntry;

/** Says what values follow: finds the simplest relation to what was known before that held without exception. */
final class ValueWords {
    private static final int SMALL = 4096;
    /** More changed bits than this are no pattern. */
    private static final int MOST_CHANGED = 12;
    /** The same where all change the same way, as a register's reserved bits do. */
    private static final int MOST_CHANGED_ALIKE = 26;
    /** A bit is taken to follow another only after so many calls: by chance, each halves the odds. */
    private static final int ENOUGH = 30;
    /** Numbered bits that change in fewer calls may be that call's. */
    private static final int FEW = 3;
    /** A source that values equal less often than this says nothing of them. */
    private static final double OFTEN = 0.5;

    private static final int MOST_VALUES = 4;

    /**
     * One way in which values came about.
     *
     * @param words {@code val without PGE}; of what was there before, only how it changes: {@code loses RW}
     * @param claim the same without numbers that are this run's, and with what else holds of the values, but not how often
     * @param synonyms other words for the same values, where several sources were equal to all of them
     * @param changesOld whether it is what was there before but for these bits
     * @param rider what else holds of them, as a clause of its own; or empty
     * @param calls with such values
     */
    record Phrase(
            String words, String claim, List<String> synonyms, boolean changesOld, String rider, Occurrences calls) {
        Phrase(String words, Occurrences calls) {
            this(words, words, List.of(), false, "", calls);
        }
    }

    private final Signature signature;
    private final Bits bits;
    private final boolean results;
    private final Occurrences all;
    /** Indices of the sources that may explain. */
    private final List<Integer> sources = new ArrayList<>();

    private ValueWords(Signature signature, Bits bits, Occurrences all, boolean results) {
        this.results = results;
        this.signature = signature;
        this.bits = bits;
        this.all = all;
    }

    /** Words for results of {@code all} calls, whose bits have names. */
    static ValueWords ofResult(Signature signature, Bits bits, Occurrences all) {
        ValueWords words = new ValueWords(signature, bits, all, true);
        for (int i = 0; i < signature.sources().size(); i++) {
            if (signature.sources().get(i).forResults()) {
                words.sources.add(i);
            }
        }
        return words;
    }

    /** Words for what {@code all} calls wrote to one place. */
    static ValueWords ofEffect(Signature signature, Bits bits, Occurrences all) {
        ValueWords words = new ValueWords(signature, bits, all, false);
        for (int i = 0; i < signature.sources().size(); i++) {
            if (signature.sources().get(i).forEffects()) {
                words.sources.add(i);
            }
        }
        return words;
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
                .map(phrase -> List.of(new Phrase(
                        phrase.words(),
                        phrase.claim(),
                        equals(values),
                        phrase.changesOld(),
                        phrase.rider(),
                        phrase.calls())))
                .or(() -> mixture(values))
                .or(() -> few(values))
                .or(() -> results ? following(values).map(List::of) : Optional.empty())
                .orElse(List.of());
    }

    /** Whether all that is known of the values is that they were one number. */
    static boolean isNumber(List<Phrase> phrases, ValueSummary values) {
        return values.varied() == 0
                && phrases.size() == 1
                && phrases.get(0).words().equals(plain(values.constantOnes()));
    }

    /** What all values are, in a word; empty if there is none. */
    Optional<String> term(ValueSummary values) {
        if (values.varied() == 0 && isSmall(values.constantOnes())) {
            return constant(values).or(() -> equal(values)).map(Phrase::words);
        }
        return equal(values).map(Phrase::words).filter(words -> !words.contains(" "));
    }

    /** A small number that no source with other values explains better. */
    private Optional<Phrase> constant(ValueSummary values) {
        if (values.varied() != 0 || !isSmall(values.constantOnes())) {
            return Optional.empty();
        }
        for (int i : sources) {
            BitRelation relation = values.relation(i);
            if (relation.equal().calls() == values.seen() && relation.sourceVaried() != 0) {
                return Optional.empty();
            }
        }
        return constantOfAnySize(values);
    }

    private Optional<Phrase> constantOfAnySize(ValueSummary values) {
        return values.varied() != 0 ? Optional.empty() : Optional.of(numbered(values.constantOnes(), values.calls()));
    }

    /** All sources that explain all values. */
    private List<String> equals(ValueSummary values) {
        return sources.stream()
                .filter(i -> values.relation(i).equal().calls() == values.seen())
                .map(this::source)
                .toList();
    }

    private Optional<Phrase> equal(ValueSummary values) {
        for (int i : sources) {
            BitRelation relation = values.relation(i);
            if (relation.equal().calls() == values.seen()
                    && (isOld(i) || relation.sourceVaried() != 0 || !isKept(values))) {
                return Optional.of(new Phrase(source(i), relation.equal()));
            }
        }
        return Optional.empty();
    }

    /** Whether the old value was written each time: then a source that never varied explains nothing. */
    private boolean isKept(ValueSummary values) {
        return sources.stream()
                .filter(this::isOld)
                .anyMatch(i -> values.relation(i).equal().calls() == values.seen());
    }

    private String source(int i) {
        return signature.sources().get(i).words(signature.arguments());
    }

    private boolean isOld(int source) {
        return signature.sources().get(source).kind() == Source.Kind.OLD_VALUE;
    }

    /** A source but for a few bits. */
    private Optional<Phrase> changed(ValueSummary values) {
        int best = -1;
        int fewest = Long.SIZE;
        for (int i : sources) {
            BitRelation relation = values.relation(i);
            long changed = ~relation.agreeing();
            int count = Long.bitCount(changed);
            boolean alike = relation.oneWay() && !isOld(i);
            if (relation.compared() == values.seen()
                    && count < fewest
                    && count <= (alike ? MOST_CHANGED_ALIKE : MOST_CHANGED)
                    && (changed & bits.field()) == 0
                    && relation.following() != 0
                    && (bits.named() || relation.different().calls() >= FEW)
                    && (values.varied() & ~relation.following() & ~changed) == 0
                    && (isOld(i) || isPattern(relation, values.seen()))) {
                best = i;
                fewest = count;
            }
        }
        return best < 0 ? Optional.empty() : Optional.of(changed(best, values.relation(best)));
    }

    /** Whether that the value is the source but for some bits is more than chance. */
    private boolean isPattern(BitRelation relation, long seen) {
        return relation.equal().calls() >= OFTEN * seen
                || seen >= ENOUGH
                || (bits.named() && relation.sometimesChanged() == 0);
    }

    private Phrase changed(int source, BitRelation relation) {
        return isOld(source) ? changedOld(relation) : changedSource(source, relation);
    }

    /** {@code loses RW}, or how often which bits change. */
    private Phrase changedOld(BitRelation relation) {
        Map<Long, Long> set = groups(relation, ~0L, true);
        Map<Long, Long> cleared = groups(relation, ~0L, false);
        if (set.size() + cleared.size() == 1) {
            boolean gains = cleared.isEmpty();
            Map.Entry<Long, Long> only =
                    (gains ? set : cleared).entrySet().iterator().next();
            if (only.getKey() == relation.compared()) {
                String words = (gains ? "gains " : "loses ") + bits.list(only.getValue());
                return new Phrase(words, words, List.of(), true, "", relation.different());
            }
        }
        return new Phrase(
                "changes",
                "changes" + altered(relation, ~0L),
                List.of(),
                true,
                String.join(", ", riders(relation, ~0L)),
                relation.different());
    }

    /** Which bits are altered at times, as the end of a claim. */
    private String altered(BitRelation relation, long mask) {
        List<String> parts = new ArrayList<>();
        long set = bits(relation, mask, true);
        long cleared = bits(relation, mask, false);
        if (set != 0) {
            parts.add(bits.list(set) + " set");
        }
        if (cleared != 0) {
            parts.add(bits.list(cleared) + " cleared");
        }
        return parts.isEmpty() ? "" : "; at times " + String.join(", ", parts);
    }

    private static long bits(BitRelation relation, long mask, boolean set) {
        return groups(relation, mask, set).values().stream().reduce(0L, (a, b) -> a | b);
    }

    private List<String> riders(BitRelation relation, long mask) {
        List<String> riders = new ArrayList<>();
        groups(relation, mask, true).forEach((count, some) -> riders.add(rider(some, " set", count, relation)));
        groups(relation, mask, false).forEach((count, some) -> riders.add(rider(some, " cleared", count, relation)));
        return riders;
    }

    /** {@code val without PGE}, and what happened to other bits in some calls. */
    private Phrase changedSource(int source, BitRelation relation) {
        StringBuilder words = new StringBuilder(source(source));
        if (relation.alwaysCleared() != 0) {
            words.append(" without ").append(bits.list(relation.alwaysCleared()));
        }
        if (relation.alwaysSet() != 0) {
            words.append(" with ").append(bits.list(relation.alwaysSet())).append(" set");
        }
        List<String> riders = riders(relation, relation.sometimesChanged());
        String condition = riders.isEmpty()
                ? ""
                : Condition.separating(signature.circumstances(), all, relation.different())
                        .map(c -> ", " + c.words())
                        .orElse("");
        return new Phrase(
                words.toString(),
                words + altered(relation, relation.sometimesChanged()),
                List.of(),
                false,
                String.join(", ", riders) + condition,
                joined(relation));
    }

    private String rider(long mask, String what, long count, BitRelation relation) {
        return bits.list(mask) + what + " in " + Amount.percent(count, relation.compared()) + " of them";
    }

    /** Bits by how often they were changed, the most often first. */
    private static Map<Long, Long> groups(BitRelation relation, long mask, boolean set) {
        Map<Long, Long> groups = new TreeMap<>(Comparator.reverseOrder());
        for (int bit = 0; bit < Long.SIZE; bit++) {
            long count = relation.changes(bit, set);
            if (count > 0 && (mask >>> bit & 1) != 0) {
                groups.merge(count, 1L << bit, (a, b) -> a | b);
            }
        }
        return groups;
    }

    /** All calls, with one that shows the change as witness. */
    private static Occurrences joined(BitRelation relation) {
        Occurrences both = new Occurrences();
        both.merge(relation.equal());
        both.merge(relation.different());
        both.witnessedBy(relation.different());
        return both;
    }

    /** A source in most calls, and perhaps a constant in the rest. */
    private Optional<List<Phrase>> mixture(ValueSummary values) {
        int best = -1;
        long most = (long) (values.seen() * OFTEN);
        for (int i : sources) {
            BitRelation relation = values.relation(i);
            // That two are sometimes both 0 says nothing.
            if (relation.equal().calls() > most && relation.following() != 0) {
                best = i;
                most = relation.equal().calls();
            }
        }
        if (best < 0 || signature.sources().get(best).kind() == Source.Kind.INTERRUPT_FLAG) {
            return Optional.empty();
        }
        BitRelation main = values.relation(best);
        List<Phrase> phrases = new ArrayList<>();
        phrases.add(new Phrase(source(best), main.equal()));
        for (Map.Entry<Long, Occurrences> value : values.values().entrySet()) {
            if (value.getValue().equals(main.different()) && main.compared() == values.seen()) {
                phrases.add(numbered(value.getKey(), value.getValue()));
            }
        }
        if (phrases.size() == 1 && main.compared() == values.seen()) {
            String words = "another value (first " + first(main.firstDifferent()) + ")";
            phrases.add(new Phrase(words, "another value", List.of(), false, "", main.different()));
        }
        return Optional.of(phrases);
    }

    /** A number, and of a page-table entry whether it is present. */
    private String first(long value) {
        boolean entry = signature.prototype().returns().kind() == Prototype.Kind.ENTRY;
        return plain(value) + (results && entry && !PageTableEntry.isPresent(value) ? ", not present" : "");
    }

    private Optional<List<Phrase>> few(ValueSummary values) {
        if (values.values().isEmpty() || values.values().size() > MOST_VALUES) {
            return Optional.empty();
        }
        return Optional.of(values.values().entrySet().stream()
                .sorted(Comparator.comparingLong((Map.Entry<Long, Occurrences> value) ->
                                -value.getValue().calls())
                        .thenComparing(Map.Entry::getKey))
                .map(value -> numbered(value.getKey(), value.getValue()))
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
        long meaning = 0;
        for (int i : sources) {
            BitRelation relation = values.relation(i);
            long follows = relation.following() & open;
            if (relation.compared() == values.seen() && follows != 0) {
                open &= ~follows;
                meaning |= follows;
                parts.add(part(i, follows));
                calls = joined(relation);
            }
        }
        if (calls == null) {
            return Optional.empty();
        }
        String rest = open == 0
                ? ""
                : Long.bitCount(meaning) == 1
                        ? "; only " + bits.names(meaning) + " means anything"
                        : "; " + bits.names(open) + " follow nothing recorded";
        return Optional.of(new Phrase(String.join(", ", parts) + rest, calls));
    }

    private String part(int source, long mask) {
        return signature.sources().get(source).kind() == Source.Kind.INTERRUPT_FLAG
                ? "the interrupt flag in bit 9"
                : bits.names(mask) + " of " + source(source);
    }

    static boolean isSmall(long value) {
        return value > -SMALL && value < SMALL;
    }

    /** A number as people write it: by its symbol where it is the address of one. */
    private Phrase numbered(long value, Occurrences calls) {
        Symbols symbols = signature.kernel().symbols();
        String words = symbols.name(value).filter(name -> !name.contains("+")).orElse(plain(value));
        boolean address = value < 0 && !isSmall(value) && symbols.name(value).isEmpty();
        // Where memory was found for something is not the same in any other run.
        String claim = address ? Form.pointer(value).words(new Names(signature.arguments(), symbols)) : words;
        return new Phrase(words, claim, List.of(), false, "", calls);
    }

    /** A number as people write it. */
    static String plain(long value) {
        return value < 10 && value > -SMALL ? Long.toString(value) : "0x" + Long.toHexString(value);
    }

    /** Several ways in one sentence, each with how often and when. */
    String together(List<Phrase> phrases, long of) {
        return phrases.stream()
                .map(phrase -> phrase.words() + " in "
                        + Amount.of(phrase.calls().calls(), of)
                        + Condition.separating(signature.circumstances(), all, phrase.calls())
                                .map(condition -> ", " + condition.words())
                                .orElse(""))
                .collect(Collectors.joining("; "));
    }
}
