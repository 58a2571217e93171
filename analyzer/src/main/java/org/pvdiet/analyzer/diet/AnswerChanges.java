package org.pvdiet.analyzer.diet;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.pvdiet.analyzer.diet.seen.Answers;
import org.pvdiet.traces.Site;

/** {@code answer-changes}: the same question had one answer before the platform was set up, and another after. */
final class AnswerChanges implements Finding {
    static final String ID = "answer-changes";

    private static final int MOST_ASKERS = 3;

    @Override
    public List<Evidence> of(Subject subject, List<Subject> hooks) {
        List<Evidence> found = new ArrayList<>();
        for (Subject.Run run : subject.runs()) {
            List<Answers.Change> changes =
                    run.seen().answers().changes(run.hook().id());
            if (!changes.isEmpty()) {
                found.add(evidence(run, changes));
            }
        }
        return found;
    }

    private static Evidence evidence(Subject.Run run, List<Answers.Change> changes) {
        Answers.Change first = changes.get(0);
        long window = changes.stream().mapToLong(Answers.Change::last).max().orElse(0);
        String askers = changes.stream()
                .flatMap(change -> change.sites().stream())
                .distinct()
                .limit(MOST_ASKERS)
                .map(site -> run.kernel().sites().get(site))
                .map(AnswerChanges::caller)
                .collect(Collectors.joining(", "));
        long early = changes.stream()
                .mapToLong(change -> change.earlyCalls().calls())
                .sum();
        return new Evidence(
                ID,
                Verdict.RESPECIFY,
                String.format(
                        Locale.ROOT,
                        "On %s %,d questions had other answers before the platform was set up than after, the first: %s,"
                                + " %s then %s. %,d calls had the early answer, until instruction %,d, from %s.",
                        run.platform(),
                        changes.size(),
                        words(first.question()),
                        words(first.early()),
                        words(first.late()),
                        early,
                        window,
                        askers),
                early,
                changes.size(),
                List.of(
                        new Evidence.Witness(run.trace(), first.earlyCalls().witness()),
                        new Evidence.Witness(run.trace(), first.lateCalls().witness())));
    }

    private static String caller(Site site) {
        return site.symbol().orElse("0x" + Long.toHexString(site.address()));
    }

    private static String words(Answers.Question question) {
        return question.cpuid()
                ? String.format(Locale.ROOT, "CPUID leaf 0x%x subleaf 0x%x", question.number(), question.detail())
                : String.format(Locale.ROOT, "argument 0x%x", question.number());
    }

    private static String words(List<Long> answer) {
        return answer.stream().map(value -> "0x" + Long.toHexString(value)).collect(Collectors.joining(" "));
    }
}
