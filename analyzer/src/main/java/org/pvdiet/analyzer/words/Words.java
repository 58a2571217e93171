package org.pvdiet.analyzer.words;

import com.google.common.collect.ImmutableMap;
import java.util.Map;

/** What numbers are called: vectors, MSRs, segment registers. */
public final class Words {
    /** SDM volume 3, table 6-1. */
    private static final String[] EXCEPTIONS = {
        "#DE",
        "#DB",
        "NMI",
        "#BP",
        "#OF",
        "#BR",
        "#UD",
        "#NM",
        "#DF",
        "vector 9",
        "#TS",
        "#NP",
        "#SS",
        "#GP",
        "#PF",
        "vector 15",
        "#MF",
        "#AC",
        "#MC",
        "#XM",
        "#VE",
        "#CP"
    };

    private static final String[] SEGMENTS = {"ES", "CS", "SS", "DS", "FS", "GS", "FS base", "GS base", "kernel GS base"
    };
    private static final String[] DESCRIPTOR_TABLES = {"GDTR", "IDTR", "LDTR", "TR"};

    /** The machine-check banks, SDM volume 3, 15.3.2 Error-Reporting Register Banks: four registers each, 32 banks at most. */
    private static final long FIRST_BANK = 0x400;

    private static final long END_OF_BANKS = 0x480;
    private static final String[] BANK = {"CTL", "STATUS", "ADDR", "MISC"};

    /** SDM volume 4, chapter 2, and AMD's APM volume 2, appendix A, under Linux's names (asm/msr-index.h). */
    private static final Map<Long, String> MSRS = ImmutableMap.<Long, String>builder()
            .put(0x10L, "IA32_TSC")
            .put(0x17L, "IA32_PLATFORM_ID")
            .put(0x1bL, "IA32_APICBASE")
            .put(0x2aL, "IA32_EBL_CR_POWERON")
            .put(0x33L, "MSR_TEST_CTRL")
            .put(0x34L, "MSR_SMI_COUNT")
            .put(0x3aL, "IA32_FEAT_CTL")
            .put(0x3bL, "IA32_TSC_ADJUST")
            .put(0x48L, "IA32_SPEC_CTRL")
            .put(0x49L, "IA32_PRED_CMD")
            .put(0x8bL, "IA32_UCODE_REV")
            .put(0xc1L, "IA32_PERFCTR0")
            .put(0xc2L, "IA32_PERFCTR1")
            .put(0xceL, "MSR_PLATFORM_INFO")
            .put(0xcfL, "IA32_CORE_CAPS")
            .put(0xe7L, "IA32_MPERF")
            .put(0xe8L, "IA32_APERF")
            .put(0xfeL, "MSR_MTRRcap")
            .put(0x10aL, "IA32_ARCH_CAPABILITIES")
            .put(0x10bL, "IA32_FLUSH_CMD")
            .put(0x122L, "IA32_TSX_CTRL")
            .put(0x140L, "MSR_MISC_FEATURES_ENABLES")
            .put(0x174L, "IA32_SYSENTER_CS")
            .put(0x175L, "IA32_SYSENTER_ESP")
            .put(0x176L, "IA32_SYSENTER_EIP")
            .put(0x179L, "IA32_MCG_CAP")
            .put(0x17aL, "IA32_MCG_STATUS")
            .put(0x17bL, "IA32_MCG_CTL")
            .put(0x186L, "MSR_P6_EVNTSEL0")
            .put(0x187L, "MSR_P6_EVNTSEL1")
            .put(0x199L, "IA32_PERF_CTL")
            .put(0x19cL, "IA32_THERM_STATUS")
            .put(0x1a0L, "IA32_MISC_ENABLE")
            .put(0x1b0L, "IA32_ENERGY_PERF_BIAS")
            .put(0x1d9L, "IA32_DEBUGCTL")
            .put(0x277L, "IA32_CR_PAT")
            .put(0x2ffL, "MSR_MTRRdefType")
            .put(0x345L, "IA32_PERF_CAPABILITIES")
            .put(0x38dL, "MSR_CORE_PERF_FIXED_CTR_CTRL")
            .put(0x38eL, "MSR_CORE_PERF_GLOBAL_STATUS")
            .put(0x38fL, "MSR_CORE_PERF_GLOBAL_CTRL")
            .put(0x3f1L, "IA32_PEBS_ENABLE")
            .put(0x606L, "MSR_RAPL_POWER_UNIT")
            .put(0x6e0L, "IA32_TSC_DEADLINE")
            .put(0xda0L, "IA32_XSS")
            .put(0xc0000080L, "EFER")
            .put(0xc0000081L, "STAR")
            .put(0xc0000082L, "LSTAR")
            .put(0xc0000083L, "CSTAR")
            .put(0xc0000084L, "SYSCALL_MASK")
            .put(0xc0000100L, "FS_BASE")
            .put(0xc0000101L, "GS_BASE")
            .put(0xc0000102L, "KERNEL_GS_BASE")
            .put(0xc0000103L, "TSC_AUX")
            .put(0xc0010000L, "K7_EVNTSEL0")
            .put(0xc0010001L, "K7_EVNTSEL1")
            .put(0xc0010002L, "K7_EVNTSEL2")
            .put(0xc0010003L, "K7_EVNTSEL3")
            .put(0xc0010004L, "K7_PERFCTR0")
            .put(0xc0010005L, "K7_PERFCTR1")
            .put(0xc0010006L, "K7_PERFCTR2")
            .put(0xc0010007L, "K7_PERFCTR3")
            .put(0xc0010015L, "K7_HWCR")
            .put(0xc0010010L, "AMD64_SYSCFG")
            .put(0xc001001aL, "K8_TOP_MEM1")
            .put(0xc001001dL, "K8_TOP_MEM2")
            .put(0xc001001fL, "AMD64_NB_CFG")
            .put(0xc0010055L, "K8_INT_PENDING_MSG")
            .put(0xc0010117L, "VM_HSAVE_PA")
            .put(0xc001011fL, "AMD64_VIRT_SPEC_CTRL")
            .put(0xc0010140L, "AMD64_OSVW_ID_LENGTH")
            .put(0xc0010141L, "AMD64_OSVW_STATUS")
            .put(0xc0011020L, "AMD64_LS_CFG")
            .put(0xc0011022L, "AMD64_DC_CFG")
            .put(0xc0011023L, "AMD64_BU_CFG2")
            .put(0xc0011029L, "F10H_DECFG")
            .buildOrThrow();

    private Words() {}

    /** {@code #GP}. */
    public static String exception(long vector) {
        return at(EXCEPTIONS, vector, "vector ");
    }

    /** {@code EFER}, or {@code MSR 0x1234}. */
    public static String msr(long index) {
        if (index >= 0x200 && index < 0x210) {
            return (index % 2 == 0 ? "MTRRphysBase" : "MTRRphysMask") + (index - 0x200) / 2;
        }
        if (index >= FIRST_BANK && index < END_OF_BANKS) {
            return "IA32_MC" + (index - FIRST_BANK) / BANK.length + "_"
                    + BANK[(int) (index - FIRST_BANK) % BANK.length];
        }
        return MSRS.getOrDefault(index, "MSR 0x" + Long.toHexString(index));
    }

    /** {@code FS base}. */
    public static String segment(long number) {
        return at(SEGMENTS, number, "segment ");
    }

    /** {@code GDTR}. */
    public static String descriptorTable(long number) {
        return at(DESCRIPTOR_TABLES, number, "descriptor table ");
    }

    private static String at(String[] names, long number, String otherwise) {
        return number >= 0 && number < names.length ? names[(int) number] : otherwise + number;
    }
}
