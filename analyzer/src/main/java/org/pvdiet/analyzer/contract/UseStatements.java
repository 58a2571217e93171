package org.pvdiet.analyzer.contract;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.pvdiet.analyzer.calls.Prototype;
import org.pvdiet.traces.Outcome;
import org.pvdiet.traces.Phase;

/** Says how a hook was used and what it cost: state before the calls, endings, registers, time, callers, phases. */
final class UseStatements {
    private static final int MOST_CALLERS = 3;
    /** Page tables are worth saying to be always the same after so many calls. */
    private static final long MANY_CALLS = 30;

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
        List<String> held = new ArrayList<>();
        Occurrences calls = hook.calls();
        Circumstances circumstances = signature.circumstances();
        for (int i = 0; i < circumstances.size(); i++) {
            for (boolean holds : new boolean[] {true, false}) {
                if (circumstances.isState(i, holds) && calls.always(i, holds)) {
                    held.add(circumstances.clause(i, holds));
                }
            }
        }
        if (privilegesVary && hook.privileges().size() == 1) {
            held.add("at privilege level "
                    + hook.privileges().keySet().iterator().next());
        }
        if (hook.roots().varied() == 0 && calls.calls() >= MANY_CALLS) {
            held.add("under the same page tables (CR3 "
                    + ValueWords.plain(hook.roots().constantOnes()) + ")");
        }
        if (!held.isEmpty()) {
            statements.say(Aspect.PRECONDITION, "was always called " + String.join(", ", held), calls);
        }
        for (int i = 0; calls.calls() > 1 && i < signature.arguments().size(); i++) {
            if (signature.prototype().type(i).kind() != Prototype.Kind.POINTER) {
                String name = signature.arguments().get(i);
                hook.constantArgument(i)
                        .ifPresent(value -> statements.say(
                                Aspect.PRECONDITION, name + " was always " + ValueWords.plain(value), calls));
            }
        }
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
            statements.say(Aspect.FAULT, words + statements.share(calls, hook.calls()), calls);
        }
    }

    /** Registers that did not keep what callers may rely on. */
    void clobbers() {
        Occurrences seen = hook.registersSeen();
        hook.clobbered()
                .forEach((register, calls) -> statements.say(
                        Aspect.CLOBBER,
                        "changes " + REGISTERS.get(register) + ", which its callers may rely on"
                                + statements.share(calls, seen),
                        calls));
        if (seen.calls() > 0 && hook.clobbered().isEmpty() && signature.preservesAll()) {
            statements.say(Aspect.CLOBBER, "changes no register but RAX and flags", seen);
        }
    }

    /** Instructions per call. */
    void time() {
        InstructionHistogram time = hook.instructions();
        String sentence = time.least() == time.most()
                ? "takes " + plural(time.least(), "instruction")
                : "takes " + Amount.number(time.least()) + " to " + Amount.number(time.most())
                        + " instructions, median " + Amount.number(time.percentile(0.5)) + ", 90 % within "
                        + Amount.number(time.percentile(0.9));
        String interrupts = hook.interrupted().calls() > 0
                ? "; handlers of interrupts included in "
                        + Amount.of(hook.interrupted().calls(), hook.calls().calls())
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
