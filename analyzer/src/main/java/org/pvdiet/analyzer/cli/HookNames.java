package org.pvdiet.analyzer.cli;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.pvdiet.traces.Hook;

/** Finds hooks by what users type. */
final class HookNames {
    private static final int MOST_SUGGESTED = 3;

    private HookNames() {}

    /**
     * The hook with a name, {@code cpu.write_cr4}, or without its group, {@code write_cr4}.
     *
     * @throws BadInputException if there is none, with the names nearest to it
     */
    static Hook find(List<Hook> hooks, String name) {
        String wanted = name.toLowerCase(Locale.ROOT);
        for (Hook hook : hooks) {
            if (hook.fullName().equals(wanted)) {
                return hook;
            }
        }
        List<Hook> same =
                hooks.stream().filter(hook -> hook.name().equals(wanted)).toList();
        if (same.size() == 1) {
            return same.get(0);
        }
        List<String> near = same.isEmpty()
                ? nearest(hooks, wanted)
                : same.stream().map(Hook::fullName).toList();
        throw new BadInputException("This kernel has no hook " + name + "."
                + (near.isEmpty() ? " 'pvdiet stats' lists its hooks." : " Near: " + String.join(", ", near) + "."));
    }

    private static List<String> nearest(List<Hook> hooks, String wanted) {
        int tolerated = Math.max(2, wanted.length() / 3);
        return hooks.stream()
                .filter(hook -> distance(hook, wanted) <= tolerated
                        || (wanted.length() > 2 && hook.fullName().contains(wanted)))
                .sorted(Comparator.comparingInt((Hook hook) -> distance(hook, wanted))
                        .thenComparing(Hook::fullName))
                .limit(MOST_SUGGESTED)
                .map(Hook::fullName)
                .toList();
    }

    private static int distance(Hook hook, String wanted) {
        return Math.min(edits(hook.fullName(), wanted), edits(hook.name(), wanted));
    }

    /** Levenshtein's distance: how many letters to insert, delete or replace. */
    private static int edits(String a, String b) {
        int[] before = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            before[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] now = new int[b.length() + 1];
            now[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = before[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                now[j] = Math.min(replaced, 1 + Math.min(before[j], now[j - 1]));
            }
            before = now;
        }
        return before[b.length()];
    }
}
