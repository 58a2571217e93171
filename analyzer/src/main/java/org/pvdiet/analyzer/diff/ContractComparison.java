package org.pvdiet.analyzer.diff;

import com.google.common.collect.Sets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
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

    /** What callers and phases are is the run's; what calls cost is compared in numbers. */
    private static final Set<Aspect> RUNS_OWN = Sets.immutableEnumSet(Aspect.TIME, Aspect.CALLER, Aspect.PHASE);

    private ContractComparison() {}

    /**
     * The differences, by aspect; none where one trace has no call.
     *
     * @param calls what the calls compared say of an aspect
     */
    static List<ContractDifference> of(HookStatements first, HookStatements second, Function<Aspect, String> calls) {
        List<ContractDifference> differences = new ArrayList<>();
        if (first.calls() == 0 || second.calls() == 0) {
            return differences;
        }
        for (Aspect aspect : Sets.difference(EnumSet.allOf(Aspect.class), RUNS_OWN)) {
            List<Statement> a = of(first, aspect);
            List<Statement> b = of(second, aspect);
            List<Statement> onlyFirst = without(a, b, Statement::claim);
            List<Statement> onlySecond = without(b, a, Statement::claim);
            // Registers are compared where both traces have them.
            boolean known = aspect != Aspect.CLOBBER || (!a.isEmpty() && !b.isEmpty());
            if (known && !(onlyFirst.isEmpty() && onlySecond.isEmpty())) {
                boolean translated = without(onlyFirst, b, Statement::untranslatedClaim)
                                .isEmpty()
                        && without(onlySecond, a, Statement::untranslatedClaim).isEmpty();
                differences.add(new ContractDifference(
                        aspect.word(),
                        onlyFirst,
                        onlySecond,
                        translated ? Cause.FRAME_TRANSLATION.word() : calls.apply(aspect)));
            }
        }
        return differences;
    }

    private static List<Statement> of(HookStatements hook, Aspect aspect) {
        return hook.statements().stream()
                .filter(statement -> statement.aspect() == aspect)
                .toList();
    }

    /** Statements whose claim the other contract does not make, or not of all calls as this one does. */
    private static List<Statement> without(
            List<Statement> some, List<Statement> others, Function<Statement, String> claim) {
        Set<Said> said = others.stream().map(one -> Said.of(one, claim)).collect(Collectors.toSet());
        return some.stream()
                .filter(one -> !said.contains(Said.of(one, claim)) && !(one.saysNothing() && others.isEmpty()))
                .toList();
    }

    private record Said(String claim, boolean always) {
        static Said of(Statement statement, Function<Statement, String> claim) {
            return new Said(claim.apply(statement), statement.always());
        }
    }

    /** Statements that a register was changed which callers may rely on. */
    static List<Statement> breaches(List<Statement> statements) {
        return statements.stream().filter(Statement::isBreach).toList();
    }

    /** The kinds of differences between calls that are about an aspect. */
    static Set<Kind> kinds(Aspect aspect) {
        return switch (aspect) {
            case RESULT -> EnumSet.of(Kind.RESULT);
            case EFFECT, INTERRUPTS -> EnumSet.of(Kind.EFFECT_MISSING, Kind.EFFECT_EXTRA, Kind.EFFECT_DIFFERENT);
            case PRECONDITION -> EnumSet.of(Kind.PRECONDITION);
            case FAULT -> EnumSet.of(Kind.FAULT, Kind.OUTCOME);
            case HYPERCALL, TRAP -> EnumSet.of(Kind.MECHANISM);
            case CLOBBER -> EnumSet.of(Kind.CLOBBER);
            case TIME -> EnumSet.of(Kind.COST);
            case CALLER, PHASE -> EnumSet.noneOf(Kind.class);
        };
    }
}
