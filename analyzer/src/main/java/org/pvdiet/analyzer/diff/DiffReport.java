package org.pvdiet.analyzer.diff;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.List;

/**
 * What two traces of one kernel differ in. The components are what {@code --format json} prints; JSON.md says what they
 * mean.
 */
public record DiffReport(Run first, Run second, Summary summary, List<HookDiff> hooks) {

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
            long varying) {}

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
            List<SiteDiff> sites) {
        /** Whether callers can tell the platforms apart. */
        @JsonIgnore
        public boolean isDivergent() {
            return divergences.stream().anyMatch(Divergence::contract);
        }
    }

    /**
     * A difference that the platform makes.
     *
     * @param kind in a word
     * @param contract whether callers can tell
     * @param calls pairs that show it
     * @param sites at which they were made
     * @param input what the witness was given, in words
     * @param first what the first run did
     * @param second what the second run did
     * @param explanation both in a sentence
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
            Both<Long> witness) {}

    /** One site. */
    public record SiteDiff(
            String address,
            String symbol,
            Both<Long> calls,
            long compared,
            long different,
            long onlyFirst,
            long onlySecond) {}
}
