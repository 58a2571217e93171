package org.pvdiet.analyzer.contract;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pvdiet.analyzer.words.XenNames;
import org.pvdiet.traces.EffectKind;

/** One kind of hypercall, or of an operation in one, with what it was given, as a C call. */
record Hypercalls(Signature signature, EffectSummary effect) {
    /** Xen's public header xen.h. */
    private static final long MULTICALL = 13;

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
        for (int i = given.size(); i < arguments(); i++) {
            given.add(argument(i, effect.argument(i)));
        }
        return (command > 0 ? name.substring(0, command) : name) + "(" + String.join(", ", given) + ")";
    }

    private int arguments() {
        return effect.place().kind() == EffectKind.HYPERCALL_OPERATION
                ? XenNames.operationArguments(effect.place().detail())
                : effect.arguments();
    }

    private String argument(int index, ValueSummary values) {
        Optional<String> named = values.varied() == 0
                ? XenNames.argument(effect.place().number(), index, values.constantOnes())
                : Optional.empty();
        return named.orElseGet(() -> words(values));
    }

    private String words(ValueSummary values) {
        return ValueWords.ofEffect(signature, Bits.numbered(), effect.calls())
                .term(values)
                .orElse("*");
    }
}
