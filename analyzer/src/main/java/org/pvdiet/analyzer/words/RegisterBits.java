package org.pvdiet.analyzer.words;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.List;

/** The names of a register's bits. */
public enum RegisterBits {
    /** SDM volume 3, section 2.5. */
    CR0("PE MP EM TS ET NE - - - - - - - - - - WP - AM - - - - - - - - - - NW CD PG"),
    CR4(
            "VME PVI TSD DE PSE PAE MCE PGE PCE OSFXSR OSXMMEXCPT UMIP LA57 VMXE SMXE - FSGSBASE PCIDE OSXSAVE KL SMEP SMAP PKE CET"
                    + " PKS"),
    /** SDM volume 3, section 2.3; bit 1 is always set. */
    RFLAGS("CF - PF - AF - ZF SF TF IF DF OF IOPL0 IOPL1 NT - RF VM AC VIF VIP ID"),
    /** SDM volume 3, section 2.2.1, and APM volume 2, section 3.1.7. */
    EFER("SCE - - - - - - - LME - LMA NXE SVME LMSLE FFXSR TCE");

    private static final long RFLAGS_FIXED = 2;

    private final ImmutableList<String> names;

    RegisterBits(String names) {
        this.names = ImmutableList.copyOf(Splitter.on(' ').split(names));
    }

    /** The bits of {@code value}, {@code PE ET WP PG}. */
    public String names(long value) {
        List<String> found = new ArrayList<>();
        long bits = this == RFLAGS ? value & ~RFLAGS_FIXED : value;
        for (int bit = 0; bit < Long.SIZE; bit++) {
            if ((bits >>> bit & 1) != 0) {
                found.add(bit < names.size() && !names.get(bit).equals("-") ? names.get(bit) : "bit " + bit);
            }
        }
        return String.join(" ", found);
    }

    /** What changed, {@code +PGE -SMEP}. */
    public String change(long from, long to) {
        List<String> found = new ArrayList<>();
        for (int bit = 0; bit < Long.SIZE; bit++) {
            if (((from ^ to) >>> bit & 1) != 0) {
                String name = bit < names.size() && !names.get(bit).equals("-") ? names.get(bit) : "bit" + bit;
                found.add(((to >>> bit & 1) != 0 ? "+" : "-") + name);
            }
        }
        return String.join(" ", found);
    }
}
