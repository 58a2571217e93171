package org.pvdiet.analyzer.diff;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.pvdiet.analyzer.contract.Aspect;
import org.pvdiet.analyzer.diff.DiffReport.Both;
import org.pvdiet.analyzer.diff.DiffReport.ContractDifference;
import org.pvdiet.analyzer.diff.DiffReport.Cost;
import org.pvdiet.analyzer.diff.DiffReport.Run;

/**
 * What traces of two kernels differ in, hook by hook. Their sites are not the same, so calls are not paired. The components
 * are what {@code --format json} prints; JSON.md says what they mean.
 *
 * @param kernels which kernels
 */
public record VersionReport(Run first, Run second, Both<Kernel> kernels, Summary summary, List<HookVersions> hooks) {

    /**
     * A kernel.
     *
     * @param banner its own words for what it is
     * @param buildId empty where it has none
     */
    public record Kernel(String banner, String buildId) {}

    /**
     * Hooks in numbers.
     *
     * @param changed hooks in both, whose contract or prototype changed
     */
    public record Summary(int added, int removed, int changed, int same) {}

    /**
     * One hook. In a pair, what the kernel without the hook has is an empty word or 0.
     *
     * @param change {@code added}, {@code removed}, {@code changed} or {@code same}
     * @param sites that the kernel has
     * @param sitesUsed that made calls
     * @param contracts what {@code pvdiet contract} says of one trace and not of the other
     * @param changes of what calls did on inputs that both traces have
     * @param inputs how many inputs only the first trace has, and how many only the second
     * @param comparedInputs how many both have
     */
    public record HookVersions(
            String hook,
            String change,
            Both<String> prototype,
            Both<String> target,
            Both<Integer> sites,
            Both<Integer> sitesUsed,
            Both<Long> calls,
            Both<Cost> cost,
            List<ContractDifference> contracts,
            List<ContractChange> changes,
            Both<Integer> inputs,
            int comparedInputs) {}

    /**
     * A change of what calls did on one input.
     *
     * @param kind in a word
     * @param contract whether callers can tell
     * @param input in words; empty for what is not about one
     * @param first all that calls of the first trace did
     * @param second all that those of the second did
     * @param calls that were given this
     * @param witness the first of them; -1 where there is none
     */
    public record ContractChange(
            String kind,
            boolean contract,
            String input,
            List<String> first,
            List<String> second,
            Both<Long> calls,
            Both<Long> witness) {}

    /** What there is to fail on, by hook. */
    public List<Change> changes() {
        List<Change> changes = new ArrayList<>();
        for (HookVersions hook : hooks) {
            if (!hook.change().equals(Versions.SAME)) {
                changes.add(new Change(hook.hook(), hook.change(), true));
            }
            Stream.concat(
                            hook.contracts().stream().flatMap(difference -> changes(hook, difference)),
                            hook.changes().stream()
                                    .map(change -> new Change(hook.hook(), change.kind(), change.contract())))
                    .distinct()
                    .forEach(changes::add);
        }
        return changes;
    }

    /** A difference that the calls show is a change; where the second contract allows what the first does not, it is wider. */
    private static Stream<Change> changes(HookVersions hook, ContractDifference difference) {
        if (!difference.isShown() || !ContractComparison.isContract(difference)) {
            return Stream.empty();
        }
        if (ContractComparison.isWider(difference)) {
            return Stream.of(
                    new Change(hook.hook(), ContractComparison.CONTRACT, true),
                    new Change(hook.hook(), ContractComparison.WIDENED, true));
        }
        // To ask more before a call breaks no platform.
        return Stream.of(new Change(hook.hook(), ContractComparison.CONTRACT, !difference.isOf(Aspect.PRECONDITION)));
    }
}
