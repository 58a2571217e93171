package org.pvdiet.emulator.guest;

import java.util.ArrayList;
import java.util.List;

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
    public List<Found> find(ElfImage elf, Slots slots, Kallsyms kallsyms) {
        Bytes table = elf.section(SECTION).orElseThrow().bytes();
        List<Found> found = new ArrayList<>();
        for (long at = 0; at + ENTRY <= table.size(); at += ENTRY) {
            long address = table.u64(at);
            long entry = at;
            Hook hook = slots.word(table.u8(at + 8))
                    .orElseThrow(() -> table.bad(
                            entry, "a site names word " + table.u8(entry + 8) + " of pv_ops, which is no hook"));
            Bytes text = elf.at(address)
                    .orElseThrow(() -> table.bad(
                            entry, "a site is at 0x" + Long.toHexString(address) + ", where nothing is loaded"));
            Site.Form form = SlotOperand.at(text, 0, address, slots)
                            .filter(o -> o.kind() == SlotOperand.Kind.JUMP)
                            .isPresent()
                    ? Site.Form.JUMP
                    : Site.Form.CALL;
            found.add(new Found(address, table.u8(at + 9), hook, Site.Origin.PARAINSTRUCTIONS, form));
        }
        return found;
    }
}
