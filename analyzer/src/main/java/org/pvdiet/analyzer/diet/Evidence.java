package org.pvdiet.analyzer.diet;

import java.util.List;

/**
 * One reason.
 *
 * @param finding the id of what found it
 * @param supports the verdict that it speaks for
 * @param sentence for people
 * @param calls that it rests on
 * @param inputs different arguments among the hook's calls in the traces that it rests on
 * @param witnesses calls that show it; none where it rests on the absence of calls
 * @param other the hook that it sets this one in relation to, or empty
 */
public record Evidence(
        String finding,
        Verdict supports,
        String sentence,
        long calls,
        long inputs,
        List<Witness> witnesses,
        String other) {

    /** A recorded call. */
    public record Witness(String trace, long seq) {}

    /** Evidence about this hook alone. */
    Evidence(String finding, Verdict supports, String sentence, long calls, long inputs, List<Witness> witnesses) {
        this(finding, supports, sentence, calls, inputs, witnesses, "");
    }
}
