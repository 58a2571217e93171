package org.pvdiet.analyzer.contract;

import java.util.ArrayList;
import java.util.List;
import org.pvdiet.traces.EffectKind;

/** One kind of hypercall with what it was given, as a C call. */
record Hypercalls(Signature signature, EffectSummary effect) {
    /** Xen's public header xen.h. */
    private static final long MULTICALL = 13;

    private static final long DOMID_SELF = 0x7ff0;

    /** Whether it carries others. */
    static boolean isBatch(EffectPlace place) {
        return place.kind() == EffectKind.HYPERCALL && place.number() == MULTICALL;
    }

    /** {@code mmu_update(*, 1, 0, DOMID_SELF)}; a star stands for what follows nothing recorded. */
    String words() {
        String name = effect.place().words(signature.prototype());
        int command = name.indexOf('(');
        List<String> given = new ArrayList<>();
        if (command > 0) {
            given.add(name.substring(command + 1, name.length() - 1));
        }
        for (int i = given.size(); i < effect.arguments(); i++) {
            given.add(argument(effect.argument(i)));
        }
        return (command > 0 ? name.substring(0, command) : name) + "(" + String.join(", ", given) + ")";
    }

    private String argument(ValueSummary values) {
        if (values.varied() == 0 && values.constantOnes() == DOMID_SELF) {
            return "DOMID_SELF";
        }
        return ValueWords.ofEffect(signature, Bits.numbered(), effect.calls())
                .term(values)
                .orElse("*");
    }
}
