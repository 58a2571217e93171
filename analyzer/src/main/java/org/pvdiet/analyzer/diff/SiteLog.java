package org.pvdiet.analyzer.diff;

import com.google.common.primitives.ImmutableIntArray;
import com.google.common.primitives.ImmutableLongArray;
import java.util.Arrays;

/**
 * The calls of one site in order, by the numbers of their forms.
 *
 * @param inputs what they were given
 * @param behaviours what they did
 * @param seqs which calls they are
 */
record SiteLog(ImmutableIntArray inputs, ImmutableIntArray behaviours, ImmutableLongArray seqs) {
    static final SiteLog EMPTY = new SiteLog(ImmutableIntArray.of(), ImmutableIntArray.of(), ImmutableLongArray.of());

    private static final int[] NONE = {};

    int calls() {
        return inputs.length();
    }

    SiteLog renumber(int[] inputNumbers, int[] behaviourNumbers) {
        return new SiteLog(renumber(inputs, inputNumbers), renumber(behaviours, behaviourNumbers), seqs);
    }

    private static ImmutableIntArray renumber(ImmutableIntArray values, int[] numbers) {
        ImmutableIntArray.Builder renumbered = ImmutableIntArray.builder(values.length());
        values.forEach(value -> renumbered.add(numbers[value]));
        return renumbered.build();
    }

    static final class Builder {
        private int[] inputs = NONE;
        private int[] behaviours = NONE;
        private long[] seqs = {};
        private int calls;

        void add(int input, int behaviour, long seq) {
            if (calls == inputs.length) {
                grow(1);
            }
            inputs[calls] = input;
            behaviours[calls] = behaviour;
            seqs[calls++] = seq;
        }

        /** Adds later calls. */
        void addAll(Builder later, int[] inputNumbers, int[] behaviourNumbers) {
            if (calls + later.calls > inputs.length) {
                grow(later.calls);
            }
            for (int i = 0; i < later.calls; i++) {
                add(inputNumbers[later.inputs[i]], behaviourNumbers[later.behaviours[i]], later.seqs[i]);
            }
        }

        private void grow(int more) {
            int capacity = Math.max(calls + more, calls + calls / 2);
            inputs = Arrays.copyOf(inputs, capacity);
            behaviours = Arrays.copyOf(behaviours, capacity);
            seqs = Arrays.copyOf(seqs, capacity);
        }

        SiteLog build() {
            return new SiteLog(
                    ImmutableIntArray.copyOf(inputs).subArray(0, calls),
                    ImmutableIntArray.copyOf(behaviours).subArray(0, calls),
                    ImmutableLongArray.copyOf(seqs).subArray(0, calls));
        }
    }
}
