package org.pvdiet.analyzer.diet;

import java.util.Locale;

/** A number of things in words: {@code 1 call}, {@code 1,234 calls}. */
final class Count {
    private Count() {}

    static String calls(long number) {
        return of(number, "call");
    }

    static String of(long number, String thing) {
        return String.format(Locale.ROOT, "%,d %s%s", number, thing, number == 1 ? "" : "s");
    }
}
