package org.pvdiet.analyzer.diff;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pvdiet.analyzer.contract.Aspect;
import org.pvdiet.analyzer.contract.Statement;

/**
 * What two traces of one kernel differ in. The components are what {@code --format json} prints; JSON.md says what they
 * mean.
 *
 * @param notCompared what could not be compared, and why
 */
public record DiffReport(
        Run first,
        Run second,
        Summary summary,
        List<HookDiff> hooks,
        List<Surrounding> environment,
        List<String> notCompared) {

    /** What there is to fail on, by hook. */
    public List<Change> changes() {
        return hooks.stream()
                .flatMap(hook -> hook.divergences().stream()
                        .map(divergence -> new Change(hook.hook(), divergence.kind(), divergence.contract())))
                .distinct()
                .toList();
    }

    /** What to call two runs: by their platforms, unless that is one. */
    static Both<String> names(Run first, Run second) {
        return first.platform().equals(second.platform())
                ? new Both<>("first", "second")
                : new Both<>(first.platform(), second.platform());
    }

    /** A trace. */
    public record Run(String trace, String platform, boolean complete, long calls) {}

    /**
     * The whole in numbers.
     *
     * @param divergentHooks hooks of which callers can tell the platforms apart
     * @param comparedCalls pairs of calls that were given the same at the same site
     * @param differentCalls of these, those that did something different because of the platform
     */
    public record Summary(
            int hooks,
            int divergentHooks,
            long comparedCalls,
            long differentCalls,
            long onlyFirst,
            long onlySecond,
            long varying,
            long outOfOrder) {}

    /**
     * Something around the runs that was different.
     *
     * @param what in words
     * @param meaning what that says, or where it comes from; empty if nothing is to be added
     * @param witness the first calls that show it; -1 where it is from the beginning of the recording, or none does
     */
    public record Surrounding(String what, String first, String second, String meaning, Both<Long> witness) {}

    /** One number for each run. */
    public record Both<T>(T first, T second) {}

    /**
     * What the calls cost on average.
     *
     * @param instructions per call, calls within it included
     */
    public record Cost(double instructions, double hypercalls, double traps) {}

    /**
     * One hook.
     *
     * @param compared pairs of calls
     * @param different pairs that did something different because of the platform
     * @param onlyFirst calls without a partner: the runs took other ways
     * @param varying pairs that differ as calls of one run differ among themselves
     * @param outOfOrder of the pairs compared, those that the runs did not make in the same order
     * @param divergences what differs because of the platform
     * @param explained what differs because of something else, which {@code explainedBy} says
     * @param contracts what {@code pvdiet contract} says of one trace and not of the other
     * @param comparedCost what the pairs cost: the same calls in both runs, where {@code cost} is of all
     */
    public record HookDiff(
            String hook,
            String prototype,
            Both<String> target,
            Both<Long> calls,
            Both<Integer> sitesUsed,
            Both<Cost> cost,
            long compared,
            long different,
            long onlyFirst,
            long onlySecond,
            long varying,
            List<Divergence> divergences,
            List<SiteDiff> sites,
            long outOfOrder,
            List<Divergence> explained,
            List<ContractDifference> contracts,
            Both<Cost> comparedCost) {
        /** Whether callers can tell the platforms apart. */
        @JsonIgnore
        public boolean isDivergent() {
            return divergences.stream().anyMatch(Divergence::contract);
        }
    }

    /**
     * What the contracts of two traces differ in.
     *
     * @param aspect in a word
     * @param first statements of the first trace's contract that the second's has not
     * @param second the other way round
     * @param calls what the calls compared say of it: {@code shown}, {@code not_shown}, {@code not_compared}, or in a word
     *     what explains all that they show
     */
    public record ContractDifference(String aspect, List<Statement> first, List<Statement> second, String calls) {
        /** Whether it is about this. */
        public boolean isOf(Aspect what) {
            return aspect.equals(what.word());
        }

        /** Whether calls that were given the same differ so. */
        @JsonIgnore
        public boolean isShown() {
            return calls.equals(ContractComparison.SHOWN);
        }
    }

    /**
     * What explains a difference other than that the platforms do something different.
     *
     * @param cause in a word
     */
    public record Explanation(String cause, String sentence) {}

    /**
     * A difference.
     *
     * @param kind in a word
     * @param contract whether callers can tell the platforms apart by it; not if something else explains it
     * @param calls pairs that show it
     * @param sites at which they were made
     * @param input what the witness was given, in words
     * @param first what the first run did
     * @param second what the second run did
     * @param explanation both in a sentence
     * @param inputs how many different inputs the pairs were given
     * @param explainedBy null where nothing explains it
     */
    public record Divergence(
            String kind,
            boolean contract,
            long calls,
            int sites,
            String input,
            String first,
            String second,
            String explanation,
            Both<Long> witness,
            long inputs,
            @Nullable Explanation explainedBy) {}

    /**
     * One site.
     *
     * @param nested of the calls that only one run made, those made within other calls: how a hook does what it does
     */
    public record SiteDiff(
            String address,
            String symbol,
            Both<Long> calls,
            long compared,
            long different,
            long onlyFirst,
            long onlySecond,
            Both<Long> nested) {}
}
