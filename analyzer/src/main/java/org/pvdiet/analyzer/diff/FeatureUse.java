package org.pvdiet.analyzer.diff;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongPredicate;
import org.pvdiet.analyzer.contract.Tally;

/**
 * Something in a trace that a kernel does only where CPUID says that the processor has a feature.
 *
 * @param what it is, and what is counted
 * @param in counts it
 */
record FeatureUse(String feature, String what, Function<MachineUse, Optional<Tally>> in) {
    /** Registers: SDM volume 4, chapter 2, and volume 3, section 12.11 (MTRRs). Page sizes: SDM volume 3, section 4.1.4. */
    static final List<FeatureUse> ALL = List.of(
            registers("MTRR", "calls about MTRRs", FeatureUse::isMtrr),
            registers("SEP", "calls about IA32_SYSENTER_*", index -> index >= 0x174 && index <= 0x176),
            registers("PAT", "calls about IA32_PAT", index -> index == 0x277),
            registers("MCA", "calls about IA32_MCG_*, IA32_MC*", FeatureUse::isMachineCheck),
            registers("APIC", "calls about IA32_APIC_BASE", index -> index == 0x1b),
            registers("x2APIC", "calls about x2APIC registers", index -> index >= 0x800 && index < 0x900),
            registers("SYSCALL", "calls about STAR, LSTAR, CSTAR, FMASK", FeatureUse::isSyscall),
            registers("RDTSCP", "calls about IA32_TSC_AUX", index -> index == 0xc0000103L),
            new FeatureUse("PSE", "entries that map 2 MiB", use -> use.largePages(2)),
            new FeatureUse("Page1GB", "entries that map 1 GiB", use -> use.largePages(3)));

    private static FeatureUse registers(String feature, String what, LongPredicate index) {
        return new FeatureUse(feature, what, use -> use.register(index));
    }

    private static boolean isMtrr(long index) {
        return index == 0xfe
                || (index >= 0x200 && index <= 0x20f)
                || index == 0x250
                || index == 0x258
                || index == 0x259
                || (index >= 0x268 && index <= 0x26f)
                || index == 0x2ff;
    }

    private static boolean isMachineCheck(long index) {
        return (index >= 0x179 && index <= 0x17b) || (index >= 0x400 && index < 0x480);
    }

    private static boolean isSyscall(long index) {
        return index >= 0xc0000081L && index <= 0xc0000084L;
    }
}
