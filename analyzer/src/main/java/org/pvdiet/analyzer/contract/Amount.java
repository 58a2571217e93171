package org.pvdiet.analyzer.contract;

import java.util.Locale;

/** How many of how many, as people say it. */
final class Amount {
    private static final long FEW = 1000;

    private Amount() {}

    /** {@code 12 of 34 calls}, {@code 99.2 % of calls}, {@code all but 4 of 785,145 calls}. */
    static String of(long some, long all) {
        String ofAll = " of " + number(all) + " calls";
        if (all < FEW || isNearlyNone(some, all)) {
            return number(some) + ofAll;
        }
        return isNearlyAll(some, all) ? "all but " + number(all - some) + ofAll : percent(some, all) + " of calls";
    }

    /** {@code 99.2 %}; never 0 or 100 for what is neither. */
    static String percent(long some, long all) {
        if (isNearlyNone(some, all)) {
            return "less than 0.1 %";
        }
        return isNearlyAll(some, all) ? "more than 99.9 %" : String.format(Locale.ROOT, "%.1f %%", 100.0 * some / all);
    }

    private static boolean isNearlyNone(long some, long all) {
        return some > 0 && 100.0 * some / all < 0.05;
    }

    private static boolean isNearlyAll(long some, long all) {
        return some < all && 100.0 * some / all >= 99.95;
    }

    /** {@code 12,345}. */
    static String number(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }
}
