package org.pvdiet.analyzer.words;

import com.google.common.collect.ImmutableMap;
import java.util.Map;
import java.util.Optional;

/** What Xen's public headers call hypercalls, and what is in their arguments. */
public final class XenNames {
    private static final int SET_DEBUGREG = 8;
    private static final int GET_DEBUGREG = 9;
    private static final int UPDATE_VA_MAPPING = 14;
    private static final int UPDATE_VA_MAPPING_FLAGS = 2;
    private static final int MMUEXT_OP = 26;
    private static final int TLB_FLUSH_LOCAL = 6;
    private static final int TLB_FLUSH_MULTI = 8;
    private static final int INVLPG_MULTI = 9;
    private static final int TLB_FLUSH_ALL = 10;
    private static final int FLUSH_CACHE = 12;
    private static final int SET_LDT = 13;
    private static final int COPY_PAGE = 17;
    private static final int FLUSH_CACHE_GLOBAL = 18;
    private static final long DOMID_SELF = 0x7ff0;

    /** UVMF_FLUSHTYPE_MASK; above it UVMF_LOCAL or UVMF_ALL, or the address of a bit map of processors. */
    private static final String[] FLUSHES = {"UVMF_NONE", "UVMF_TLB_FLUSH", "UVMF_INVLPG"};

    private static final long UVMF_ALL = 4;

    /** Xen's public/xen.h, section "HYPERCALLS". */
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

    /** Commands in a hypercall's first argument; of mmuext_op, those of its operations. */
    private static final Map<Integer, Map<Integer, String>> COMMANDS =
            ImmutableMap.<Integer, Map<Integer, String>>builder()
                    // memory.h
                    .put(
                            12,
                            named(
                                    "XENMEM_",
                                    "increase_reservation",
                                    "decrease_reservation",
                                    "maximum_ram_page",
                                    "current_reservation",
                                    "maximum_reservation",
                                    "machphys_mfn_list",
                                    "populate_physmap",
                                    "add_to_physmap",
                                    "",
                                    "memory_map",
                                    "machine_memory_map",
                                    "exchange",
                                    "machphys_mapping",
                                    "set_memory_map",
                                    "maximum_gpfn",
                                    "remove_from_physmap"))
                    // version.h
                    .put(
                            17,
                            named(
                                    "XENVER_",
                                    "version",
                                    "extraversion",
                                    "compile_info",
                                    "capabilities",
                                    "changeset",
                                    "platform_parameters",
                                    "get_features",
                                    "pagesize",
                                    "guest_handle",
                                    "commandline",
                                    "build_id"))
                    // xen.h
                    .put(18, named("CONSOLEIO_", "write", "read"))
                    // grant_table.h
                    .put(
                            20,
                            named(
                                    "GNTTABOP_",
                                    "map_grant_ref",
                                    "unmap_grant_ref",
                                    "setup_table",
                                    "dump_table",
                                    "transfer",
                                    "copy",
                                    "query_size",
                                    "unmap_and_replace",
                                    "set_version",
                                    "get_status_frames",
                                    "get_version",
                                    "swap_grant_ref",
                                    "cache_flush"))
                    // xen.h
                    .put(21, named("VMASST_CMD_", "enable", "disable"))
                    // vcpu.h
                    .put(
                            24,
                            named(
                                    "VCPUOP_",
                                    "initialise",
                                    "up",
                                    "down",
                                    "is_up",
                                    "get_runstate_info",
                                    "register_runstate_memory_area",
                                    "set_periodic_timer",
                                    "stop_periodic_timer",
                                    "set_singleshot_timer",
                                    "stop_singleshot_timer",
                                    "register_vcpu_info",
                                    "send_nmi",
                                    "get_physid",
                                    "register_vcpu_time_memory_area"))
                    // arch-x86/xen-x86_64.h
                    .put(25, named("SEGBASE_", "FS", "GS_USER", "GS_KERNEL", "GS_USER_SEL"))
                    // xen.h
                    .put(
                            26,
                            named(
                                    "MMUEXT_",
                                    "PIN_L1_TABLE",
                                    "PIN_L2_TABLE",
                                    "PIN_L3_TABLE",
                                    "PIN_L4_TABLE",
                                    "UNPIN_TABLE",
                                    "NEW_BASEPTR",
                                    "TLB_FLUSH_LOCAL",
                                    "INVLPG_LOCAL",
                                    "TLB_FLUSH_MULTI",
                                    "INVLPG_MULTI",
                                    "TLB_FLUSH_ALL",
                                    "INVLPG_ALL",
                                    "FLUSH_CACHE",
                                    "SET_LDT",
                                    "",
                                    "NEW_USER_BASEPTR",
                                    "CLEAR_PAGE",
                                    "COPY_PAGE",
                                    "FLUSH_CACHE_GLOBAL",
                                    "MARK_SUPER",
                                    "UNMARK_SUPER"))
                    // sched.h
                    .put(
                            29,
                            named(
                                    "SCHEDOP_",
                                    "yield",
                                    "block",
                                    "shutdown",
                                    "poll",
                                    "remote_shutdown",
                                    "shutdown_code",
                                    "watchdog",
                                    "pin_override"))
                    // callback.h
                    .put(30, named("CALLBACKOP_", "register", "unregister"))
                    // event_channel.h
                    .put(
                            32,
                            named(
                                    "EVTCHNOP_",
                                    "bind_interdomain",
                                    "bind_virq",
                                    "bind_pirq",
                                    "close",
                                    "send",
                                    "status",
                                    "alloc_unbound",
                                    "bind_ipi",
                                    "bind_vcpu",
                                    "unmask",
                                    "reset",
                                    "init_control",
                                    "expand_array",
                                    "set_priority",
                                    "reset_cont"))
                    // physdev.h
                    .put(
                            33,
                            named(
                                    "PHYSDEVOP_",
                                    "",
                                    "",
                                    "",
                                    "",
                                    "IRQ_UNMASK_NOTIFY",
                                    "irq_status_query",
                                    "set_iopl",
                                    "set_iobitmap",
                                    "apic_read",
                                    "apic_write",
                                    "alloc_irq_vector",
                                    "free_irq_vector",
                                    "eoi",
                                    "map_pirq",
                                    "unmap_pirq"))
                    .buildOrThrow();

    private XenNames() {}

    /** By number from 0; where there is no name, empty. */
    private static Map<Integer, String> named(String prefix, String... names) {
        ImmutableMap.Builder<Integer, String> commands = ImmutableMap.builder();
        for (int i = 0; i < names.length; i++) {
            if (!names[i].isEmpty()) {
                commands.put(i, prefix + names[i]);
            }
        }
        return commands.buildOrThrow();
    }

    /** Whether a hypercall's first argument says what it is to do. */
    public static boolean hasCommand(long hypercall) {
        return hypercall != MMUEXT_OP && COMMANDS.containsKey((int) hypercall)
                || hypercall == SET_DEBUGREG
                || hypercall == GET_DEBUGREG;
    }

    /** {@code sched_op(SCHEDOP_block)}; {@code command} may be anything for a hypercall without commands. */
    public static String hypercall(long number, long command) {
        String name = HYPERCALLS.getOrDefault((int) number, "hypercall " + number);
        if (number == SET_DEBUGREG || number == GET_DEBUGREG) {
            return name + "(DR" + command + ")";
        }
        return hasCommand(number) ? name + "(" + operation(number, command) + ")" : name;
    }

    /** What one operation is called that a hypercall was given in a list, {@code MMUEXT_INVLPG_LOCAL}. */
    public static String operation(long hypercall, long command) {
        Map<Integer, String> commands = COMMANDS.getOrDefault((int) hypercall, Map.of());
        return command == (int) command && commands.containsKey((int) command)
                ? commands.get((int) command)
                : Long.toString(command);
    }

    /** How many of the two arguments of an mmuext_op operation count, from the first (xen.h, struct mmuext_op). */
    public static int operationArguments(long command) {
        return switch ((int) command) {
            case TLB_FLUSH_LOCAL, TLB_FLUSH_ALL, FLUSH_CACHE, FLUSH_CACHE_GLOBAL -> 0;
            case TLB_FLUSH_MULTI, INVLPG_MULTI, SET_LDT, COPY_PAGE -> 2;
            default -> 1;
        };
    }

    /** What a hypercall's argument is called that is the same in all calls; empty where the headers have no name for it. */
    public static Optional<String> argument(long hypercall, int index, long value) {
        if (hypercall == UPDATE_VA_MAPPING && index == UPDATE_VA_MAPPING_FLAGS && value >= 0 && value <= UVMF_ALL + 2) {
            int flush = (int) value & 3;
            return flush == FLUSHES.length
                    ? Optional.empty()
                    : Optional.of(FLUSHES[flush] + (flush == 0 ? "" : value >= UVMF_ALL ? "|UVMF_ALL" : "|UVMF_LOCAL"));
        }
        return value == DOMID_SELF ? Optional.of("DOMID_SELF") : Optional.empty();
    }
}
