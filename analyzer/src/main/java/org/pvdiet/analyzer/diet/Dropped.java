package org.pvdiet.analyzer.diet;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.pvdiet.analyzer.diet.seen.ReadBack;
import org.pvdiet.analyzer.diet.seen.Seen;
import org.pvdiet.analyzer.words.Words;

/**
 * {@code dropped}: a value was silently not taken, or changed: the platform says so, or the platform's function does nothing
 * with it where the first trace writes a register, or what was read back is not what was written. Registers that the processor changes by itself are told by the first trace, where they differ as well.
 */
final class Dropped implements Finding {
    static final String ID = "dropped";

    @Override
    public List<Evidence> of(Subject subject, List<Subject> hooks) {
        List<Evidence> found = new ArrayList<>();
        for (Subject.Run run : subject.runs()) {
            run.calls()
                    .notAsAsked()
                    .forEach((kind, seen) -> found.add(run.evidence(
                            ID,
                            Verdict.RESPECIFY,
                            seen,
                            "On %s, in %s, the %s was silently changed or not done.",
                            run.platform(),
                            Count.calls(seen.calls()),
                            kind.name()
                                    .toLowerCase(Locale.ROOT)
                                    .replace('_', ' ')
                                    .replace("msr", "MSR"))));
        }
        for (Subject.Run run : subject.others()) {
            Unwritten unwritten = Unwritten.of(subject.first(), run);
            if (!unwritten.isEmpty()) {
                found.add(evidence(subject.first(), run, unwritten));
            }
            for (ReadBack.Mismatch mismatch : run.seen().readBack().mismatches()) {
                if (mismatch.writer() == run.hook().id() && !differs(subject.first(), mismatch.register())) {
                    found.add(evidence(run, mismatch));
                }
            }
        }
        return found;
    }

    private static Evidence evidence(Subject.Run first, Subject.Run run, Unwritten unwritten) {
        return new Evidence(
                ID,
                Verdict.RESPECIFY,
                String.format(
                        Locale.ROOT,
                        "On %s it does nothing when it is to write %s: %s; on %s they are written.",
                        run.platform(),
                        unwritten.registers().keySet().stream().map(Words::msr).collect(Collectors.joining(", ")),
                        Count.calls(unwritten.other().calls()),
                        first.platform()),
                unwritten.other().calls(),
                unwritten.registers().size(),
                List.of(
                        new Evidence.Witness(run.trace(), unwritten.other().witness()),
                        new Evidence.Witness(first.trace(), unwritten.first().witness())));
    }

    private static boolean differs(Subject.Run first, ReadBack.Register register) {
        return first.seen().readBack().mismatches().stream()
                .anyMatch(mismatch -> mismatch.register().equals(register));
    }

    private static Evidence evidence(Subject.Run run, ReadBack.Mismatch mismatch) {
        String index = mismatch.register().index() == 0
                ? ""
                : String.format(Locale.ROOT, " 0x%x", mismatch.register().index());
        Evidence evidence = run.evidence(
                ID,
                Verdict.RESPECIFY,
                new Seen(1, mismatch.writeSeq()),
                "On %s 0x%x was written to %s%s, and the next read gave 0x%x.",
                run.platform(),
                mismatch.written(),
                mismatch.register().name(),
                index,
                mismatch.read());
        return new Evidence(
                ID,
                evidence.supports(),
                evidence.sentence(),
                2,
                evidence.inputs(),
                List.of(
                        new Evidence.Witness(run.trace(), mismatch.writeSeq()),
                        new Evidence.Witness(run.trace(), mismatch.readSeq())));
    }
}
