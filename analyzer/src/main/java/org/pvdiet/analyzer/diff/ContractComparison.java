package org.pvdiet.analyzer.diff;

import com.google.common.base.Ascii;
import com.google.common.collect.Sets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.pvdiet.analyzer.contract.Aspect;
import org.pvdiet.analyzer.contract.ContractReport.HookStatements;
import org.pvdiet.analyzer.contract.Statement;
import org.pvdiet.analyzer.diff.DiffReport.ContractDifference;

/**
 * Compares what {@code pvdiet contract} says of one hook in two traces, claim by claim. What an average may hide, the calls
 * that were compared tell: whether they show the difference, or only the runs made other calls.
 */
final class ContractComparison {
    static final String SHOWN = "shown";
    static final String NOT_SHOWN = "not_shown";
    static final String NOT_COMPARED = "not_compared";

    /** That what callers or the platform rely on is another: a kind of change. */
    static final String CONTRACT = "contract";
    /** That it allows what it did not allow before. */
    static final String WIDENED = "widened";

    /** What callers and phases are is the run's; what calls cost is compared in numbers. */
    private static final Set<Aspect> RUNS_OWN = Sets.immutableEnumSet(Aspect.TIME, Aspect.CALLER, Aspect.PHASE);

    private ContractComparison() {}

    /**
     * The differences, by aspect; none where one trace has no call.
     *
     * @param calls what the calls compared say of an aspect
     */
    static List<ContractDifference> of(HookStatements first, HookStatements second, Function<Aspect, String> calls) {
        return first.calls() == 0 || second.calls() == 0
                ? new ArrayList<>()
                : of(first.statements(), second.statements(), calls);
    }

    private static List<ContractDifference> of(
            List<Statement> first, List<Statement> second, Function<Aspect, String> calls) {
        List<ContractDifference> differences = new ArrayList<>();
        for (Aspect aspect : Sets.difference(EnumSet.allOf(Aspect.class), RUNS_OWN)) {
            List<Statement> a = of(first, aspect);
            List<Statement> b = of(second, aspect);
            List<Statement> onlyFirst = without(a, b, UnaryOperator.identity());
            List<Statement> onlySecond = without(b, a, UnaryOperator.identity());
            // Registers are compared where both traces have them.
            boolean known = aspect != Aspect.CLOBBER || (!a.isEmpty() && !b.isEmpty());
            if (known && !(onlyFirst.isEmpty() && onlySecond.isEmpty())) {
                boolean translated = without(onlyFirst, b, Statement::untranslated)
                                .isEmpty()
                        && without(onlySecond, a, Statement::untranslated).isEmpty();
                String said = translated ? Cause.FRAME_TRANSLATION.word() : calls.apply(aspect);
                if (isMore(aspect, onlyFirst, onlySecond, said)) {
                    differences.add(new ContractDifference(aspect.word(), onlyFirst, onlySecond, said));
                }
            }
        }
        return differences;
    }

    /**
     * Whether it is more than chance and ignorance, where no call shows it: before few calls, or other ones, something may
     * happen to hold; and what one recording does not tell may be what the other does.
     */
    private static boolean isMore(Aspect aspect, List<Statement> first, List<Statement> second, String said) {
        boolean unknown = Stream.concat(first.stream(), second.stream()).anyMatch(Statement::isUnknown);
        return !said.equals(NOT_SHOWN) || (aspect != Aspect.PRECONDITION && !unknown);
    }

    private static List<Statement> of(List<Statement> statements, Aspect aspect) {
        return statements.stream()
                .filter(statement -> statement.aspect() == aspect)
                .toList();
    }

    /** Statements that the other contract does not make, or not of all calls as this one does; of those alike, the first. */
    private static List<Statement> without(List<Statement> some, List<Statement> others, UnaryOperator<Statement> as) {
        List<Statement> without = new ArrayList<>();
        for (Statement one : some) {
            boolean said = Stream.concat(others.stream(), without.stream())
                    .anyMatch(other -> as.apply(other).saysSameAs(as.apply(one)));
            if (!said && !(one.saysNothing() && others.isEmpty())) {
                without.add(one);
            }
        }
        return without;
    }

    /**
     * What the calls that were compared say of an aspect.
     *
     * @param compared how many there were, or how many inputs
     * @param shown the kinds, in a word, in which calls differ and nothing explains it
     * @param explained what explains the differences of some kinds, in a word
     */
    static String saidByCalls(
            Aspect aspect, long compared, Set<String> shown, Function<Set<String>, Optional<String>> explained) {
        Set<String> kinds = kinds(aspect).stream().map(Kind::word).collect(Collectors.toSet());
        // Registers are no part of what is compared call by call.
        if (aspect == Aspect.CLOBBER || !Collections.disjoint(kinds, shown)) {
            return SHOWN;
        }
        return compared == 0 ? NOT_COMPARED : explained.apply(kinds).orElse(NOT_SHOWN);
    }

    /** Statements that a register was changed which callers may rely on. */
    static List<Statement> breaches(List<Statement> statements) {
        return statements.stream().filter(Statement::isBreach).toList();
    }

    /** Whether it is what callers and platform promise each other, and not only how it is done. */
    static boolean isContract(ContractDifference difference) {
        return kinds(aspect(difference)).stream().anyMatch(Kind::isContract);
    }

    /** Whether the second contract allows what the first does not: it does more, or asks less before it is called. */
    static boolean isWider(ContractDifference difference) {
        List<Statement> more = difference.isOf(Aspect.PRECONDITION) ? difference.first() : difference.second();
        return isContract(difference) && !more.isEmpty();
    }

    private static Aspect aspect(ContractDifference difference) {
        return Aspect.valueOf(Ascii.toUpperCase(difference.aspect()));
    }

    /** The kinds of differences between calls that are about an aspect. */
    private static Set<Kind> kinds(Aspect aspect) {
        return switch (aspect) {
            case RESULT -> EnumSet.of(Kind.RESULT);
            case EFFECT, INTERRUPTS -> EnumSet.of(Kind.EFFECT_MISSING, Kind.EFFECT_EXTRA, Kind.EFFECT_DIFFERENT);
            case PRECONDITION -> EnumSet.of(Kind.PRECONDITION);
            case FAULT -> EnumSet.of(Kind.FAULT);
            case OUTCOME -> EnumSet.of(Kind.OUTCOME);
            case HYPERCALL, TRAP -> EnumSet.of(Kind.MECHANISM);
            case CLOBBER -> EnumSet.of(Kind.CLOBBER);
            case TIME -> EnumSet.of(Kind.COST);
            case CALLER, PHASE -> EnumSet.noneOf(Kind.class);
        };
    }
}
