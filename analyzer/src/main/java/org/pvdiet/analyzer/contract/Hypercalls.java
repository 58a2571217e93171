package org.pvdiet.analyzer.contract;

import java.util.ArrayList;
import java.util.List;
import org.pvdiet.analyzer.words.Words;

/** One kind of hypercall with what it was given, as a C call. */
record Hypercalls(Signature signature, EffectSummary effect) {
    /** Xen's public header xen.h. */
    static final long MULTICALL = 13;

    private static final long DOMID_SELF = 0x7ff0;

    /** {@code mmu_update(*, 1, 0, DOMID_SELF)}; a star stands for what follows nothing recorded. */
    String words() {
        String name = effect.place().words(signature.prototype());
        List<String> given = new ArrayList<>();
        int first = Words.hasCommand(effect.place().number()) ? 1 : 0;
        for (int i = first; i < effect.arguments(); i++) {
            given.add(argument(effect.argument(i)));
        }
        while (!given.isEmpty() && given.get(given.size() - 1).equals("*")) {
            given.remove(given.size() - 1);
        }
        return given.isEmpty() ? name : name + "(" + String.join(", ", given) + ")";
    }

    private String argument(ValueSummary values) {
        List<ValueWords.Phrase> phrases = new ValueWords(signature, Bits.numbered(), effect.calls()).phrases(values);
        if (phrases.size() != 1 || phrases.get(0).words().contains(" ")) {
            return "*";
        }
        return values.varied() == 0 && values.constantOnes() == DOMID_SELF
                ? "DOMID_SELF"
                : phrases.get(0).words();
    }
}
