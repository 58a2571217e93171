package org.pvdiet.emulator.guest;

import java.util.List;

/** A way in which a kernel image tells where its hooks are invoked. */
sealed interface SiteDiscovery permits ParaInstructions, PatchAlternatives, TextScan {

    /** A site before it has a number and a name. */
    record Found(long address, int length, Hook hook, Site.Origin origin, Site.Form form) {}

    /** All sites that this way finds, in any order. */
    List<Found> find(ElfImage elf, Slots slots, Kallsyms kallsyms);

    /** The section that lists the sites. */
    String section();

    /** The list that this image has. */
    static SiteDiscovery listed(ElfImage elf) {
        if (elf.section(ParaInstructions.SECTION).isPresent()) {
            return new ParaInstructions();
        }
        if (elf.section(PatchAlternatives.SECTION).isPresent()) {
            return new PatchAlternatives();
        }
        throw new BadImageException(elf.file().file() + ": neither " + ParaInstructions.SECTION + " nor "
                + PatchAlternatives.SECTION + " is there, so the hooks' call sites are not listed;"
                + " the kernel is built without CONFIG_PARAVIRT, or its section headers are stripped");
    }
}
