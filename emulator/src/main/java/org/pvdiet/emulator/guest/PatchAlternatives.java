package org.pvdiet.emulator.guest;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Sites as Linux 6.8 and later list them: alternatives whose original instruction is a call through a
 * slot. An entry is {site 4 and replacement 4, each relative to its own field; feature and flags 4;
 * length of the original 1, of the replacement 1} (struct alt_instr, arch/x86/include/asm/alternative.h).
 */
record PatchAlternatives() implements SiteDiscovery {
    static final String SECTION = ".altinstructions";
    private static final int ENTRY = 14;
    private static final int LENGTH = 12;

    @Override
    public String section() {
        return SECTION;
    }

    @Override
    public List<Found> find(ElfImage elf, Slots slots, Kallsyms kallsyms) {
        ElfImage.Section section = elf.section(SECTION).orElseThrow();
        Bytes table = section.bytes();
        Map<Long, Found> found = new LinkedHashMap<>();
        for (long at = 0; at + ENTRY <= table.size(); at += ENTRY) {
            long address = section.address() + at + table.s32(at);
            int length = table.u8(at + LENGTH);
            // A site with several alternatives has several entries of the same length.
            elf.at(address)
                    .flatMap(text -> SlotOperand.at(text, 0, address, slots))
                    .filter(operand -> operand.kind() != SlotOperand.Kind.LOAD)
                    .ifPresent(operand -> found.merge(
                            address,
                            new Found(
                                    address,
                                    length,
                                    operand.hook(),
                                    Site.Origin.ALTERNATIVES,
                                    operand.kind() == SlotOperand.Kind.JUMP ? Site.Form.JUMP : Site.Form.CALL),
                            (a, b) -> a.length() >= b.length() ? a : b));
        }
        return List.copyOf(found.values());
    }
}
