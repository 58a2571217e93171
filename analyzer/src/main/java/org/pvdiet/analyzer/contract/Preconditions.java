package org.pvdiet.analyzer.contract;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.pvdiet.analyzer.calls.Prototype;
import org.pvdiet.traces.Phase;

/** Finds what was so before every call of a hook, and in how many calls of another run it was not. */
final class Preconditions {
    /** Whose page tables they were is worth saying to be always the same after so many calls. */
    private static final long MANY_CALLS = 30;

    /** The argument that says which processor: that it is always the same says that there is one. */
    private static final String PROCESSOR = "cpu";

    private Preconditions() {}

    /** Those of a hook that was called. */
    static List<Precondition> of(HookSummary hook, boolean privilegesVary) {
        List<Precondition> held = new ArrayList<>();
        Occurrences calls = hook.calls();
        Signature signature = hook.signature();
        Circumstances circumstances = signature.circumstances();
        for (int i = 0; i < circumstances.size(); i++) {
            int predicate = i;
            circumstances.state(i).ifPresent(state -> {
                if (calls.always(predicate, true)) {
                    held.add(state(circumstances, predicate, state, true));
                } else if (state.isToldWhereItFails() && calls.always(predicate, false)) {
                    held.add(state(circumstances, predicate, state, false));
                }
            });
        }
        if (privilegesVary && hook.privileges().size() == 1) {
            held.add(Precondition.of(
                    "at privilege level "
                            + hook.privileges().keySet().iterator().next(),
                    ""));
        }
        root(hook)
                .ifPresent(
                        table -> held.add(Precondition.of("under the kernel's own page tables", " (" + table + ")")));
        for (int i = 0; calls.calls() > 1 && i < signature.arguments().size(); i++) {
            OptionalLong value = hook.constantArgument(i);
            boolean processor = signature.arguments().get(i).equals(PROCESSOR);
            if (value.isPresent() && !processor && signature.prototype().type(i).kind() != Prototype.Kind.POINTER) {
                boolean number = signature.prototype().type(i).kind() == Prototype.Kind.SMALL;
                held.add(argument(signature.arguments().get(i), i, value.getAsLong(), number));
            }
        }
        return held;
    }

    /** The kernel's own tables, if all calls were made under them though processes had theirs. */
    private static Optional<String> root(HookSummary hook) {
        return hook.roots().varied() != 0
                        || hook.calls().calls() < MANY_CALLS
                        || hook.phase(Phase.USER).calls() == 0
                ? Optional.empty()
                : RootTable.name(hook.signature().kernel(), hook.roots().constantOnes());
    }

    private static Precondition state(Circumstances circumstances, int predicate, State state, boolean holds) {
        return Precondition.of(
                circumstances.clause(predicate, holds),
                new Precondition.Clause(state, holds, circumstances.clause(predicate, !holds)));
    }

    /** Of an address or a frame number, which one it was is that run's alone. */
    private static Precondition argument(String name, int index, long value, boolean number) {
        Precondition.Argument argument = new Precondition.Argument(index, value);
        String words = ValueWords.plain(value);
        return number || ValueWords.isSmall(value)
                ? Precondition.of(name + " was always " + words, "", argument)
                : Precondition.of(name + " was always the same", ", " + words, argument);
    }

    /** The calls of {@code hook} before which it was not so. */
    static Optional<Violation> violation(Precondition precondition, HookSummary hook) {
        return precondition
                .clause()
                .flatMap(clause -> violation(clause, hook))
                .or(() -> precondition.argument().flatMap(argument -> violation(argument, hook)));
    }

    private static Optional<Violation> violation(Precondition.Clause clause, HookSummary hook) {
        OptionalInt predicate = hook.signature().circumstances().predicate(clause.state());
        if (predicate.isEmpty()) {
            return Optional.empty();
        }
        int bit = predicate.getAsInt();
        long calls = hook.calls().counts(false).entrySet().stream()
                .filter(entry -> (entry.getKey() >>> bit & 1) != (clause.holds() ? 1 : 0))
                .mapToLong(Map.Entry::getValue)
                .sum();
        return calls == 0 ? Optional.empty() : Optional.of(new Violation("was called " + clause.otherwise(), calls));
    }

    private static Optional<Violation> violation(Precondition.Argument argument, HookSummary hook) {
        if (argument.index() >= hook.signature().arguments().size()) {
            return Optional.empty();
        }
        String name = hook.signature().arguments().get(argument.index());
        ValueSummary values = hook.argument(argument.index());
        if (values.values().isEmpty()) {
            return values.seen() == 0
                    ? Optional.empty()
                    : Optional.of(new Violation(name + " was one of many values", values.seen()));
        }
        List<Map.Entry<Long, Occurrences>> others = values.values().entrySet().stream()
                .filter(entry -> entry.getKey() != argument.value())
                .toList();
        return others.stream()
                .min(Map.Entry.comparingByValue((a, b) -> Long.compare(a.witness(), b.witness())))
                .map(first -> new Violation(
                        name + " was " + ValueWords.plain(first.getKey()),
                        others.stream()
                                .mapToLong(entry -> entry.getValue().calls())
                                .sum()));
    }
}
