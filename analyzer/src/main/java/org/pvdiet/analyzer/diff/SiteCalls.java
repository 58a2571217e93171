package org.pvdiet.analyzer.diff;

/** Goes through the calls of a site in order of seq, and tells what each did after all. */
final class SiteCalls {
    private final SiteLog.Cursor calls;
    private final SiteLog.Cursor corrections;
    private final int[] corrected;
    private boolean hasCorrection;
    private int act;

    /**
     * @param log all calls of the site
     * @param corrections some of them, by seq
     * @param corrected by the acts of these, what they did after all
     */
    SiteCalls(SiteLog log, SiteLog corrections, int[] corrected) {
        this.calls = log.cursor();
        this.corrections = corrections.cursor();
        this.corrected = corrected;
        this.hasCorrection = this.corrections.next();
    }

    /** Goes on to the next call, if there is one. */
    boolean next() {
        if (!calls.next()) {
            return false;
        }
        act = calls.act();
        if (hasCorrection && corrections.seq() == calls.seq()) {
            act = corrected[corrections.act()];
            hasCorrection = corrections.next();
        }
        return true;
    }

    int act() {
        return act;
    }

    int effort() {
        return calls.effort();
    }

    long seq() {
        return calls.seq();
    }
}
