package org.pvdiet.analyzer.diff;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.pvdiet.analyzer.contract.Statement;
import org.pvdiet.analyzer.diff.DiffReport.Both;
import org.pvdiet.analyzer.diff.DiffReport.ContractDifference;

/** What the contracts of one hook differ in, as people read it. */
final class ContractLines {
    private static final int MOST_STATEMENTS = 6;

    private ContractLines() {}

    /**
     * Lines, indented as what is said of a hook.
     *
     * @param names what to call the two traces
     * @param calls of the hook
     */
    static List<String> of(List<ContractDifference> differences, Both<String> names, Both<Long> calls) {
        List<String> lines = new ArrayList<>();
        for (ContractDifference difference : differences) {
            lines.add("  contract, " + difference.aspect() + saidByCalls(difference.calls()));
            add(lines, names.first(), difference.first(), calls.first());
            add(lines, names.second(), difference.second(), calls.second());
        }
        return lines;
    }

    private static String saidByCalls(String calls) {
        return switch (calls) {
            case ContractComparison.SHOWN -> "";
            case ContractComparison.NOT_SHOWN -> "; the calls compared show no such difference";
            case ContractComparison.NOT_COMPARED -> "; no calls were compared";
            default -> "; because: " + calls.replace('_', ' ');
        };
    }

    private static void add(List<String> lines, String which, List<Statement> statements, long calls) {
        statements.stream()
                .limit(MOST_STATEMENTS)
                .map(one -> String.format(Locale.ROOT, "    %-8s %s  %s", which, one.sentence(), one.evidence(calls)))
                .forEach(lines::add);
        if (statements.size() > MOST_STATEMENTS) {
            lines.add(String.format(
                    Locale.ROOT,
                    "    %-8s ... and %d more; pvdiet contract has all",
                    which,
                    statements.size() - MOST_STATEMENTS));
        }
    }
}
