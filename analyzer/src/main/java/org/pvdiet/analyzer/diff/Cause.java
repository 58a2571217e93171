package org.pvdiet.analyzer.diff;

import java.util.Locale;

/** What can explain a difference between two calls other than that the platforms do something different. */
enum Cause {
    /** Both name the same frame, one by its machine number and one by its pseudo-physical one. */
    FRAME_TRANSLATION,
    /**
     * The calls were made in different phases of start-up, and one run shows that the phase makes the difference; or only
     * one run made them, while it started up.
     */
    START_UP,
    /** Only calls that one run alone made show it. */
    OTHER_WAY,
    /** What one call changed was so already in the other run, which wrote the same once more. */
    ALREADY_SO,
    /** A processor may flush more of its TLB than it was asked to (SDM volume 3, section 4.10.4.1). */
    SPARE_FLUSH,
    /** The platform put it off, as the lazy mode that the kernel had entered allows. */
    LAZY_MODE,
    /** Control registers differed, and one run shows that they make the difference. */
    ENVIRONMENT;

    /** As JSON has it. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
