package org.pvdiet.analyzer.contract;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.pvdiet.analyzer.calls.RecordedCall;
import org.pvdiet.analyzer.calls.RecordedEffect;
import org.pvdiet.traces.EffectKind;
import org.pvdiet.traces.Mode;

/** What some calls of a hook did, by place. */
final class HookEffects {
    private final Signature signature;
    private final Map<EffectPlace, EffectSummary> places = new TreeMap<>();
    private final Occurrences calls = new Occurrences();
    private final Occurrences idle = new Occurrences();
    private final Occurrences hypercalls = new Occurrences();
    private final Occurrences trapped = new Occurrences();

    HookEffects(Signature signature) {
        this.signature = signature;
    }

    /** Takes into account what a call did until it was interrupted, if it was. The values are those of the sources. */
    void add(RecordedCall call, long[] values, long present, Moment moment) {
        calls.add(moment);
        if (call.traps() > 0) {
            trapped.add(moment);
        }
        if (call.effects().isEmpty()) {
            idle.add(moment);
            return;
        }
        List<EffectSummary> touched = new ArrayList<>();
        RecordedEffect flag = null;
        boolean excepted = false;
        boolean interrupted = false;
        boolean asked = false;
        for (RecordedEffect effect : call.effects()) {
            excepted |= effect.kind() == EffectKind.EXCEPTION;
            interrupted |= effect.kind() == EffectKind.INTERRUPT;
            if (effect.kind() == EffectKind.INTERRUPT_FLAG) {
                // What a handler did to the flag, its return undid: in the end it is as the call left it.
                flag = excepted ? flag : effect;
            } else if (interrupted) {
                continue;
            } else if (!isHandlers(effect, excepted)) {
                asked |= effect.kind() == EffectKind.HYPERCALL;
                add(call, effect, touched, values, present, moment);
            }
        }
        if (flag != null && lasts(flag, call)) {
            add(call, flag, touched, values, present, moment);
        }
        for (EffectSummary summary : touched) {
            summary.end(values, present, moment);
        }
        if (touched.isEmpty()) {
            idle.add(moment);
        }
        if (asked) {
            hypercalls.add(moment);
        }
    }

    private static boolean isHandlers(RecordedEffect effect, boolean excepted) {
        return excepted && effect.isHypercallIret();
    }

    /** What calls within the call do to the flag and undo again is no change. */
    private static boolean lasts(RecordedEffect flag, RecordedCall call) {
        return flag.value().orElse(0) != (Mode.interruptsEnabled(call.mode()) ? 1 : 0);
    }

    private void add(
            RecordedCall call,
            RecordedEffect effect,
            List<EffectSummary> touched,
            long[] values,
            long present,
            Moment moment) {
        EffectPlace place = EffectPlace.of(call, effect, signature.kernel());
        if (place.where() != EffectPlace.Where.POINTED_TO
                && (changesNothing(effect) || signature.kernel().isFormerTable(call, effect))) {
            return;
        }
        EffectSummary summary = places.get(place);
        if (summary == null) {
            summary = new EffectSummary(place, values.length);
            places.put(place, summary);
        }
        if (summary.add(effect, values, present, moment)) {
            touched.add(summary);
        }
    }

    private static boolean changesNothing(RecordedEffect effect) {
        return effect.kind() == EffectKind.PAGE_TABLE_ENTRY
                && effect.old().isPresent()
                && effect.old().equals(effect.value());
    }

    void merge(HookEffects other) {
        calls.merge(other.calls);
        idle.merge(other.idle);
        hypercalls.merge(other.hypercalls);
        trapped.merge(other.trapped);
        other.places.forEach((place, summary) -> places.computeIfAbsent(
                        place, p -> new EffectSummary(p, signature.sources().size()))
                .merge(summary));
    }

    /** By place, in its order. */
    Map<EffectPlace, EffectSummary> places() {
        return places;
    }

    /** All calls that are taken into account. */
    Occurrences calls() {
        return calls;
    }

    /** Calls in which nothing happened. */
    Occurrences idle() {
        return idle;
    }

    /** Calls with hypercalls. */
    Occurrences hypercalls() {
        return hypercalls;
    }

    /** Calls with exceptions or emulated instructions. */
    Occurrences trapped() {
        return trapped;
    }

    @Override
    public boolean equals(@Nullable Object object) {
        return object instanceof HookEffects other
                && places.equals(other.places)
                && calls.equals(other.calls)
                && idle.equals(other.idle)
                && hypercalls.equals(other.hypercalls)
                && trapped.equals(other.trapped);
    }

    @Override
    public int hashCode() {
        return places.hashCode();
    }
}
