package org.pvdiet.analyzer.cli;

import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import org.pvdiet.traces.Hook;

/** Finds the hook that a user names, {@code cpu.write_cr4} or {@code write_cr4}. */
final class HookName {
    private static final int MOST_NEAR = 3;

    private HookName() {}

    /**
     * The hook's id.
     *
     * @throws BadInputException where there is no such hook, or more than one; it names those that are near
     */
    static int find(List<Hook> hooks, String name) {
        List<Hook> found = hooks.stream()
                .filter(hook -> hook.fullName().equals(name) || hook.name().equals(name))
                .toList();
        if (found.size() == 1) {
            return found.get(0).id();
        }
        if (found.size() > 1) {
            throw new BadInputException("There are several hooks " + name + ": " + names(found) + ". Say which.");
        }
        List<Hook> near = hooks.stream()
                .sorted(Comparator.comparingInt(
                                (Hook hook) -> Math.min(distance(name, hook.fullName()), distance(name, hook.name())))
                        .thenComparing(Hook::fullName))
                .limit(MOST_NEAR)
                .toList();
        throw new BadInputException("The traces' kernel has no hook " + name
                + (near.isEmpty() ? "; it has none at all." : ". The nearest names are " + names(near) + "."));
    }

    private static String names(List<Hook> hooks) {
        return hooks.stream().map(Hook::fullName).collect(Collectors.joining(", "));
    }

    /** How many letters must be put in, taken out or changed (Levenshtein). */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int changed = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(changed, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }
}
