/*
 * The part of the Xen PV ABI for x86-64 that the test guest uses: numbers and layouts as in Xen's public
 * headers (xen/include/public: xen.h, arch-x86/xen-x86_64.h, vcpu.h, event_channel.h, ... of 4.17).
 */
#ifndef XEN_H
#define XEN_H

#define VIRT_BASE 0xffffffff80000000
#define PAGE 4096

/* Hypercalls; number n is made by a call of hypercall_page + 32 * n. */
#define HC_set_trap_table 0
#define HC_mmu_update 1
#define HC_set_gdt 2
#define HC_stack_switch 3
#define HC_set_callbacks 4
#define HC_fpu_taskswitch 5
#define HC_set_debugreg 8
#define HC_get_debugreg 9
#define HC_update_descriptor 10
#define HC_memory_op 12
#define HC_multicall 13
#define HC_update_va_mapping 14
#define HC_set_timer_op 15
#define HC_xen_version 17
#define HC_console_io 18
#define HC_vm_assist 21
#define HC_iret 23
#define HC_vcpu_op 24
#define HC_set_segment_base 25
#define HC_mmuext_op 26
#define HC_sched_op 29
#define HC_callback_op 30
#define HC_event_channel_op 32
#define HC_physdev_op 33
#define HC_unused 60

#define DOMID_SELF 0x7ff0

/* mmu_update: the low two bits of ptr. */
#define MMU_NORMAL_PT_UPDATE 0
#define MMU_MACHPHYS_UPDATE 1
#define MMU_PT_UPDATE_PRESERVE_AD 2
#define MMU_PT_UPDATE_NO_TRANSLATE 3

#define MMUEXT_PIN_L1_TABLE 0
#define MMUEXT_PIN_L2_TABLE 1
#define MMUEXT_PIN_L3_TABLE 2
#define MMUEXT_PIN_L4_TABLE 3
#define MMUEXT_UNPIN_TABLE 4
#define MMUEXT_NEW_BASEPTR 5
#define MMUEXT_TLB_FLUSH_LOCAL 6
#define MMUEXT_INVLPG_LOCAL 7
#define MMUEXT_SET_LDT 13
#define MMUEXT_NEW_USER_BASEPTR 15
#define MMUEXT_CLEAR_PAGE 16
#define MMUEXT_COPY_PAGE 17

#define UVMF_INVLPG 2

#define XENVER_version 0
#define XENVER_capabilities 3
#define XENVER_platform_parameters 5
#define XENVER_get_features 6
#define XENVER_pagesize 7

#define XENMEM_increase_reservation 0
#define XENMEM_decrease_reservation 1
#define XENMEM_current_reservation 3
#define XENMEM_machphys_mapping 12

#define VMASST_CMD_enable 0
#define VMASST_CMD_disable 1

#define CALLBACKOP_register 0
#define CALLBACKTYPE_failsafe 1
#define CALLBACKTYPE_syscall 2
#define CALLBACKTYPE_sysenter 5
#define CALLBACKTYPE_syscall32 7
#define CALLBACKF_mask_events 1

#define VCPUOP_is_up 3
#define VCPUOP_get_runstate_info 4
#define VCPUOP_register_runstate_memory_area 5
#define VCPUOP_stop_periodic_timer 7
#define VCPUOP_set_singleshot_timer 8
#define VCPUOP_stop_singleshot_timer 9
#define VCPUOP_register_vcpu_info 10
#define VCPU_SSHOTTMR_future 1

#define SCHEDOP_yield 0
#define SCHEDOP_block 1
#define SCHEDOP_shutdown 2
#define SCHEDOP_poll 3
#define SHUTDOWN_poweroff 0
#define SHUTDOWN_crash 3

#define EVTCHNOP_bind_virq 1
#define EVTCHNOP_close 3
#define EVTCHNOP_send 4
#define EVTCHNOP_status 5
#define EVTCHNOP_bind_ipi 7
#define EVTCHNOP_unmask 9
#define VIRQ_TIMER 0

#define PHYSDEVOP_set_iopl 6

#define SEGBASE_FS 0
#define SEGBASE_GS_USER 1
#define SEGBASE_GS_KERNEL 2

#define FLAT_USER_CS64 0xe033
#define FLAT_USER_SS64 0xe02b

/* The machine-to-physical table: at [mfn] the guest's frame number. */
#define MACHINE_TO_PHYSICAL 0xffff800000000000

#ifndef __ASSEMBLER__
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint64_t u64;
typedef uint32_t u32;
typedef uint16_t u16;
typedef uint8_t u8;

struct start_info {
    char magic[32];
    u64 nr_pages;
    u64 shared_info; /* machine address */
    u32 flags;
    u64 store_mfn;
    u32 store_evtchn;
    u64 console_mfn;
    u32 console_evtchn;
    u64 pt_base; /* virtual address of the L4 table */
    u64 nr_pt_frames;
    u64 mfn_list; /* virtual address of the physical-to-machine table */
};

struct vcpu_time_info {
    u32 version, pad;
    u64 tsc_timestamp, system_time;
    u32 tsc_to_system_mul;
    int8_t tsc_shift;
    u8 flags, pad1[2];
};

struct vcpu_info {
    u8 evtchn_upcall_pending, evtchn_upcall_mask;
    u64 evtchn_pending_sel;
    u64 cr2, pad;
    struct vcpu_time_info time;
};

struct shared_info {
    struct vcpu_info vcpu_info[32];
    u64 evtchn_pending[64];
    u64 evtchn_mask[64];
    u32 wc_version, wc_sec, wc_nsec, wc_sec_hi;
};

struct trap_info {
    u8 vector, flags; /* bits 0-1: who may raise it by int n; bit 2: mask events at entry */
    u16 cs;
    u64 address;
};

struct mmu_update {
    u64 ptr, val;
};

struct mmuext_op {
    u32 cmd;
    u64 arg1, arg2;
};

struct multicall_entry {
    u64 op;
    int64_t result;
    u64 args[6];
};
#endif

#endif
