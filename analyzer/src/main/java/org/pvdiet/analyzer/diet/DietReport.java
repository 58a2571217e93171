package org.pvdiet.analyzer.diet;

import java.util.List;
import org.pvdiet.analyzer.bits.BitTable;
import org.pvdiet.analyzer.diff.DiffReport;

/**
 * A verdict for each hook. The components are what {@code --format json} prints; JSON.md says what they mean.
 *
 * @param traces in the order given; the first is what the others are compared with
 * @param hooks what can change first, by risk and then by value; what is kept last
 * @param bits the fate of page-table bits, by trace
 */
public record DietReport(List<DiffReport.Run> traces, List<HookVerdict> hooks, List<BitTable> bits) {

    /**
     * One hook.
     *
     * @param verdict in a word
     * @param with the hook to merge with, or empty
     * @param becomes what it would become, in words that follow the verdict; or empty
     * @param rule the rule that decided
     * @param risk low, medium or high; empty where the hook is kept
     * @param evidence what speaks for the verdict, then what speaks for another
     * @param saves what the hook takes
     * @param check what to do before it
     * @param rules those tried, the last of which held
     */
    public record HookVerdict(
            String hook,
            String verdict,
            String with,
            String becomes,
            String rule,
            String risk,
            List<Reason> evidence,
            Savings saves,
            List<String> check,
            List<Tried> rules) {}

    /** A piece of evidence. */
    public record Reason(
            String finding,
            String supports,
            String sentence,
            long calls,
            long inputs,
            List<Evidence.Witness> witnesses,
            String other) {}

    /**
     * What the hook takes, and what would be saved at most. Lists are by trace.
     *
     * @param textBytes length of its sites
     * @param functions that the traces' platforms have for it
     * @param functionBytes of these, to the next symbol each
     * @param lines of source that they are about, at {@value Weight#BYTES_PER_LINE} bytes a line
     */
    public record Savings(
            int sites,
            int textBytes,
            List<Long> calls,
            List<Long> instructions,
            List<Long> hypercalls,
            int functions,
            long functionBytes,
            long lines) {}

    /**
     * A rule that was tried.
     *
     * @param objection why it did not hold, or empty
     */
    public record Tried(String rule, String says, String verdict, boolean held, String objection) {}
}
