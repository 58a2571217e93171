package org.pvdiet.analyzer.contract;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.pvdiet.traces.Outcome;
import org.pvdiet.traces.Phase;

/** Says how a hook was used and what it cost: state before the calls, endings, registers, time, callers, phases. */
final class UseStatements {
    /** Begins what is said of registers that callers rely on and that were not kept. */
    static final String CHANGES = "changes ";

    private static final int MOST_CALLERS = 3;
    private static final List<String> REGISTERS = List.of(
            "RAX", "RCX", "RDX", "RBX", "RSP", "RBP", "RSI", "RDI", "R8", "R9", "R10", "R11", "R12", "R13", "R14",
            "R15");

    private final HookSummary hook;
    private final Signature signature;
    private final StatementList statements;

    UseStatements(HookSummary hook, StatementList statements) {
        this.hook = hook;
        this.signature = hook.signature();
        this.statements = statements;
    }

    /** What was so before every call. */
    void preconditions(boolean privilegesVary) {
        Preconditions.of(hook, privilegesVary)
                .forEach(held -> statements.say(Aspect.PRECONDITION, held.claim(), "", held.detail(), hook.calls()));
    }

    /** How calls ended that did not return. */
    void endings() {
        ending(Outcome.FAULTED, "leaves by an exception");
        ending(Outcome.SWITCHED, "does not come back: the kernel goes on with another stack");
        ending(Outcome.IRET, "leaves by a return from interrupt or to user mode");
        ending(Outcome.ENDED, "the run ended inside of it");
    }

    private void ending(Outcome outcome, String words) {
        Occurrences calls = hook.outcome(outcome);
        if (calls.calls() > 0) {
            statements.say(Aspect.OUTCOME, words, statements.share(calls, hook.calls()), "", calls);
        }
    }

    /** Registers that did not keep what callers may rely on; that all did, where registers were recorded. */
    void clobbers() {
        Occurrences seen = hook.registersSeen();
        hook.clobbered()
                .forEach((register, calls) -> statements.say(
                        Aspect.CLOBBER,
                        CHANGES + REGISTERS.get(register) + ", which its callers may rely on",
                        statements.share(calls, seen),
                        "",
                        calls));
        if (seen.calls() > 0 && hook.clobbered().isEmpty()) {
            statements.say(
                    Aspect.CLOBBER,
                    signature.preservesAll()
                            ? "keeps all registers but RAX, as its callers rely on"
                            : "keeps RBX, RSP, RBP and R12 to R15, as its callers rely on",
                    "",
                    "; changes " + changed(),
                    seen);
        }
    }

    private String changed() {
        List<String> names = IntStream.range(0, REGISTERS.size())
                .filter(register -> (hook.changedRegisters() >>> register & 1) != 0)
                .mapToObj(REGISTERS::get)
                .toList();
        return names.isEmpty() ? "no register" : String.join(", ", names);
    }

    /** Instructions per call. */
    void time() {
        InstructionHistogram time = hook.instructions();
        String sentence = time.least() == time.most()
                ? "takes " + plural(time.least(), "instruction")
                : "takes " + Amount.number(time.least()) + " to " + Amount.number(time.most())
                        + " instructions, median " + Amount.number(time.percentile(0.5)) + ", 90 % within "
                        + Amount.number(time.percentile(0.9));
        String interrupts = hook.withHandlers().calls() > 0
                ? "; handlers of interrupts included in "
                        + Amount.of(hook.withHandlers().calls(), hook.calls().calls())
                : "";
        statements.say(Aspect.TIME, sentence + interrupts, hook.calls());
    }

    private static String plural(long count, String what) {
        return Amount.number(count) + " " + what + (count == 1 ? "" : "s");
    }

    /** Where it was called. */
    void callers() {
        List<Map.Entry<Integer, Tally>> sites = hook.sites().entrySet().stream()
                .sorted(Comparator.comparingLong((Map.Entry<Integer, Tally> site) ->
                                -site.getValue().calls())
                        .thenComparing(Map.Entry::getKey))
                .toList();
        long known = signature.kernel().sites().stream()
                .filter(site -> site.hook() == signature.hook())
                .count();
        long calls = hook.calls().calls();
        String most = sites.stream()
                .limit(MOST_CALLERS)
                .map(site -> name(site.getKey())
                        + (sites.size() == 1
                                ? ""
                                : " (" + Amount.percent(site.getValue().calls(), calls) + ")"))
                .collect(Collectors.joining(", "));
        statements.say(
                Aspect.CALLER,
                "called at " + sites.size() + " of " + plural(known, "site")
                        + (sites.size() > MOST_CALLERS ? ", most often " : ", ") + most,
                hook.calls());
    }

    private String name(int site) {
        return signature.kernel().sites().get(site).symbol().orElse("site " + site);
    }

    /** When in start-up it was called. */
    void phases() {
        List<String> parts = new ArrayList<>();
        long calls = hook.calls().calls();
        for (Phase phase : Phase.values()) {
            long count = hook.phase(phase).calls();
            if (count == calls) {
                statements.say(Aspect.PHASE, "called only " + words(phase), hook.calls());
                return;
            }
            if (count > 0) {
                parts.add((count == 1 ? "once " : Amount.number(count) + " times ") + words(phase));
            }
        }
        statements.say(Aspect.PHASE, "called " + String.join(", ", parts), hook.calls());
    }

    private static String words(Phase phase) {
        return switch (phase) {
            case STARTUP -> "before the platform is set up";
            case SETUP -> "between platform set-up and patching";
            case PATCHED -> "between patching and user code";
            case USER -> "after user code has run";
        };
    }
}
