package org.pvdiet.analyzer.cli;

import java.util.List;
import java.util.Locale;
import org.pvdiet.emulator.machine.Ending;

/** What a user is told of a guest that did not end as it should. */
final class GuestFailure {
    private static final int SHOWN_LINES = 12;

    private GuestFailure() {}

    static void report(Ending ending, List<String> lastLines) {
        System.err.println("pvdiet: the guest failed ("
                + ending.reason().name().toLowerCase(Locale.ROOT).replace('_', ' ') + "): " + ending.detail());
        if (!lastLines.isEmpty()) {
            System.err.println("The console's last lines:");
            lastLines
                    .subList(Math.max(0, lastLines.size() - SHOWN_LINES), lastLines.size())
                    .forEach(line -> System.err.println("  " + line));
        }
    }
}
