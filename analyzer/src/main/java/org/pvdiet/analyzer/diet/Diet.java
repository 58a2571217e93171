package org.pvdiet.analyzer.diet;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.pvdiet.analyzer.bits.BitTable;
import org.pvdiet.analyzer.diff.Diff;
import org.pvdiet.analyzer.diff.DiffReport;
import org.pvdiet.analyzer.diff.DiffReport.HookDiff;
import org.pvdiet.analyzer.diff.Kind;
import org.pvdiet.analyzer.diff.TraceLog;
import org.pvdiet.traces.Hook;
import org.pvdiet.traces.Site;

/**
 * Weighs findings into verdicts by {@linkplain Rule rules}, of which the first that holds decides.
 *
 * <p>A verdict is about the platforms recorded and about what can be recorded: writes of ordinary memory (Xen's event mask, for
 * one) are no effects, so a function that has none need not be empty. That is why a platform's own function is kept.
 */
public final class Diet {
    private static final List<Finding> FINDINGS = ImmutableList.of(
            new NoSite(),
            new NeverCalled(),
            new NoFunction(),
            new SameFunction(),
            new OtherPlatform(),
            new Identity(),
            new NoOp(),
            new ForwardsOnly(),
            new ForwardsToTable(),
            new Equivalent(),
            new FixedArgument(),
            new SharedFunction(),
            new CalledTogether(),
            new NothingOnPlatform(),
            new KernelFunction(),
            new TrapsAnyway(),
            new Cold(),
            new StartUpOnly(),
            new ResultDiffers(),
            new ZeroAndAbsent(),
            new SplitAndRejoin(),
            new Dropped(),
            new ErrorSwallowed(),
            new AnswerChanges(),
            new OnlySome(),
            new ConstantResult(),
            new NativeFunction(),
            new PlatformWork(),
            new Precondition(),
            new EffectDivergence(EffectDivergence.MISSING, Kind.EFFECT_MISSING),
            new EffectDivergence(EffectDivergence.EXTRA, Kind.EFFECT_EXTRA),
            new EffectDivergence(EffectDivergence.DIFFERENT, Kind.EFFECT_DIFFERENT),
            new EffectDivergence(EffectDivergence.FAULT, Kind.FAULT),
            new BitsChange(),
            new Translation(),
            new HotNotInlined(),
            new InlinedNatively(),
            new OwnFunction(),
            new NotSeen());

    /** Of all findings. */
    static final ImmutableList<String> IDS = ImmutableList.of(
            NoSite.ID,
            NeverCalled.ID,
            NoFunction.ID,
            SameFunction.ID,
            OtherPlatform.ID,
            Identity.ID,
            NoOp.ID,
            ForwardsOnly.ID,
            ForwardsToTable.ID,
            Equivalent.ID,
            FixedArgument.ID,
            SharedFunction.ID,
            CalledTogether.ID,
            NothingOnPlatform.ID,
            KernelFunction.ID,
            TrapsAnyway.ID,
            Cold.ID,
            StartUpOnly.ID,
            ResultDiffers.ID,
            ZeroAndAbsent.ID,
            SplitAndRejoin.ID,
            Dropped.ID,
            ErrorSwallowed.ID,
            AnswerChanges.ID,
            OnlySome.ID,
            ConstantResult.ID,
            NativeFunction.ID,
            PlatformWork.ID,
            Precondition.ID,
            BitsChange.ID,
            Translation.ID,
            HotNotInlined.ID,
            InlinedNatively.ID,
            OwnFunction.ID,
            NotSeen.ID,
            EffectDivergence.MISSING,
            EffectDivergence.EXTRA,
            EffectDivergence.DIFFERENT,
            EffectDivergence.FAULT);

    private Diet() {}

    /** The verdicts from traces of one kernel; the first is what the others are compared with. */
    public static DietReport of(List<DietTrace> traces) {
        return of(traces, Diff.of(traces.stream().map(DietTrace::log).toList()));
    }

    /** The same, where the first trace has been compared with each of the others, in their order. */
    public static DietReport of(List<DietTrace> traces, List<DiffReport> comparisons) {
        TraceLog first = traces.get(0).log();
        List<Map<String, HookDiff>> diffs = new ArrayList<>();
        diffs.add(Map.of());
        for (DiffReport diff : comparisons) {
            diffs.add(diff.hooks().stream().collect(Collectors.toMap(HookDiff::hook, Function.identity())));
        }
        List<Subject> subjects = first.contracts().kernel().hooks().stream()
                .map(hook -> subject(hook, traces, diffs))
                .toList();
        List<DietReport.HookVerdict> verdicts = subjects.parallelStream()
                .map(subject -> verdict(subject, subjects))
                .sorted(order())
                .toList();
        List<BitTable> bits = traces.stream().map(DietTrace::bits).toList();
        return new DietReport(traces.stream().map(trace -> trace.log().run()).toList(), verdicts, bits);
    }

    /** Changes before what is kept, little risk first; among equals most lines and sites first. */
    private static Comparator<DietReport.HookVerdict> order() {
        return Comparator.comparing(
                        (DietReport.HookVerdict hook) -> hook.verdict().equals(Verdict.KEEP.word()))
                .thenComparingInt(hook -> hook.risk().isEmpty()
                        ? 0
                        : Weight.Risk.valueOf(hook.risk().toUpperCase(Locale.ROOT))
                                .ordinal())
                .thenComparingLong(hook -> -(hook.saves().lines() + hook.saves().sites()));
    }

    private static Subject subject(Hook hook, List<DietTrace> traces, List<Map<String, HookDiff>> diffs) {
        List<Subject.Run> runs = new ArrayList<>();
        for (int i = 0; i < traces.size(); i++) {
            TraceLog log = traces.get(i).log();
            runs.add(new Subject.Run(
                    log.run().trace(),
                    log.run().platform(),
                    log.contracts().kernel().hooks().get(hook.id()),
                    log.contracts().hook(hook.id()),
                    log.contracts().kernel(),
                    traces.get(i).seen(),
                    traces.get(i).statements().hooks().get(hook.id()).statements(),
                    Optional.ofNullable(diffs.get(i).get(hook.fullName()))));
        }
        List<Site> sites = runs.get(0).kernel().sites().stream()
                .filter(site -> site.hook() == hook.id())
                .toList();
        return new Subject(hook.fullName(), sites, runs);
    }

    private static DietReport.HookVerdict verdict(Subject subject, List<Subject> subjects) {
        List<Evidence> evidence = FINDINGS.stream()
                .flatMap(finding -> finding.of(subject, subjects).stream())
                .toList();
        Rule.Case found = new Rule.Case(subject, evidence);
        List<DietReport.Tried> tried = new ArrayList<>();
        for (Rule rule : Rule.ALL) {
            Optional<String> objection = rule.objection().apply(found);
            tried.add(new DietReport.Tried(
                    rule.id(), rule.says(), rule.verdict().word(), objection.isEmpty(), objection.orElse("")));
            if (objection.isEmpty()) {
                return verdict(found, rule, tried);
            }
        }
        throw new IllegalStateException("the last rule always holds");
    }

    private static DietReport.HookVerdict verdict(Rule.Case found, Rule rule, List<DietReport.Tried> tried) {
        Verdict verdict = rule.verdict();
        List<DietReport.Reason> reasons = found.evidence().stream()
                .sorted(Comparator.comparing((Evidence e) -> e.supports() != verdict))
                .map(e -> new DietReport.Reason(
                        e.finding(),
                        e.supports().word(),
                        e.sentence(),
                        e.calls(),
                        e.inputs(),
                        e.witnesses(),
                        e.other()))
                .toList();
        String with = found.evidence().stream()
                .filter(e -> verdict == Verdict.MERGE && e.supports() == Verdict.MERGE)
                .map(Evidence::other)
                .filter(other -> !other.isEmpty())
                .findFirst()
                .orElse("");
        return new DietReport.HookVerdict(
                found.subject().name(),
                verdict.word(),
                with,
                Becomes.of(found, rule),
                rule.id(),
                verdict == Verdict.KEEP
                        ? ""
                        : Weight.risk(found, verdict).name().toLowerCase(Locale.ROOT),
                reasons,
                Weight.savings(found.subject()),
                Weight.checks(found.subject(), verdict, found.has(OtherPlatform.ID)),
                tried);
    }
}
