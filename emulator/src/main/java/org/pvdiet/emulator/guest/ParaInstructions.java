package org.pvdiet.emulator.guest;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Sites as Linux before 6.8 lists them: entries of {address 8, hook's index in the table 1, length 1},
 * padded to 16 bytes (struct paravirt_patch_site, arch/x86/include/asm/paravirt_types.h, Linux 6.1).
 */
record ParaInstructions() implements SiteDiscovery {
    static final String SECTION = ".parainstructions";
    private static final int ENTRY = 16;

    @Override
    public String section() {
        return SECTION;
    }

    @Override
    public List<Found> find(ElfImage elf, Map<Long, Hook> bySlot, Kallsyms kallsyms) {
        Bytes table = elf.section(SECTION).orElseThrow().bytes();
        long base = bySlot.keySet().stream().min(Long::compareUnsigned).orElseThrow();
        List<Found> found = new ArrayList<>();
        for (long at = 0; at + ENTRY <= table.size(); at += ENTRY) {
            long address = table.u64(at);
            Hook hook = bySlot.get(base + 8L * table.u8(at + 8));
            if (hook == null) {
                throw table.bad(at, "a site names hook " + table.u8(at + 8) + ", which pv_ops does not have");
            }
            long entry = at;
            Bytes text = elf.at(address)
                    .orElseThrow(() -> table.bad(
                            entry, "a site is at 0x" + Long.toHexString(address) + ", where nothing is loaded"));
            Site.Form form = SlotOperand.at(text, 0, address, bySlot)
                            .filter(o -> o.kind() == SlotOperand.Kind.JUMP)
                            .isPresent()
                    ? Site.Form.JUMP
                    : Site.Form.CALL;
            found.add(new Found(address, table.u8(at + 9), hook, Site.Origin.PARAINSTRUCTIONS, form));
        }
        return found;
    }
}
