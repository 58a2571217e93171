package org.pvdiet.analyzer.cli;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.pvdiet.analyzer.diff.Change;

/** What a comparison is asked to fail on. Differences that something else explains are none. */
enum FailOn {
    RESULT,
    EFFECT,
    FAULT,
    OUTCOME,
    PRECONDITION,
    CLOBBER,
    MECHANISM,
    TARGET,
    COST,
    ADDED,
    REMOVED,
    PROTOTYPE,
    CHANGED,
    CONTRACT,
    WIDENED,
    ANY;

    private static final int MOST_NAMED = 8;

    boolean includes(Change change) {
        return switch (this) {
            case ANY -> change.contract();
            case EFFECT -> change.kind().startsWith("effect_");
            default -> change.kind().equals(word());
        };
    }

    private String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** A sentence that says which of the changes are to fail on; empty if none is. */
    static Optional<String> reason(List<FailOn> kinds, List<Change> changes) {
        List<String> found = changes.stream()
                .filter(change -> kinds.stream().anyMatch(kind -> kind.includes(change)))
                .map(change -> change.hook() + " (" + change.kind() + ")")
                .distinct()
                .toList();
        if (found.isEmpty()) {
            return Optional.empty();
        }
        String more = found.size() > MOST_NAMED ? " and " + (found.size() - MOST_NAMED) + " more" : "";
        return Optional.of("failing on "
                + kinds.stream().map(FailOn::word).collect(Collectors.joining(","))
                + ": "
                + found.stream().limit(MOST_NAMED).collect(Collectors.joining(", "))
                + more);
    }
}
