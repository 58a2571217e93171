package org.pvdiet.analyzer.diet;

import java.util.List;
import java.util.stream.Collectors;

/** What a hook would become, in words that follow the verdict: {@code replace} is {@code by mov %cr0, %reg}. */
final class Becomes {
    private Becomes() {}

    /** Empty where the verdict says all. */
    static String of(Rule.Case found, Rule rule) {
        return switch (rule.id()) {
            case "nothing-or-native" -> "by an alternative: " + instructions(found) + ", or nothing";
            case "kernel-function" -> "by " + functions(found.subject());
            case "traps-anyway", "cold" -> "by " + instructions(found);
            case "promises-too-much" -> promise(found);
            case "only-some" -> "to the numbers that platforms work for";
            case "constant" -> "to its one value";
            default -> "";
        };
    }

    private static String instructions(Rule.Case found) {
        List<String> known =
                found.subject().meaning().map(meaning -> meaning.instructions()).orElse(List.of());
        return known.isEmpty() ? "what the first platform does" : String.join("; ", known);
    }

    private static String functions(Subject subject) {
        return subject.runs().stream()
                .filter(Subject.Run::hasFunction)
                .map(Subject.Run::target)
                .distinct()
                .collect(Collectors.joining(" or "));
    }

    /** What the first of the findings asks for. Where sites take one value apart, it is they that could change. */
    private static String promise(Rule.Case found) {
        boolean hasHalves = SplitAndRejoin.hasHalves(found.subject().first());
        return found.evidence().stream()
                .filter(evidence -> evidence.supports() == Verdict.RESPECIFY)
                .filter(evidence -> hasHalves || !evidence.finding().equals(SplitAndRejoin.ID))
                .findFirst()
                .map(evidence -> switch (evidence.finding()) {
                    case ResultDiffers.ID -> "what its result means";
                    case ZeroAndAbsent.ID, ErrorSwallowed.ID -> "to tell callers of errors";
                    case SplitAndRejoin.ID -> "with one 64-bit value";
                    case Dropped.ID -> "what is not written";
                    default -> "";
                })
                .orElse("");
    }
}
