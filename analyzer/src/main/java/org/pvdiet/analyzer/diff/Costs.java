package org.pvdiet.analyzer.diff;

import java.util.Locale;
import org.pvdiet.analyzer.contract.HookContract;
import org.pvdiet.analyzer.diff.DiffReport.Cost;

/** What calls cost on average, and when that is worth telling. */
final class Costs {
    /** Costs that differ by less than this factor, or by fewer instructions, are not told. */
    private static final double FACTOR = 2;

    private static final double INSTRUCTIONS = 5;
    /** Per call; interrupts that happen to be taken in a call make some. */
    private static final double RARE = 0.01;

    private Costs() {}

    static Cost of(HookContract contract) {
        double calls = Math.max(1, contract.calls());
        return new Cost(contract.instructions() / calls, contract.hypercalls() / calls, contract.traps() / calls);
    }

    /** Of so many calls that together took so much. */
    static Cost of(Effort effort, long calls) {
        double of = Math.max(1, calls);
        return new Cost(effort.instructions() / of, effort.hypercalls() / of, effort.traps() / of);
    }

    static boolean differ(Cost a, Cost b) {
        double low = Math.min(a.instructions(), b.instructions());
        double high = Math.max(a.instructions(), b.instructions());
        return (high > FACTOR * low && high - low > INSTRUCTIONS)
                || Math.abs(a.hypercalls() - b.hypercalls()) > RARE
                || Math.abs(a.traps() - b.traps()) > RARE;
    }

    static String words(Cost cost) {
        return String.format(
                Locale.ROOT,
                "%.1f instructions, %.3f hypercalls, %.3f traps per call",
                cost.instructions(),
                cost.hypercalls(),
                cost.traps());
    }
}
