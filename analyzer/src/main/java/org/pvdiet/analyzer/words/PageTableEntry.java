package org.pvdiet.analyzer.words;

import java.util.ArrayList;
import java.util.List;

/** The fields of a page-table entry, SDM volume 3, section 4.5. */
public final class PageTableEntry {
    /** Bits 51 to 12. */
    public static final long FRAME_MASK = 0x000ffffffffff000L;

    private static final int FRAME_SHIFT = 12;
    private static final long PRESENT = 1;
    private static final long PAGE_SIZE = 1 << 7;
    private static final String[] LOW = {"P", "RW", "US", "PWT", "PCD", "A", "D", "", "G", "SW9", "SW10", "SW11"};
    private static final int FIRST_HIGH = 52;

    private PageTableEntry() {}

    public static boolean isPresent(long entry) {
        return (entry & PRESENT) != 0;
    }

    /** The frame's number. */
    public static long frame(long entry) {
        return (entry & FRAME_MASK) >>> FRAME_SHIFT;
    }

    /** All but the frame. */
    public static long flags(long entry) {
        return entry & ~FRAME_MASK;
    }

    /** Names of the bits set, {@code P RW US A D NX}; bit 7 is PAT at level 1 and PS above. */
    public static String flagNames(long entry, int level) {
        return String.join(" ", flagList(entry, level));
    }

    /** The same, one by one. */
    public static List<String> flagList(long entry, int level) {
        List<String> names = new ArrayList<>();
        for (int bit = 0; bit < LOW.length; bit++) {
            if ((entry >>> bit & 1) != 0) {
                names.add(bit == 7 ? level == 1 ? "PAT" : "PS" : LOW[bit]);
            }
        }
        for (int bit = FIRST_HIGH; bit < 63; bit++) {
            if ((entry >>> bit & 1) != 0) {
                names.add("bit " + bit);
            }
        }
        if (entry < 0) {
            names.add("NX");
        }
        return names;
    }

    /** Whether the entry maps a page and does not point to a table. */
    public static boolean isLeaf(long entry, int level) {
        return level == 1 || (entry & PAGE_SIZE) != 0;
    }
}
