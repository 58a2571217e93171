package org.pvdiet.analyzer.calls;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a summary keeps of each kind of calls from {@link Summary#add} until {@link Summary#order} says when they were made.
 *
 * @param <T> what it keeps; null where there is nothing
 */
public final class PerKind<T> {
    private final List<@Nullable T> values = new ArrayList<>();

    /** Keeps {@code value} of the calls that {@code call} stands for, unless that was given by itself. */
    public void keep(RecordedCall call, @Nullable T value) {
        if (value != null && call.kind() != CallOrder.BY_ITSELF) {
            while (values.size() <= call.kind()) {
                values.add(null);
            }
            values.set(call.kind(), value);
        }
    }

    /** What was kept of a kind. */
    public @Nullable T of(int kind) {
        return kind < values.size() ? values.get(kind) : null;
    }

    /** What was kept, by kind. */
    public T[] toArray(T[] type) {
        return values.toArray(type);
    }

    /** Whether nothing was kept of any kind. */
    public boolean isEmpty() {
        return values.isEmpty();
    }

    /** Forgets all, since the next part of a trace has other kinds. */
    public void clear() {
        values.clear();
    }
}
