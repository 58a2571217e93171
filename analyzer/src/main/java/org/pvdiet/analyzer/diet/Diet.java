package org.pvdiet.analyzer.diet;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pvdiet.analyzer.contract.HookContract;
import org.pvdiet.analyzer.diff.Diff;
import org.pvdiet.analyzer.diff.DiffReport.HookDiff;
import org.pvdiet.analyzer.diff.TraceLog;
import org.pvdiet.traces.Hook;
import org.pvdiet.traces.Site;

/**
 * Weighs findings into verdicts. The rules, of which the first that holds decides:
 *
 * <ol>
 *   <li>never-called: remove
 *   <li>same-function, identity: remove
 *   <li>forwards-only on every platform: merge with what it calls
 *   <li>nothing-on-platform: replace by an alternative
 *   <li>traps-anyway on every platform but the first: replace
 *   <li>result-differs: respecify
 *   <li>otherwise keep; platform-work, translation, own-function, not-seen say why
 * </ol>
 *
 * A verdict is about the platforms recorded and about what can be recorded: writes of ordinary memory (Xen's event mask, for
 * one) are no effects, so a function that has none need not be empty. That is why a platform's own function is kept.
 */
public final class Diet {
    private static final List<Finding> FINDINGS = ImmutableList.of(
            new NeverCalled(),
            new SameFunction(),
            new Identity(),
            new ForwardsOnly(),
            new NothingOnPlatform(),
            new TrapsAnyway(),
            new ResultOnly(),
            new NativeFunction(),
            new PlatformWork(),
            new Translation(),
            new OwnFunction(),
            new NotSeen());

    private Diet() {}

    /** The verdicts from traces of one kernel; the first is what the others are compared with. */
    public static DietReport of(List<TraceLog> logs) {
        TraceLog first = logs.get(0);
        List<Map<String, HookDiff>> diffs = new ArrayList<>();
        for (TraceLog other : logs.subList(1, logs.size())) {
            Map<String, HookDiff> byHook = new HashMap<>();
            Diff.of(first, other).hooks().forEach(diff -> byHook.put(diff.hook(), diff));
            diffs.add(byHook);
        }
        List<DietReport.HookVerdict> verdicts = first.contracts().kernel().hooks().stream()
                .map(hook -> verdict(subject(hook, logs, diffs)))
                .toList();
        return new DietReport(logs.stream().map(TraceLog::run).toList(), verdicts);
    }

    private static Subject subject(Hook hook, List<TraceLog> logs, List<Map<String, HookDiff>> diffs) {
        List<Subject.Run> runs = new ArrayList<>();
        for (int i = 0; i < logs.size(); i++) {
            TraceLog log = logs.get(i);
            List<Hook> hooks = log.contracts().kernel().hooks();
            runs.add(new Subject.Run(
                    log.run().trace(),
                    log.run().platform(),
                    hooks.get(hook.id()),
                    log.contracts().hook(hook.id()),
                    hooks,
                    i == 0
                            ? Optional.empty()
                            : Optional.ofNullable(diffs.get(i - 1).get(hook.fullName()))));
        }
        List<Site> sites = logs.get(0).contracts().kernel().sites().stream()
                .filter(site -> site.hook() == hook.id())
                .toList();
        return new Subject(
                hook.fullName(),
                sites.size(),
                sites.stream().mapToInt(Site::length).sum(),
                runs);
    }

    private static DietReport.HookVerdict verdict(Subject subject) {
        List<Evidence> evidence = FINDINGS.stream()
                .flatMap(finding -> finding.of(subject).stream())
                .toList();
        Verdict verdict = verdict(subject, evidence);
        List<DietReport.Reason> reasons = evidence.stream()
                .sorted(Comparator.comparing((Evidence e) -> e.supports() != verdict))
                .map(e ->
                        new DietReport.Reason(e.finding(), e.supports().word(), e.sentence(), e.calls(), e.witnesses()))
                .toList();
        return new DietReport.HookVerdict(subject.name(), verdict.word(), reasons, savings(subject));
    }

    private static Verdict verdict(Subject subject, List<Evidence> evidence) {
        if (count(evidence, SameFunction.ID) > 0 || count(evidence, Identity.ID) > 0) {
            return Verdict.REMOVE;
        }
        if (count(evidence, NeverCalled.ID) > 0) {
            // What a platform's own function does was not seen, so nothing speaks of it but that somebody wrote it.
            boolean unknown = subject.sites() > 0 && count(evidence, NotSeen.ID) > 0;
            return unknown ? Verdict.KEEP : Verdict.REMOVE;
        }
        if (count(evidence, ForwardsOnly.ID) == subject.runs().size()) {
            return Verdict.MERGE;
        }
        long others = subject.others().size();
        if (others == 0) {
            return Verdict.KEEP;
        }
        if (count(evidence, NothingOnPlatform.ID) > 0
                && count(evidence, NothingOnPlatform.ID) + count(evidence, NativeFunction.ID) == others) {
            return Verdict.REPLACE;
        }
        if (count(evidence, TrapsAnyway.ID) == others) {
            return Verdict.REPLACE;
        }
        if (count(evidence, ResultOnly.ID) > 0 && count(evidence, PlatformWork.ID) == 0) {
            return Verdict.RESPECIFY;
        }
        return Verdict.KEEP;
    }

    private static long count(List<Evidence> evidence, String finding) {
        return evidence.stream().filter(e -> e.finding().equals(finding)).count();
    }

    private static DietReport.Savings savings(Subject subject) {
        List<HookContract> contracts =
                subject.runs().stream().map(Subject.Run::contract).toList();
        return new DietReport.Savings(
                subject.sites(),
                subject.siteBytes(),
                contracts.stream().map(HookContract::calls).toList(),
                contracts.stream().map(HookContract::instructions).toList(),
                contracts.stream().map(HookContract::hypercalls).toList());
    }
}
