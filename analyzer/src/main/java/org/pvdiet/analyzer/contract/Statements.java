package org.pvdiet.analyzer.contract;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.pvdiet.analyzer.calls.Prototype;
import org.pvdiet.analyzer.words.RegisterBits;
import org.pvdiet.traces.EffectKind;
import org.pvdiet.traces.EffectOutcome;
import org.pvdiet.traces.Outcome;
import org.pvdiet.traces.Phase;

/** Puts what held of one hook's calls into sentences. */
final class Statements {
    /** Fewer calls or inputs than these may be chance. */
    private static final long FEW_CALLS = 10;

    private static final long FEW_INPUTS = 3;
    private static final int MOST_CALLERS = 3;
    private static final long ROOT = 3;
    private static final long LDTR = 2;
    /** Page tables are worth saying to be always the same after so many calls. */
    private static final long MANY_CALLS = 30;

    private final HookSummary hook;
    private final Signature signature;
    private final boolean hypercallsExist;
    private final boolean privilegesVary;
    private final List<Statement> statements = new ArrayList<>();

    private Statements(HookSummary hook, boolean hypercallsExist, boolean privilegesVary) {
        this.hypercallsExist = hypercallsExist;
        this.privilegesVary = privilegesVary;
        this.hook = hook;
        this.signature = hook.signature();
    }

    /**
     * All statements, by aspect.
     *
     * @param hypercallsExist whether the platform answers hypercalls, so that making none is worth saying
     * @param privilegesVary whether the trace has calls at several privilege levels
     */
    static List<Statement> of(HookSummary hook, boolean hypercallsExist, boolean privilegesVary) {
        Statements statements = new Statements(hook, hypercallsExist, privilegesVary);
        if (hook.calls().calls() > 0) {
            statements.result();
            statements.effects();
            statements.preconditions();
            statements.faults();
            statements.hypercalls();
            statements.traps();
            statements.time();
            statements.callers();
            statements.phases();
        }
        return statements.statements;
    }

    private void say(Aspect aspect, String sentence, Occurrences calls) {
        boolean thin = calls.calls() < FEW_CALLS || calls.inputs() < FEW_INPUTS;
        statements.add(new Statement(aspect, sentence, calls.calls(), calls.inputs(), calls.witness(), thin));
    }

    // Results.

    private void result() {
        ValueSummary result = hook.result();
        if (result.seen() == 0) {
            return;
        }
        Prototype.Type type = signature.prototype().returns();
        Bits bits = type.kind() == Prototype.Kind.ENTRY ? Bits.entry(type.level()) : Bits.numbered();
        Occurrences returned = hook.outcome(Outcome.RETURNED);
        List<ValueWords.Phrase> phrases =
                ValueWords.ofResult(signature, bits, returned).phrases(result);
        if (phrases.isEmpty()) {
            say(Aspect.RESULT, "returns a value that follows nothing recorded", returned);
        }
        phrases.forEach(phrase -> say(
                Aspect.RESULT,
                "returns " + phrase.words() + share(phrase.calls(), returned) + rider(phrase),
                phrase.calls()));
    }

    private static String rider(ValueWords.Phrase phrase) {
        return phrase.rider().isEmpty() ? "" : "; " + phrase.rider();
    }

    /** In how many of the calls, and when; nothing if it is all of them. */
    private String share(Occurrences some, Occurrences all) {
        if (some.calls() >= all.calls()) {
            return "";
        }
        return " in " + Amount.of(some.calls(), all.calls())
                + Condition.separating(signature.circumstances(), all, some)
                        .map(condition -> ", " + condition.words())
                        .orElse("");
    }

    // Effects.

    private void effects() {
        List<EffectSummary> effects = hook.effects().values().stream()
                .filter(effect -> isEffect(effect.place().kind()))
                .sorted(Comparator.comparingLong(
                                (EffectSummary effect) -> -effect.calls().calls())
                        .thenComparing(EffectSummary::place))
                .toList();
        boolean root = effects.stream().anyMatch(Statements::isRoot);
        for (EffectSummary effect : effects) {
            // A new page-table root implies the flush, SDM volume 3, section 4.10.4.1.
            if (!root || effect.place().kind() != EffectKind.TLB_FLUSH) {
                effect(effect);
            }
        }
        if (hook.withEffects().calls() == 0) {
            say(Aspect.EFFECT, "changes nothing that is recorded", hook.calls());
        } else if (hook.withoutEffects().calls() > 0 && effects.size() != 1) {
            say(
                    Aspect.EFFECT,
                    "changes nothing that is recorded" + share(hook.withoutEffects(), hook.calls()),
                    hook.withoutEffects());
        }
    }

    private static boolean isRoot(EffectSummary effect) {
        return effect.place().kind() == EffectKind.CONTROL_REGISTER
                && effect.place().number() == ROOT;
    }

    private static boolean isEffect(EffectKind kind) {
        return kind != EffectKind.HYPERCALL && kind != EffectKind.EXCEPTION && kind != EffectKind.INTERRUPT;
    }

    private void effect(EffectSummary effect) {
        EffectPlace place = effect.place();
        String name = place.words(signature.prototype());
        String often = share(effect.calls(), hook.calls()) + times(effect);
        switch (place.kind()) {
            case TLB_FLUSH -> say(Aspect.EFFECT, "flushes the TLB" + often, effect.calls());
            case TLB_PAGE -> say(Aspect.EFFECT, "flushes the TLB's entry for " + name + often, effect.calls());
            case HALT -> say(Aspect.EFFECT, "waits for an interrupt (HLT)" + often, effect.calls());
            case CPUID -> say(Aspect.EFFECT, "executes CPUID" + often, effect.calls());
            case TSC -> say(Aspect.EFFECT, "reads the time-stamp counter" + often, effect.calls());
            case PORT_OUT -> say(Aspect.EFFECT, "writes " + written(effect) + "to " + name + often, effect.calls());
            case MSR_READ, PORT_IN -> say(Aspect.EFFECT, "reads " + name + often, effect.calls());
            case DESCRIPTOR -> say(Aspect.EFFECT, "writes " + name + often, effect.calls());
            case SHARED_MEMORY -> say(Aspect.EFFECT, "writes " + name + often, effect.calls());
            default -> written(place.isPlural() ? " become " : " becomes ", often, effect);
        }
        dropped(effect, name);
    }

    private String times(EffectSummary effect) {
        if (effect.most() <= 1) {
            return "";
        }
        return effect.events() == effect.most() * effect.calls().calls()
                ? ", " + effect.most() + " times"
                : ", up to " + Amount.number(effect.most()) + " times";
    }

    private String written(EffectSummary effect) {
        return ValueWords.ofEffect(signature, Bits.numbered(), effect.calls())
                .term(effect.value())
                .map(term -> term + " ")
                .orElse("");
    }

    private void written(String verb, String after, EffectSummary effect) {
        EffectPlace place = effect.place();
        String name = place.words(signature.prototype());
        ValueWords words = ValueWords.ofEffect(signature, bits(place), effect.calls());
        List<ValueWords.Phrase> phrases = showsValue(place) ? words.phrases(effect.value()) : List.of();
        if (place.isPlural() && phrases.size() > 1) {
            phrases = List.of();
        }
        String sentence;
        if (phrases.isEmpty()) {
            sentence = name + (place.isPlural() ? " change" : " changes") + after;
        } else if (phrases.size() > 1) {
            sentence = name + verb + words.together(phrases, hook.calls().calls());
        } else if (phrases.get(0).changesOld()) {
            sentence = name + " " + plural(place, phrases.get(0).words()) + after + rider(phrases.get(0));
        } else if (phrases.get(0).words().equals("its old value")) {
            sentence =
                    name + (effect.most() > 1 ? " is changed and put back" : " is written with what it holds") + after;
        } else {
            sentence = name + verb + phrases.get(0).words() + after + rider(phrases.get(0));
        }
        say(Aspect.EFFECT, sentence, effect.calls());
    }

    private static String plural(EffectPlace place, String words) {
        return place.isPlural()
                ? words.replace("loses ", "lose ").replace("gains ", "gain ").replace("changes", "change")
                : words;
    }

    /** A hypervisor loads selectors of its own where it loads what a guest asked for. */
    private boolean showsValue(EffectPlace place) {
        boolean selector = place.kind() == EffectKind.DESCRIPTOR_TABLE && place.number() >= LDTR;
        return !selector || hook.withHypercalls().calls() == 0;
    }

    private static Bits bits(EffectPlace place) {
        if (place.kind() == EffectKind.PAGE_TABLE_ENTRY) {
            return Bits.entry(place.detail());
        }
        boolean register = place.kind() == EffectKind.CONTROL_REGISTER;
        if (register && place.number() == 0) {
            return Bits.register(RegisterBits.CR0);
        }
        return register && place.number() == 4 ? Bits.register(RegisterBits.CR4) : Bits.numbered();
    }

    private void dropped(EffectSummary effect, String name) {
        outcome(effect, EffectOutcome.IGNORED, name + " is silently not written");
        outcome(effect, EffectOutcome.ALTERED, name + " becomes something else than asked");
        outcome(effect, EffectOutcome.REFUSED, "the platform refuses to change " + name);
    }

    private void outcome(EffectSummary effect, EffectOutcome outcome, String words) {
        Occurrences calls = effect.outcome(outcome);
        if (calls.calls() > 0) {
            say(Aspect.EFFECT, words + share(calls, hook.calls()), calls);
        }
    }

    // What was so before.

    private void preconditions() {
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
            say(Aspect.PRECONDITION, "was always called " + String.join(", ", held), calls);
        }
        for (int i = 0; calls.calls() > 1 && i < signature.arguments().size(); i++) {
            if (signature.prototype().type(i).kind() != Prototype.Kind.POINTER) {
                String name = signature.arguments().get(i);
                hook.constantArgument(i)
                        .ifPresent(value ->
                                say(Aspect.PRECONDITION, name + " was always " + ValueWords.plain(value), calls));
            }
        }
    }

    // What went wrong.

    private void faults() {
        for (EffectSummary effect : hook.effects().values()) {
            if (effect.place().kind() == EffectKind.EXCEPTION) {
                say(
                        Aspect.FAULT,
                        "raises " + effect.place().words(signature.prototype()) + share(effect.calls(), hook.calls()),
                        effect.calls());
            }
        }
        ending(Outcome.FAULTED, "leaves by an exception");
        ending(Outcome.SWITCHED, "does not come back: the kernel goes on with another stack");
        ending(Outcome.IRET, "leaves by a return from interrupt or to user mode");
        ending(Outcome.ENDED, "the run ended inside of it");
    }

    private void ending(Outcome outcome, String words) {
        Occurrences calls = hook.outcome(outcome);
        if (calls.calls() > 0) {
            say(Aspect.FAULT, words + share(calls, hook.calls()), calls);
        }
    }

    // Hypercalls.

    private void hypercalls() {
        hook.effects().values().stream()
                .filter(effect -> effect.place().kind() == EffectKind.HYPERCALL)
                .sorted(Comparator.comparingLong(
                                (EffectSummary effect) -> -effect.calls().calls())
                        .thenComparing(EffectSummary::place))
                .forEach(this::hypercall);
        if (hook.withHypercalls().calls() == 0 && hypercallsExist) {
            say(Aspect.HYPERCALL, "makes no hypercall", hook.calls());
        }
    }

    private void hypercall(EffectSummary effect) {
        say(
                Aspect.HYPERCALL,
                (Hypercalls.isBatch(effect.place()) ? "batches hypercalls with " : "makes hypercall ")
                        + new Hypercalls(signature, effect).words()
                        + share(effect.calls(), hook.calls())
                        + times(effect),
                effect.calls());
        effect.value().values().forEach((result, calls) -> {
            if (result < 0) {
                say(
                        Aspect.HYPERCALL,
                        "hypercall " + effect.place().words(signature.prototype()) + " fails with " + result
                                + share(calls, effect.calls()),
                        calls);
            }
        });
    }

    // Traps.

    private void traps() {
        for (EffectSummary effect : hook.effects().values()) {
            Occurrences emulated = effect.outcome(EffectOutcome.EMULATED);
            if (emulated.calls() > 0 && isEffect(effect.place().kind())) {
                say(
                        Aspect.TRAP,
                        instruction(effect.place()) + " traps, and the platform does it"
                                + (emulated.calls() == effect.calls().calls() ? "" : share(emulated, hook.calls())),
                        emulated);
            }
        }
        boolean explained = hook.effects().values().stream()
                .anyMatch(effect -> effect.outcome(EffectOutcome.EMULATED).calls() > 0
                        || effect.place().kind() == EffectKind.EXCEPTION);
        if (hook.trapped().calls() > 0 && !explained) {
            say(Aspect.TRAP, "traps" + share(hook.trapped(), hook.calls()), hook.trapped());
        }
    }

    private String instruction(EffectPlace place) {
        return switch (place.kind()) {
            case CONTROL_REGISTER -> "the write of CR" + place.number();
            case MSR_READ -> "RDMSR";
            case MSR_WRITE -> "WRMSR";
            case CPUID -> "CPUID";
            case HALT -> "HLT";
            case PORT_IN -> "IN";
            case PORT_OUT -> "OUT";
            default -> "the change of " + place.words(signature.prototype());
        };
    }

    // Cost.

    private void time() {
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
        say(Aspect.TIME, sentence + interrupts, hook.calls());
    }

    private static String plural(long count, String what) {
        return Amount.number(count) + " " + what + (count == 1 ? "" : "s");
    }

    // Where from.

    private void callers() {
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
        say(
                Aspect.CALLER,
                "called at " + sites.size() + " of " + plural(known, "site")
                        + (sites.size() > MOST_CALLERS ? ", most often " : ", ") + most,
                hook.calls());
    }

    private String name(int site) {
        return signature.kernel().sites().get(site).symbol().orElse("site " + site);
    }

    // When.

    private void phases() {
        List<String> parts = new ArrayList<>();
        long calls = hook.calls().calls();
        for (Phase phase : Phase.values()) {
            long count = hook.phase(phase).calls();
            if (count == calls) {
                say(Aspect.PHASE, "called only " + words(phase), hook.calls());
                return;
            }
            if (count > 0) {
                parts.add(Amount.number(count) + " times " + words(phase));
            }
        }
        say(Aspect.PHASE, "called " + String.join(", ", parts), hook.calls());
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
