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
    /** Who is told of calls in order. */
    public interface Made<T> {
        /** Call {@code i} of the order was made, of whose kind {@code value} was kept. */
        void made(T value, int i);
    }

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

    /** Tells in order of the calls of whose kinds anything was kept, and forgets it: the next part has other kinds. */
    public void inOrder(CallOrder order, Made<T> to) {
        if (values.isEmpty()) {
            return;
        }
        boolean[] isKept = new boolean[values.size()];
        for (int kind = 0; kind < isKept.length; kind++) {
            isKept[kind] = values.get(kind) != null;
        }
        int[] kinds = order.kinds();
        for (int i = 0; i < kinds.length; i++) {
            int kind = kinds[i];
            if (kind != CallOrder.BY_ITSELF && kind < isKept.length && isKept[kind]) {
                to.made(values.get(kind), i);
            }
        }
        values.clear();
    }

    /** What was kept, by kind. Forgets it. */
    public T[] take(T[] type) {
        T[] all = values.toArray(type);
        values.clear();
        return all;
    }
}
