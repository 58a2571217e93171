package org.pvdiet.analyzer.diet;

import java.util.List;
import org.pvdiet.analyzer.diff.DiffReport;

/**
 * A verdict for each hook. The components are what {@code --format json} prints; JSON.md says what they mean.
 *
 * @param traces in the order given; the first is what the others are compared with
 */
public record DietReport(List<DiffReport.Run> traces, List<HookVerdict> hooks) {

    /**
     * One hook.
     *
     * @param verdict in a word
     * @param evidence what speaks for the verdict, then what speaks for another
     * @param saves what the hook takes
     */
    public record HookVerdict(String hook, String verdict, List<Reason> evidence, Savings saves) {}

    /** A piece of evidence. */
    public record Reason(
            String finding, String supports, String sentence, long calls, List<Evidence.Witness> witnesses) {}

    /**
     * What the hook takes, and what would be saved at most. Lists are by trace.
     *
     * @param textBytes length of its sites
     */
    public record Savings(int sites, int textBytes, List<Long> calls, List<Long> instructions, List<Long> hypercalls) {}
}
