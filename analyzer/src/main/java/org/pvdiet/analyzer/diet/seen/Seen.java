package org.pvdiet.analyzer.diet.seen;

import org.pvdiet.analyzer.calls.RecordedCall;

/**
 * How often something was seen.
 *
 * @param calls that show it
 * @param witness seq of the first of them, or -1
 */
public record Seen(long calls, long witness) {
    public static final Seen NEVER = new Seen(0, -1);

    static Seen of(RecordedCall call) {
        return new Seen(call.times(), call.seq());
    }

    public Seen plus(Seen other) {
        long first = witness < 0 ? other.witness : other.witness < 0 ? witness : Math.min(witness, other.witness);
        return new Seen(calls + other.calls, first);
    }

    public boolean ever() {
        return calls > 0;
    }
}
