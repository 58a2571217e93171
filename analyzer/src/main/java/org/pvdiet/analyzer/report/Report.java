package org.pvdiet.analyzer.report;

import java.util.List;
import org.pvdiet.analyzer.bits.BitTable;
import org.pvdiet.analyzer.contract.Statement;
import org.pvdiet.analyzer.diet.DietReport.HookVerdict;
import org.pvdiet.analyzer.diet.Evidence;
import org.pvdiet.analyzer.diff.DiffReport;

/**
 * All that is known of traces of one kernel. The components are what {@code report.json} holds; JSON.md says what they mean.
 *
 * @param version of this shape; fields may be added without a new one
 * @param traces in the order given; the first is what the others are compared with
 * @param hooks in the order of the kernel's table
 * @param comparisons the first trace with each of the others
 * @param bits by trace
 * @param calls texts of calls that others name as witnesses, as far as there is room
 * @param callsLeftOut witnesses for which there was none
 * @param manual the edition of Intel's manual that references mean
 */
public record Report(
        int version,
        Kernel kernel,
        List<Trace> traces,
        List<HookPage> hooks,
        List<Comparison> comparisons,
        OverTime overTime,
        List<BitTable> bits,
        List<CallText> calls,
        int callsLeftOut,
        String manual) {

    /** The version of this shape. */
    public static final int VERSION = 1;

    /**
     * The kernel that the traces are of.
     *
     * @param buildId empty where the image has none
     */
    public record Kernel(String banner, String buildId, String sha256, int sites) {}

    /**
     * A trace.
     *
     * @param instructions retired in the run, as far as it was recorded
     * @param ending how the run ended, in a sentence; empty if the trace is not complete
     */
    public record Trace(
            String trace,
            String platform,
            boolean complete,
            long calls,
            long instructions,
            String cpuModel,
            long memoryBytes,
            String commandLine,
            String ending) {}

    /**
     * The first trace and another, as a whole.
     *
     * @param trace the other
     * @param environment what was different around the runs
     */
    public record Comparison(String trace, DiffReport.Summary summary, List<DiffReport.Surrounding> environment) {}

    /**
     * Calls over time.
     *
     * @param instructionsPerBucket a power of two, the same for all traces
     */
    public record OverTime(long instructionsPerBucket, List<TraceOverTime> traces) {}

    /** Calls over time in one trace. */
    public record TraceOverTime(String trace, List<GroupOverTime> groups, List<PhaseStart> phases) {}

    /** Calls of one group of hooks, by bucket from the start of the run; zeros at the end are left out. */
    public record GroupOverTime(String group, List<Long> calls) {}

    /** The first call that was made in a phase, by icount. */
    public record PhaseStart(String phase, long icount) {}

    /**
     * One hook.
     *
     * @param nativeMeaning what the architecture says; {@code purpose} is empty where the catalogue does not know it
     * @param sites that the kernel has
     * @param rank its place in the diet, from 0: what can change first, and what is kept last
     * @param platforms by trace
     * @param diffs the first trace with each of the others
     */
    public record HookPage(
            String hook,
            String group,
            String prototype,
            Native nativeMeaning,
            int sites,
            int rank,
            HookVerdict verdict,
            List<OnPlatform> platforms,
            List<DiffReport.HookDiff> diffs) {}

    /**
     * What a hook's native operation is.
     *
     * @param remarks what the native function does besides, and what was not verified; or empty
     */
    public record Native(
            String purpose,
            List<String> instructions,
            boolean privileged,
            String meaning,
            String reference,
            String remarks) {}

    /**
     * A hook in one trace. Instructions, hypercalls and traps are of all its calls together, calls within them included.
     *
     * @param target symbol of the function it leads to, at the latest moment recorded
     * @param hypercallsByName those made by the hook itself, most first
     * @param statements the contract
     */
    public record OnPlatform(
            String trace,
            String platform,
            String target,
            long calls,
            long instructions,
            long hypercalls,
            long traps,
            List<Hypercall> hypercallsByName,
            List<Statement> statements) {}

    /** A hypercall that calls of a hook made, calls within them not included. */
    public record Hypercall(String name, long count, long witness) {}

    /** A call as {@code show} prints it, and the calls within it. */
    public record CallText(Evidence.Witness call, String text) {}
}
