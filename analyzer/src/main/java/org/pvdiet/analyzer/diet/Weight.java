package org.pvdiet.analyzer.diet;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.pvdiet.analyzer.contract.HookContract;
import org.pvdiet.traces.Hook;

/** What a hook takes, and how risky it is to change it. */
final class Weight {
    /**
     * Linux 6.1's 54 functions in arch/x86/xen that the table leads to under Xen are 8,512 bytes of text in Debian's cloud
     * kernel and 679 lines of source.
     */
    static final int BYTES_PER_LINE = 12;

    /** No hook's function is larger; where the next symbol is farther, the trace lacks symbols. */
    private static final long LARGEST = 1 << 14;

    /** Fewer calls in all traces are thin evidence. */
    private static final int THIN = 20;

    private Weight() {}

    static DietReport.Savings savings(Subject subject) {
        List<HookContract> contracts =
                subject.runs().stream().map(Subject.Run::contract).toList();
        Map<Long, Long> functions = new TreeMap<>();
        for (Subject.Run run : subject.runs()) {
            if (!run.hasNone()) {
                run.led().map(Hook.Target::address).ifPresent(address -> functions.put(address, bytes(run, address)));
            }
        }
        long bytes = functions.values().stream().mapToLong(Long::longValue).sum();
        return new DietReport.Savings(
                subject.sites().size(),
                subject.siteBytes(),
                contracts.stream().map(HookContract::calls).toList(),
                contracts.stream().map(HookContract::instructions).toList(),
                contracts.stream().map(HookContract::hypercalls).toList(),
                functions.size(),
                bytes,
                Math.round((double) bytes / BYTES_PER_LINE));
    }

    private static long bytes(Subject.Run run, long address) {
        long bytes = run.kernel().symbols().bytesToNext(address);
        return bytes > LARGEST ? 0 : bytes;
    }

    /** A constant that clears or sets bits of the first argument, which the System V ABI passes in RDI. */
    private static final Pattern MASK = Pattern.compile("(and|or|bt[rs])[lq]? +\\$0x[0-9a-f]+,%[re]di");

    /** How risky a change is. */
    enum Risk {
        LOW,
        MEDIUM,
        HIGH
    }

    /** Findings of a platform's work, which no verdict but keep accounts for. */
    private static final ImmutableSet<String> WORK = ImmutableSet.of(
            PlatformWork.ID,
            EffectDivergence.MISSING,
            EffectDivergence.EXTRA,
            EffectDivergence.DIFFERENT,
            EffectDivergence.FAULT);

    /**
     * High where no call backs the verdict though the hook has sites, or where a platform's function was not seen at work;
     * medium where few calls back it, or a platform was seen to work in the hook; else low.
     */
    static Risk risk(Rule.Case found, Verdict verdict) {
        boolean sites = !found.subject().sites().isEmpty();
        long backing = found.evidence().stream()
                .filter(e -> e.supports() == verdict)
                .mapToLong(Evidence::calls)
                .max()
                .orElse(0);
        if (sites && (backing == 0 || found.has(NotSeen.ID) || found.has(OtherPlatform.ID))) {
            return Risk.HIGH;
        }
        boolean works = WORK.stream().anyMatch(found::has);
        return sites && (backing < THIN || works) ? Risk.MEDIUM : Risk.LOW;
    }

    private static String moreCalls(Subject subject) {
        long used = subject.runs().stream()
                .mapToLong(run -> run.contract().sites())
                .max()
                .orElse(0);
        int sites = subject.sites().size();
        if (used == 0) {
            return "Record a workload that reaches its " + Count.of(sites, "site") + ": no call backs this.";
        }
        String calls = Count.calls(subject.calls()) + (subject.calls() == 1 ? " backs this." : " back this.");
        return used == sites
                ? "Record a workload that calls it more often: " + calls
                : "Record a workload that reaches more of its " + sites + " sites: " + calls;
    }

    /** That a function changes what it is given before anything else: what the bare instruction would get, no call shows. */
    private static Optional<String> masks(Subject.Run run) {
        return run.hook().patchedCode().stream()
                .flatMap(String::lines)
                .filter(line -> MASK.matcher(line).matches())
                .findFirst()
                .map(line -> String.format(
                        "Give it what %s changes first (%s), which the bare instruction would take as it is.",
                        run.target(), line.replaceAll(" +", " ")));
    }

    /** What to do before acting on a verdict. */
    static ImmutableList<String> checks(Subject subject, Verdict verdict, boolean anotherPlatform) {
        ImmutableList.Builder<String> checks = ImmutableList.builder();
        if (verdict == Verdict.KEEP) {
            return checks.build();
        }
        if (subject.calls() < THIN && !subject.sites().isEmpty()) {
            checks.add(moreCalls(subject));
        }
        switch (verdict) {
            case REMOVE ->
                checks.add("Record the platforms that are missing here, KVM, Hyper-V and VMware among them, and"
                        + " a machine with several processors.");
            case MERGE ->
                checks.add("Compare the functions' sources: ordinary memory is not watched, so what they keep"
                        + " there was not compared.");
            case REPLACE -> {
                checks.add("See that no platform that needs the hook before sites are patched is left without it.");
                subject.others().forEach(run -> masks(run).ifPresent(checks::add));
            }
            case NARROW -> checks.add("See that no caller passes the other inputs on that platform.");
            case RESPECIFY -> checks.add("Read the callers: who uses what only one platform keeps?");
            case KEEP -> {}
        }
        if (anotherPlatform) {
            checks.add("Look at the functions that the kernel has for platforms not recorded.");
        }
        return checks.build();
    }
}
