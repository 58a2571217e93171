package org.pvdiet.analyzer.contract;

import java.util.ArrayList;
import java.util.List;
import org.pvdiet.analyzer.words.PageTableEntry;
import org.pvdiet.analyzer.words.RegisterBits;

/** The names of a value's bits, by what the value is. */
interface Bits {
    /** Those of a mask, {@code PGE PSE}. */
    String names(long mask);

    /** Whether bits have names, so that one that changes is something to know even where few calls show it. */
    default boolean named() {
        return true;
    }

    /** Each of a mask's bits by its name, {@code PGE, PSE}. */
    default String list(long mask) {
        List<String> each = new ArrayList<>();
        for (long rest = mask & ~field(); rest != 0; rest &= rest - 1) {
            each.add(names(Long.lowestOneBit(rest)));
        }
        return String.join(", ", each);
    }

    /** Bits that count as one thing, such as the frame number of a page-table entry. */
    default long field() {
        return 0;
    }

    /** Of a page-table entry. */
    static Bits entry(int level) {
        return new Bits() {
            @Override
            public String names(long mask) {
                String flags = PageTableEntry.flagNames(mask, level);
                return (mask & field()) == 0 ? flags : flags.isEmpty() ? "frame number" : flags + " frame number";
            }

            @Override
            public long field() {
                return PageTableEntry.FRAME_MASK;
            }
        };
    }

    /** Of a register whose bits have names. */
    static Bits register(RegisterBits register) {
        return register::names;
    }

    /** Of any other value, {@code bit 9}, {@code bits 0-7 and 9}. */
    static Bits numbered() {
        return new Bits() {
            @Override
            public String names(long mask) {
                return ranges(mask);
            }

            @Override
            public boolean named() {
                return false;
            }
        };
    }

    private static String ranges(long mask) {
        List<String> ranges = new ArrayList<>();
        int bit = 0;
        while (bit < Long.SIZE) {
            if ((mask >>> bit & 1) == 0) {
                bit++;
                continue;
            }
            int from = bit;
            while (bit < Long.SIZE && (mask >>> bit & 1) != 0) {
                bit++;
            }
            ranges.add(from == bit - 1 ? Integer.toString(from) : from + "-" + (bit - 1));
        }
        String list = String.join(", ", ranges);
        return Long.bitCount(mask) == 1 ? "bit " + list : "bits " + list;
    }
}
