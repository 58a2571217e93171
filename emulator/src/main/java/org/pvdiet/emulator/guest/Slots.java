package org.pvdiet.emulator.guest;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The hooks by where their function pointers are. */
final class Slots {
    private final long base;
    private final long lowest;
    private final long highest;
    private final Map<Long, Hook> byAddress = new HashMap<>();

    Slots(long pvOps, List<Hook> hooks) {
        base = pvOps;
        lowest = hooks.stream().mapToLong(Hook::slot).min().orElse(Long.MAX_VALUE);
        highest = hooks.stream().mapToLong(Hook::slot).max().orElse(Long.MIN_VALUE);
        hooks.forEach(hook -> byAddress.put(hook.slot(), hook));
    }

    /**
     * A quick test for whole texts: false where four bytes are neither a slot's address nor lead to one from the end of the
     * instruction. The kernel's text and data are within 2 GiB of each other, and of the highest address.
     */
    boolean mayMean(int operand, int end) {
        return Integer.toUnsignedLong(operand + end - (int) lowest) <= highest - lowest
                || Integer.toUnsignedLong(operand - (int) lowest) <= highest - lowest;
    }

    Optional<Hook> at(long address) {
        if (address < lowest || address > highest) {
            return Optional.empty();
        }
        return Optional.ofNullable(byAddress.get(address));
    }

    /** The hook whose pointer is the table's word of this index (PARAVIRT_PATCH, Linux 6.1). */
    Optional<Hook> word(int index) {
        return at(base + (long) Long.BYTES * index);
    }
}
