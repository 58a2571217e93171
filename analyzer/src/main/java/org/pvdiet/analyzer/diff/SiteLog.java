package org.pvdiet.analyzer.diff;

import com.google.common.primitives.ImmutableIntArray;
import com.google.common.primitives.ImmutableLongArray;

/**
 * The calls of one site in order, by the numbers of their forms.
 *
 * @param inputs what they were given
 * @param behaviours what they did
 * @param seqs which calls they are
 */
record SiteLog(ImmutableIntArray inputs, ImmutableIntArray behaviours, ImmutableLongArray seqs) {
    static final SiteLog EMPTY = new SiteLog(ImmutableIntArray.of(), ImmutableIntArray.of(), ImmutableLongArray.of());

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
        private final ImmutableIntArray.Builder inputs = ImmutableIntArray.builder();
        private final ImmutableIntArray.Builder behaviours = ImmutableIntArray.builder();
        private final ImmutableLongArray.Builder seqs = ImmutableLongArray.builder();

        void add(int input, int behaviour, long seq) {
            inputs.add(input);
            behaviours.add(behaviour);
            seqs.add(seq);
        }

        SiteLog build() {
            return new SiteLog(inputs.build(), behaviours.build(), seqs.build());
        }
    }
}
