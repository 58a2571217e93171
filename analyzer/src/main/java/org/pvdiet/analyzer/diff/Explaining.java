package org.pvdiet.analyzer.diff;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToLongFunction;
import org.pvdiet.analyzer.calls.Lazy;
import org.pvdiet.analyzer.diff.DiffReport.Both;
import org.pvdiet.analyzer.diff.DiffReport.Explanation;
import org.pvdiet.analyzer.diff.HookComparison.Case;
import org.pvdiet.analyzer.diff.Observed.Occurrence;
import org.pvdiet.analyzer.words.RegisterBits;
import org.pvdiet.traces.Phase;

/**
 * Finds what explains a difference. That something was different around the calls is not enough: phases of start-up and
 * control registers explain it only if one run by itself shows that they decide. That is so if, given the same, it did what
 * the other run did wherever they were as in the other run, and never anything else there.
 */
final class Explaining {
    private static final Phase[] PHASES = Phase.values();

    /**
     * A part of a setting.
     *
     * @param of its value in a setting
     */
    private record Part(Cause cause, String name, ToLongFunction<Setting> of) {}

    private final Pairing pairing;
    private final Observed observed;

    Explaining(Pairing pairing, Observed observed) {
        this.pairing = pairing;
        this.observed = observed;
    }

    /** What explains it in all these cases, if something does. */
    Optional<Explanation> of(Difference difference, Set<Case> cases, Lazy lazy) {
        if (difference.cause().isPresent()) {
            return difference.cause().map(cause -> new Explanation(cause.word(), sentence(cause, difference, lazy)));
        }
        if (!difference.kind().isContract()) {
            return Optional.empty();
        }
        if (difference.isOfCpuid() && !models().first().equals(models().second())) {
            return Optional.of(new Explanation(
                    Cause.ENVIRONMENT.word(),
                    "The runs had different CPU models: " + models().first() + " and " + models().second() + "."));
        }
        return parts(cases).stream()
                .map(part -> explanation(part, cases))
                .flatMap(Optional::stream)
                .findFirst();
    }

    private String sentence(Cause cause, Difference difference, Lazy lazy) {
        if (cause == Cause.FRAME_TRANSLATION) {
            return "The same frame: one gives the machine's number for it, the other the guest's own.";
        }
        if (cause == Cause.SPARE_FLUSH) {
            return "A processor may flush more of its TLB than it was asked to (SDM volume 3, 4.10.4.1): callers cannot tell.";
        }
        if (cause == Cause.ALREADY_SO) {
            return String.format(
                    Locale.ROOT,
                    "On %s it was so already, and was written once more.",
                    platform(difference.kind() == Kind.EFFECT_MISSING));
        }
        return String.format(
                Locale.ROOT,
                "Lazy %s mode lets a platform put it off; on %s it was done before that mode ended.",
                lazy,
                platform(difference.kind() == Kind.EFFECT_MISSING));
    }

    private Both<String> models() {
        return new Both<>(
                pairing.first().log().info().cpuModel(),
                pairing.second().log().info().cpuModel());
    }

    private String platform(boolean second) {
        return second ? pairing.names().second() : pairing.names().first();
    }

    /** What differed around all these calls. */
    private static List<Part> parts(Set<Case> cases) {
        List<Part> parts = new ArrayList<>();
        parts.add(new Part(Cause.START_UP, "phase", Setting::phase));
        long cr0 = -1;
        long cr4 = -1;
        for (Case which : cases) {
            cr0 &= which.firstSetting().cr0() ^ which.secondSetting().cr0();
            cr4 &= which.firstSetting().cr4() ^ which.secondSetting().cr4();
        }
        bits(parts, RegisterBits.CR4, cr4, Setting::cr4);
        bits(parts, RegisterBits.CR0, cr0, Setting::cr0);
        return parts;
    }

    private static void bits(List<Part> parts, RegisterBits register, long bits, ToLongFunction<Setting> of) {
        for (long rest = bits; rest != 0; rest &= rest - 1) {
            long bit = Long.lowestOneBit(rest);
            parts.add(new Part(
                    Cause.ENVIRONMENT, register + "." + register.names(bit), setting -> of.applyAsLong(setting) & bit));
        }
    }

    private Optional<Explanation> explanation(Part part, Set<Case> cases) {
        Optional<Explanation> found = Optional.empty();
        for (Case which : cases) {
            if (part.of().applyAsLong(which.firstSetting()) == part.of().applyAsLong(which.secondSetting())) {
                return Optional.empty();
            }
            Optional<Explanation> byFirst =
                    shown(part, observed.first(), which.input(), which.second(), which.secondSetting(), false);
            Optional<Explanation> one = byFirst.isPresent()
                    ? byFirst
                    : shown(part, observed.second(), which.input(), which.first(), which.firstSetting(), true);
            if (one.isEmpty()) {
                return Optional.empty();
            }
            found = found.or(() -> one);
        }
        return found;
    }

    /** Whether a run did just what the other did wherever this part of the setting was as in the other run. */
    private Optional<Explanation> shown(
            Part part, Observed.Side run, int input, int deed, Setting setting, boolean second) {
        long value = part.of().applyAsLong(setting);
        Optional<Occurrence> witness = Optional.empty();
        for (Occurrence occurrence : run.on(input)) {
            if (part.of().applyAsLong(occurrence.setting()) == value) {
                if (occurrence.deed() != deed) {
                    return Optional.empty();
                }
                witness = witness.or(() -> Optional.of(occurrence));
            }
        }
        return witness.map(occurrence -> new Explanation(
                part.cause().word(),
                String.format(
                        Locale.ROOT,
                        "%s does as %s does %s: call %d.",
                        platform(second),
                        platform(!second),
                        part.cause() == Cause.START_UP
                                ? "in the same phase (" + words(PHASES[(int) value]) + ")"
                                : "when " + part.name() + (value == 0 ? " is clear" : " is set") + " as there",
                        occurrence.seq())));
    }

    private static String words(Phase phase) {
        return switch (phase) {
            case STARTUP -> "before the platform was set up";
            case SETUP -> "after the platform was set up";
            case PATCHED -> "after sites were patched";
            case USER -> "after user code had run";
        };
    }
}
