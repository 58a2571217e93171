package org.pvdiet.analyzer.contract;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.pvdiet.analyzer.words.DescriptorTable;
import org.pvdiet.analyzer.words.RegisterBits;
import org.pvdiet.analyzer.words.XenNames;
import org.pvdiet.traces.EffectKind;
import org.pvdiet.traces.EffectOutcome;

/** Says what a hook's calls did: effects, exceptions, hypercalls, traps. */
final class EffectStatements {
    static final String NO_CHANGE = "changes nothing that is recorded";
    /** Said only where there is a hypervisor to ask. */
    static final String NO_HYPERCALL = "makes no hypercall";

    private static final String FLUSH = "flushes the TLB";

    /** CR3. */
    private static final long ROOT = 3;

    private final Signature signature;
    private final HookEffects effects;
    private final Occurrences all;
    private final StatementList statements;

    EffectStatements(Signature signature, HookEffects effects, StatementList statements) {
        this.signature = signature;
        this.effects = effects;
        this.all = effects.calls();
        this.statements = statements;
    }

    /** The only place that the hook reads, if there is one. */
    Optional<EffectPlace> read() {
        List<EffectPlace> places = effects.places().keySet().stream()
                .filter(place -> isRead(place.kind()))
                .toList();
        return places.size() == 1 ? Optional.of(places.get(0)) : Optional.empty();
    }

    private static boolean isRead(EffectKind kind) {
        return kind == EffectKind.MSR_READ || kind == EffectKind.PORT_IN || kind == EffectKind.TSC;
    }

    /** What changed; what was read, unless {@code readsSaid}. */
    void effects(boolean readsSaid) {
        List<EffectSummary> changes = mostFirst(
                        effect -> isEffect(effect.place().kind()) && !isInterruptFlag(effect))
                .toList();
        boolean root = changes.stream().anyMatch(EffectStatements::isRoot);
        for (EffectSummary effect : changes) {
            // A new page-table root implies the flush, SDM volume 3, section 4.10.4.1.
            boolean implied = root && effect.place().kind() == EffectKind.TLB_FLUSH;
            if (!implied && !(readsSaid && isRead(effect.place().kind()))) {
                effect(effect);
            }
        }
        if (effects.idle().calls() == all.calls()) {
            statements.say(Aspect.EFFECT, NO_CHANGE, all);
        } else if (effects.idle().calls() > 0 && (!changes.isEmpty() || asksOrDoesNothing())) {
            statements.say(
                    Aspect.EFFECT,
                    "does nothing that is recorded",
                    statements.share(effects.idle(), all),
                    "",
                    effects.idle());
        }
    }

    private boolean asksOrDoesNothing() {
        return effects.hypercalls().calls() + effects.idle().calls() == all.calls();
    }

    private static boolean isInterruptFlag(EffectSummary effect) {
        return effect.place().kind() == EffectKind.INTERRUPT_FLAG;
    }

    private static boolean isRoot(EffectSummary effect) {
        return effect.place().kind() == EffectKind.CONTROL_REGISTER
                && effect.place().number() == ROOT;
    }

    private static boolean isEffect(EffectKind kind) {
        return kind != EffectKind.HYPERCALL
                && kind != EffectKind.HYPERCALL_OPERATION
                && kind != EffectKind.EXCEPTION
                && kind != EffectKind.INTERRUPT;
    }

    private void effect(EffectSummary effect) {
        EffectPlace place = effect.place();
        String name = place.words(signature.prototype());
        if (effect.outcome(EffectOutcome.IGNORED).calls() == effect.calls().calls()) {
            dropped(effect, name);
            return;
        }
        switch (place.kind()) {
            case TLB_FLUSH -> changed(FLUSH, effect);
            case TLB_PAGE -> changed("flushes the TLB's entry for " + name, effect);
            case HALT -> changed("waits for an interrupt", effect);
            case CPUID -> changed("executes CPUID", effect);
            case TSC -> changed("reads the time-stamp counter", effect);
            case PORT_OUT -> changed("writes " + written(effect) + "to " + name, effect);
            case MSR_READ, PORT_IN -> changed("reads " + name, effect);
            // A page that held a table once and is something else now is followed all the same.
            case DESCRIPTOR ->
                changed(
                        2 * effect.calls().calls() >= all.calls()
                                        || effects.hypercalls().calls() > 0
                                ? "writes " + name
                                : "writes to a page that has held descriptors",
                        effect);
            case SHARED_MEMORY -> changed("writes " + name, effect);
            default -> written(place.isPlural() ? " become " : " becomes ", effect);
        }
        dropped(effect, name);
    }

    private void changed(String claim, EffectSummary effect) {
        statements.say(Aspect.EFFECT, claim, statements.share(effect.calls(), all), times(effect), effect.calls());
    }

    private String times(EffectSummary effect) {
        if (effect.most() <= 1) {
            return "";
        }
        String most = (effect.events() == effect.most() * effect.calls().calls() ? "" : "up to ")
                + Amount.number(effect.most());
        // A gate, or the descriptor of an LDT or TSS, is written in two halves (SDM volume 3, sections 6.14.1 and
        // 7.2.3).
        boolean written =
                effect.place().kind() == EffectKind.DESCRIPTOR || effect.place().kind() == EffectKind.CONTROL_REGISTER;
        return written ? ", by " + most + " writes" : ", " + most + " times";
    }

    private String written(EffectSummary effect) {
        return ValueWords.ofEffect(signature, Bits.numbered(), effect.calls())
                .term(effect.value())
                .map(term -> term + " ")
                .orElse("");
    }

    private void written(String verb, EffectSummary effect) {
        EffectPlace place = effect.place();
        String name = place.words(signature.prototype());
        String any = place.claim(signature.prototype());
        ValueWords words = ValueWords.ofEffect(signature, bits(place), effect.calls());
        List<ValueWords.Phrase> phrases = showsValue(effect) ? words.phrases(effect.value()) : List.of();
        if (isRoot(effect) && ValueWords.isNumber(phrases, effect.value())) {
            phrases = rootTable(effect.value()).map(List::of).orElse(phrases);
        }
        if (place.isPlural() && phrases.size() > 1) {
            phrases = List.of();
        }
        String share = statements.share(effect.calls(), all);
        boolean partly = effect.outcome(EffectOutcome.IGNORED).calls() > 0;
        if (phrases.isEmpty()) {
            String change = place.isPlural() ? " change" : " changes";
            say(effect, any + change, List.of(), name + change + share + times(effect));
        } else if (partly
                || phrases.size() > 1
                || phrases.get(0).calls().calls() < effect.value().seen()) {
            statements.say(
                    Aspect.EFFECT,
                    any
                            + verb
                            + phrases.stream()
                                    .map(ValueWords.Phrase::claim)
                                    .distinct()
                                    .collect(Collectors.joining(" or ")),
                    List.of(),
                    name + verb + words.together(phrases, all.calls()),
                    share.isEmpty() && !partly,
                    effect.calls());
        } else {
            ValueWords.Phrase phrase = phrases.get(0);
            List<String> synonyms = phrase.synonyms().stream()
                    .map(source -> any + verb + source)
                    .toList();
            String after = share + times(effect) + rider(phrase);
            if (phrase.changesOld()) {
                say(
                        effect,
                        any + " " + plural(place, phrase.claim()),
                        synonyms,
                        name + " " + plural(place, phrase.words()) + after);
            } else if (phrase.words().equals(Source.OLD)) {
                String kept = effect.most() > 1 ? " is changed and put back" : " is written with what it holds";
                // A write of the root flushes, SDM volume 3, section 4.10.4.1.
                String flush = isRoot(effect) ? ", which " + FLUSH : "";
                say(effect, isRoot(effect) ? FLUSH : any + kept, synonyms, name + kept + flush + after);
            } else {
                say(effect, any + verb + phrase.claim(), synonyms, name + verb + phrase.words() + after);
            }
        }
    }

    /** Which of the kernel's own page tables a root is that all calls wrote. */
    private Optional<ValueWords.Phrase> rootTable(ValueSummary root) {
        return RootTable.name(signature.kernel(), root.constantOnes())
                .map(name -> new ValueWords.Phrase(name, root.calls()));
    }

    private void say(EffectSummary effect, String claim, List<String> synonyms, String sentence) {
        statements.say(Aspect.EFFECT, claim, synonyms, sentence, atAnyLevel(effect) >= all.calls(), effect.calls());
    }

    /** Calls with the effect, whatever the level of an entry that they were given a pointer to: that is the caller's doing. */
    private long atAnyLevel(EffectSummary effect) {
        EffectPlace place = effect.place();
        if (place.where() != EffectPlace.Where.POINTED_TO) {
            return effect.calls().calls();
        }
        return effects.places().values().stream()
                .filter(other -> other.place().where() == EffectPlace.Where.POINTED_TO
                        && other.place().number() == place.number())
                .mapToLong(other -> other.calls().calls())
                .sum();
    }

    private static String plural(EffectPlace place, String words) {
        return place.isPlural()
                ? words.replace("loses ", "lose ").replace("gains ", "gain ").replace("changes", "change")
                : words;
    }

    /** A hypervisor loads selectors of its own where it loads what a guest asked for, and maps what it likes for itself. */
    private boolean showsValue(EffectSummary effect) {
        EffectPlace place = effect.place();
        boolean selector = place.kind() == EffectKind.DESCRIPTOR_TABLE && DescriptorTable.holdsSelector(place.number());
        boolean numbered = effect.value().varied() == 0 && effect.value().constantOnes() != 0;
        return !(selector && effects.hypercalls().calls() > 0)
                && !(numbered && place.where() == EffectPlace.Where.PLATFORMS);
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
            statements.say(Aspect.EFFECT, words, statements.share(calls, all), "", calls);
        }
    }

    /** Some of the effects, those of most calls first. */
    private Stream<EffectSummary> mostFirst(Predicate<EffectSummary> wanted) {
        return effects.places().values().stream()
                .filter(wanted)
                .sorted(Comparator.comparingLong(
                                (EffectSummary effect) -> -effect.calls().calls())
                        .thenComparing(EffectSummary::place));
    }

    /** Which hypercalls it made; that it made none is worth saying where the platform answers some. */
    void hypercalls(boolean hypercallsExist) {
        mostFirst(effect -> effect.place().kind() == EffectKind.HYPERCALL).forEach(this::hypercall);
        mostFirst(effect -> effect.place().kind() == EffectKind.HYPERCALL_OPERATION)
                .forEach(this::operation);
        if (effects.hypercalls().calls() == 0 && hypercallsExist) {
            statements.say(Aspect.HYPERCALL, NO_HYPERCALL, all);
        }
    }

    private void operation(EffectSummary effect) {
        String hypercall = XenNames.hypercall(effect.place().number(), -1);
        statements.say(
                Aspect.HYPERCALL,
                hypercall + " does " + new Hypercalls(signature, effect).words(),
                statements.share(effect.calls(), all),
                times(effect),
                effect.calls());
        failures(hypercall + "'s " + effect.place().words(signature.prototype()), effect);
    }

    private void hypercall(EffectSummary effect) {
        statements.say(
                Aspect.HYPERCALL,
                (Hypercalls.isBatch(effect.place()) ? "batches hypercalls with " : "makes hypercall ")
                        + new Hypercalls(signature, effect).words(),
                statements.share(effect.calls(), all),
                times(effect),
                effect.calls());
        failures("hypercall " + effect.place().words(signature.prototype()), effect);
    }

    private void failures(String what, EffectSummary effect) {
        effect.value().values().forEach((result, calls) -> {
            if (result < 0) {
                statements.say(
                        Aspect.HYPERCALL,
                        what + " fails with " + result,
                        statements.share(calls, effect.calls()),
                        "",
                        calls);
            }
        });
    }

    /** What the platform did in the kernel's stead. */
    void traps() {
        for (EffectSummary effect : effects.places().values()) {
            Occurrences emulated = effect.outcome(EffectOutcome.EMULATED);
            if (emulated.calls() > 0 && isEffect(effect.place().kind())) {
                statements.say(
                        Aspect.TRAP,
                        instruction(effect.place()) + " traps, and the platform does it",
                        emulated.calls() == effect.calls().calls() ? "" : statements.share(emulated, all),
                        "",
                        emulated);
            }
        }
        boolean explained = effects.places().values().stream()
                .anyMatch(effect -> effect.outcome(EffectOutcome.EMULATED).calls() > 0
                        || effect.place().kind() == EffectKind.EXCEPTION);
        if (effects.trapped().calls() > 0 && !explained) {
            statements.say(Aspect.TRAP, "traps", statements.share(effects.trapped(), all), "", effects.trapped());
        }
    }

    private String instruction(EffectPlace place) {
        return switch (place.kind()) {
            case TSC -> "RDTSC";
            case TLB_PAGE -> "INVLPG";
            case MSR_READ -> "RDMSR";
            case MSR_WRITE -> "WRMSR";
            case CPUID -> "CPUID";
            case HALT -> "HLT";
            case PORT_IN -> "IN";
            case PORT_OUT -> "OUT";
            default -> "the write of " + place.words(signature.prototype());
        };
    }

    /** Which exceptions it raised. */
    void exceptions() {
        for (EffectSummary effect : effects.places().values()) {
            if (effect.place().kind() == EffectKind.EXCEPTION) {
                statements.say(
                        Aspect.FAULT,
                        "raises " + effect.place().words(signature.prototype()),
                        statements.share(effect.calls(), all),
                        "",
                        effect.calls());
            }
        }
    }

    private static String rider(ValueWords.Phrase phrase) {
        return phrase.rider().isEmpty() ? "" : "; " + phrase.rider();
    }
}
