package org.pvdiet.analyzer.words;

/** Descriptor tables by their numbers in traces: GDTR, IDTR, LDTR, TR. */
public final class DescriptorTable {
    public static final long LDTR = 2;

    private DescriptorTable() {}

    /** Whether its register holds a selector, as LDTR and TR do, and no address (SDM volume 3, 2.4 Memory-Management Registers). */
    public static boolean holdsSelector(long number) {
        return number >= LDTR;
    }
}
