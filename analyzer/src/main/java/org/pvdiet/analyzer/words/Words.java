package org.pvdiet.analyzer.words;

import com.google.common.collect.ImmutableMap;
import java.util.Map;

/** What numbers are called: vectors, MSRs, segment registers, hypercalls and their commands. */
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
            .put(0xc0010004L, "K7_PERFCTR0")
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

    /** Xen's public header xen.h, section "HYPERCALLS". */
    private static final Map<Integer, String> HYPERCALLS = ImmutableMap.<Integer, String>builder()
            .put(0, "set_trap_table")
            .put(1, "mmu_update")
            .put(2, "set_gdt")
            .put(3, "stack_switch")
            .put(4, "set_callbacks")
            .put(5, "fpu_taskswitch")
            .put(6, "sched_op_compat")
            .put(7, "platform_op")
            .put(8, "set_debugreg")
            .put(9, "get_debugreg")
            .put(10, "update_descriptor")
            .put(12, "memory_op")
            .put(13, "multicall")
            .put(14, "update_va_mapping")
            .put(15, "set_timer_op")
            .put(16, "event_channel_op_compat")
            .put(17, "xen_version")
            .put(18, "console_io")
            .put(19, "physdev_op_compat")
            .put(20, "grant_table_op")
            .put(21, "vm_assist")
            .put(22, "update_va_mapping_otherdomain")
            .put(23, "iret")
            .put(24, "vcpu_op")
            .put(25, "set_segment_base")
            .put(26, "mmuext_op")
            .put(27, "xsm_op")
            .put(28, "nmi_op")
            .put(29, "sched_op")
            .put(30, "callback_op")
            .put(31, "xenoprof_op")
            .put(32, "event_channel_op")
            .put(33, "physdev_op")
            .put(34, "hvm_op")
            .put(35, "sysctl")
            .put(36, "domctl")
            .put(37, "kexec_op")
            .put(40, "xenpmu_op")
            .buildOrThrow();

    /** Commands in a hypercall's first argument: sched.h, vcpu.h, event_channel.h, memory.h, version.h, xen.h. */
    private static final Map<Integer, Map<Integer, String>> COMMANDS = ImmutableMap.of(
            29,
            Map.of(0, "yield", 1, "block", 2, "shutdown", 3, "poll", 5, "shutdown_code", 6, "watchdog"),
            24,
            Map.ofEntries(
                    Map.entry(0, "initialise"),
                    Map.entry(1, "up"),
                    Map.entry(2, "down"),
                    Map.entry(3, "is_up"),
                    Map.entry(4, "get_runstate_info"),
                    Map.entry(5, "register_runstate_memory_area"),
                    Map.entry(6, "set_periodic_timer"),
                    Map.entry(7, "stop_periodic_timer"),
                    Map.entry(8, "set_singleshot_timer"),
                    Map.entry(9, "stop_singleshot_timer"),
                    Map.entry(10, "register_vcpu_info"),
                    Map.entry(11, "send_nmi"),
                    Map.entry(13, "register_vcpu_time_memory_area")),
            32,
            Map.ofEntries(
                    Map.entry(0, "bind_interdomain"),
                    Map.entry(1, "bind_virq"),
                    Map.entry(2, "bind_pirq"),
                    Map.entry(3, "close"),
                    Map.entry(4, "send"),
                    Map.entry(5, "status"),
                    Map.entry(6, "alloc_unbound"),
                    Map.entry(7, "bind_ipi"),
                    Map.entry(8, "bind_vcpu"),
                    Map.entry(9, "unmask"),
                    Map.entry(10, "reset"),
                    Map.entry(11, "init_control"),
                    Map.entry(12, "expand_array"),
                    Map.entry(13, "set_priority")),
            12,
            Map.of(
                    0, "increase_reservation",
                    1, "decrease_reservation",
                    2, "maximum_ram_page",
                    3, "current_reservation",
                    4, "maximum_reservation",
                    6, "populate_physmap",
                    7, "add_to_physmap",
                    9, "memory_map",
                    11, "exchange",
                    12, "machphys_mapping"),
            17,
            Map.of(
                    0, "version",
                    1, "extraversion",
                    2, "compile_info",
                    3, "capabilities",
                    4, "changeset",
                    5, "platform_parameters",
                    6, "get_features",
                    7, "pagesize"),
            18,
            Map.of(0, "write", 1, "read"),
            20,
            Map.of(0, "map_grant_ref", 1, "unmap_grant_ref", 2, "setup_table", 6, "query_size", 8, "set_version"),
            21,
            Map.of(0, "enable", 1, "disable"),
            33,
            Map.of(6, "set_iopl", 7, "set_iobitmap", 8, "apic_read", 9, "apic_write", 12, "eoi", 13, "map_pirq"),
            25,
            Map.of(0, "fs", 1, "gs_user", 2, "gs_kernel", 3, "gs_user_sel"));

    private static final int SET_DEBUGREG = 8;
    private static final int GET_DEBUGREG = 9;

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

    /** Whether a hypercall's first argument says what it is to do. */
    public static boolean hasCommand(long hypercall) {
        return COMMANDS.containsKey((int) hypercall) || hypercall == SET_DEBUGREG || hypercall == GET_DEBUGREG;
    }

    /** {@code sched_op(block)}; {@code command} may be anything for a hypercall without commands. */
    public static String hypercall(long number, long command) {
        String name = HYPERCALLS.getOrDefault((int) number, "hypercall " + number);
        if (number == SET_DEBUGREG || number == GET_DEBUGREG) {
            return name + "(DR" + command + ")";
        }
        Map<Integer, String> commands = COMMANDS.get((int) number);
        return commands == null
                ? name
                : name + "(" + commands.getOrDefault((int) command, Long.toString(command)) + ")";
    }

    private static String at(String[] names, long number, String otherwise) {
        return number >= 0 && number < names.length ? names[(int) number] : otherwise + number;
    }
}
