package org.pvdiet.analyzer.contract;

import java.util.Locale;

/** How many of how many, as people say it. */
final class Amount {
    private static final long FEW = 1000;

    private Amount() {}

    /** {@code 12 of 34 calls}, {@code 99.2 % of calls}. */
    static String of(long some, long all) {
        return all < FEW ? some + " of " + all + " calls" : percent(some, all) + " of calls";
    }

    /** {@code 99.2 %}; never 0 or 100 for what is neither. */
    static String percent(long some, long all) {
        double share = 100.0 * some / all;
        if (some > 0 && share < 0.05) {
            return "less than 0.1 %";
        }
        return some < all && share >= 99.95 ? "more than 99.9 %" : String.format(Locale.ROOT, "%.1f %%", share);
    }

    /** {@code 12,345}. */
    static String number(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }
}
