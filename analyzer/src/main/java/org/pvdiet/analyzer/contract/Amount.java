package org.pvdiet.analyzer.contract;

import java.util.Locale;

/** How many of how many, as people say it. */
final class Amount {
    private static final long FEW = 1000;
    private static final String LESS = "less than";
    private static final String MORE = "more than";

    private Amount() {}

    /** {@code 12 of 34 calls}, {@code 99.2 % of calls}, {@code all but 4 of 785,145 calls}. */
    static String of(long some, long all) {
        if (all < FEW) {
            return some + " of " + all + " calls";
        }
        String share = percent(some, all);
        String of = " of " + number(all) + " calls";
        return share.startsWith(LESS)
                ? number(some) + of
                : share.startsWith(MORE) ? "all but " + number(all - some) + of : share + " of calls";
    }

    /** {@code 99.2 %}; never 0 or 100 for what is neither. */
    static String percent(long some, long all) {
        double share = 100.0 * some / all;
        if (some > 0 && share < 0.05) {
            return LESS + " 0.1 %";
        }
        return some < all && share >= 99.95 ? MORE + " 99.9 %" : String.format(Locale.ROOT, "%.1f %%", share);
    }

    /** {@code 12,345}. */
    static String number(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }
}
