package org.pvdiet.analyzer.diet;

import java.util.List;

/**
 * One reason.
 *
 * @param finding the id of what found it
 * @param supports the verdict that it speaks for
 * @param sentence for people
 * @param calls that it rests on
 * @param witnesses calls that show it; none where it rests on the absence of calls
 */
public record Evidence(String finding, Verdict supports, String sentence, long calls, List<Witness> witnesses) {

    /** A recorded call. */
    public record Witness(String trace, long seq) {}
}
