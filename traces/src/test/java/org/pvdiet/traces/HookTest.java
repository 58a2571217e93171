package org.pvdiet.traces;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.pvdiet.traces.Hook.Target;

class HookTest {
    private static final Optional<Target> NATIVE = Optional.of(new Target(0x10, Optional.of("native_set_pgd")));
    private static final Optional<Target> XEN = Optional.of(new Target(0x20, Optional.of("xen_set_pte")));
    private static final Optional<Target> EMPTY = Optional.empty();

    private static Hook hook(Optional<Target> entry, Optional<Target> setup, Optional<Target> patched) {
        return new Hook(
                0, "mmu", "set_pgd", "", 0, false, entry, setup, patched, Optional.empty(), OptionalLong.empty());
    }

    @Test
    void leadsWhereItDidLast() {
        Hook hook = hook(NATIVE, XEN, XEN);
        assertEquals(XEN, hook.latest(List.of(hook)));
        Hook before = hook(NATIVE, EMPTY, EMPTY);
        assertEquals(NATIVE, before.latest(List.of(before)));
    }

    /** Another hook of the table shows that the run went on. */
    @Test
    void leadsNowhereOnceItsSlotWasEmptied() {
        Hook emptied = hook(NATIVE, EMPTY, EMPTY);
        assertEquals(EMPTY, emptied.latest(List.of(emptied, hook(NATIVE, XEN, XEN))));
        assertEquals(EMPTY, emptied.latest(List.of(emptied, hook(NATIVE, XEN, EMPTY))));
    }

    @Test
    void isNamedByItsSymbolElseByItsAddress() {
        assertEquals("xen_set_pte", XEN.orElseThrow().name());
        assertEquals("0xffffffff81000000", new Target(0xffffffff81000000L, Optional.empty()).name());
    }
}
