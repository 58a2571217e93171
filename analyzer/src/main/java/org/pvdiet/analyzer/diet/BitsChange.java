package org.pvdiet.analyzer.diet;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.pvdiet.analyzer.bits.BitTable;
import org.pvdiet.analyzer.bits.Fate;

/**
 * {@code page-table-bits}: on a platform the hook changes or refuses bits of entries that the first trace's leaves alone. The
 * table of all bits is in the report.
 */
final class BitsChange implements Finding {
    static final String ID = "page-table-bits";

    private static final List<Fate> CHANGES = List.of(Fate.FORCED, Fate.CLEARED, Fate.REFUSED, Fate.VARIES);

    @Override
    public List<Evidence> of(Subject subject, List<Subject> hooks) {
        List<Evidence> found = new ArrayList<>();
        Optional<BitTable.Level> first = step(subject.first());
        for (Subject.Run run : subject.others()) {
            Optional<BitTable.Level> step = step(run);
            if (first.isPresent() && step.isPresent()) {
                evidence(run, first.get(), step.get()).ifPresent(found::add);
            }
        }
        return found;
    }

    private static Optional<BitTable.Level> step(Subject.Run run) {
        return run.seen().bits().step(run.hook().id());
    }

    private static Optional<Evidence> evidence(Subject.Run run, BitTable.Level first, BitTable.Level step) {
        List<String> words = new ArrayList<>();
        List<BitTable.Bit> shown = new ArrayList<>();
        for (Fate fate : CHANGES) {
            List<BitTable.Bit> bits = step.bits().stream()
                    .filter(bit ->
                            bit.fate() == fate && first.bits().get(bit.bit()).fate() != fate)
                    .toList();
            if (!bits.isEmpty()) {
                words.add(BitWords.of(bits) + " (" + fate.word() + ")");
                shown.addAll(bits);
            }
        }
        if (shown.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new Evidence(
                ID,
                Verdict.KEEP,
                String.format(
                        Locale.ROOT,
                        "On %s entries of level %d come out with other bits: %s.",
                        run.platform(),
                        step.level(),
                        String.join("; ", words)),
                step.calls(),
                run.calls().inputs(),
                List.of(new Evidence.Witness(run.trace(), shown.get(0).witness()))));
    }
}
