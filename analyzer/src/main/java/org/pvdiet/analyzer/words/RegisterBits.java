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
    EFER("SCE - - - - - - - LME - LMA NXE SVME LMSLE FFXSR TCE"),
    /** SDM volume 2, CPUID, "Feature Information Returned in the ECX Register". */
    CPUID_1_ECX(
            "SSE3 PCLMULQDQ DTES64 MONITOR DS-CPL VMX SMX EIST TM2 SSSE3 CNXT-ID SDBG FMA CX16 xTPR PDCM - PCID DCA SSE4.1"
                    + " SSE4.2 x2APIC MOVBE POPCNT TSC-Deadline AES XSAVE OSXSAVE AVX F16C RDRAND hypervisor"),
    /** The same, "in the EDX Register". */
    CPUID_1_EDX(
            "FPU VME DE PSE TSC MSR PAE MCE CX8 APIC - SEP MTRR PGE MCA CMOV PAT PSE-36 PSN CLFSH - DS ACPI MMX FXSR SSE"
                    + " SSE2 SS HTT TM - PBE"),
    /** SDM volume 2, CPUID, leaf 7. */
    CPUID_7_EBX("FSGSBASE TSC_ADJUST SGX BMI1 HLE AVX2 - SMEP BMI2 ERMS INVPCID RTM - - MPX - - - RDSEED ADX SMAP"),
    /** APM volume 3, appendix E.4.2. */
    CPUID_80000001_ECX(
            "LAHF CmpLegacy SVM ExtApicSpace AltMovCr8 ABM SSE4A MisAlignSse 3DNowPrefetch OSVW IBS XOP SKINIT WDT -"
                    + " LWP FMA4 TCE - - - TBM TopologyExt"),
    /** The same; bits that repeat leaf 1 have its names. */
    CPUID_80000001_EDX(
            "FPU VME DE PSE TSC MSR PAE MCE CX8 APIC - SYSCALL MTRR PGE MCA CMOV PAT PSE-36 - - NX - MMXEXT MMX FXSR"
                    + " FFXSR Page1GB RDTSCP - LM 3DNowExt 3DNow");

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
