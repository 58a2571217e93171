package org.pvdiet.analyzer.bits;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What became of a bit on its way. */
public enum Fate {
    /** It came out as it went in, having been both 0 and 1. */
    KEPT,
    /** 1, whatever went in. */
    FORCED,
    /** 0, whatever went in. */
    CLEARED,
    /** Of a frame number that was translated. */
    TRANSLATED,
    /** Entries with it set were refused. */
    REFUSED,
    /** It came out as it went in, but was only ever 0 or only ever 1. */
    KEPT_ONE_VALUE,
    /** Sometimes one, sometimes another of these. */
    VARIES,
    /** No call shows it. */
    UNSEEN;

    /** As JSON has it. */
    @JsonValue
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
