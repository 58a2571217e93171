/*
 * A Xen PV guest that asks the hypervisor questions and prints the answers, one to a line. expected.txt holds
 * the answers of Xen 4.17, so that another implementation of the ABI can be held against it. A line says
 * nothing that depends on the machine (frame numbers, addresses, speed) or on being domain 0.
 */
#include "xen.h"

#define PRESENT 1UL
#define WRITABLE 2UL
#define USER 4UL
#define ACCESSED 0x20UL
#define DIRTY 0x40UL
#define PSE 0x80UL
#define GLOBAL 0x100UL
#define AVAILABLE 0xe00UL
#define NX (1UL << 63)
#define KERNEL_RW (PRESENT | WRITABLE | ACCESSED | DIRTY)
#define KERNEL_RO (PRESENT | ACCESSED | DIRTY)
#define TABLE (PRESENT | WRITABLE | USER | ACCESSED | DIRTY)
#define FRAME_MASK 0x000ffffffffff000UL

/* An L2 slot of the kernel's tables that the initial mapping leaves free: 800M above VIRT_BASE. */
#define FREE_SLOT 400
#define FREE_VA (VIRT_BASE + FREE_SLOT * 0x200000UL)

extern char hypercall_page[], trap_entries[], int80_entry[], event_entry[], failsafe_entry[], syscall_entry[];
extern char leave_user_mode[];
void enter_user_mode(u64 rip, u64 rsp);

u16 entry_selectors[3];
u64 entry_rflags, entry_rsp;

static const struct start_info *start;
static volatile struct shared_info *shared;
static volatile struct vcpu_info *vcpu;

/* Pages to experiment with. */
typedef u64 page[PAGE / sizeof(u64)] __attribute__((aligned(PAGE)));
static page data, other, l1_table, l2_table, l3_table, l4_table, gdt, ldt, shared_page;
static page user_code, user_stack;

/* ---- Hypercalls ---- */

static long hypercall(u32 number, u64 a, u64 b, u64 c, u64 d)
{
    register u64 r10 __asm__("r10") = d;
    u64 stub = (u64)hypercall_page + number * 32;
    long result;

    __asm__ volatile("call *%[stub]"
                     : "=a"(result), "+D"(a), "+S"(b), "+d"(c), "+r"(r10)
                     : [stub] "0"(stub)
                     : "rcx", "r8", "r9", "r11", "memory");
    return result;
}

#define PADDED(number, a, b, c, d, ...) hypercall(number, (u64)(a), (u64)(b), (u64)(c), (u64)(d))
#define hv(name, ...) PADDED(HC_##name, ##__VA_ARGS__, 0, 0, 0, 0, 0)

/* ---- Output ---- */

static void write(const char *text)
{
    u64 length = 0;

    while (text[length] != '\0')
        length++;
    hv(console_io, 0, length, text);
}

static char line[200];
static u32 line_length;

static void put(const char *text)
{
    while (*text != '\0' && line_length < sizeof(line) - 2)
        line[line_length++] = *text++;
}

static void put_number(long number)
{
    char digits[24];
    u32 i = sizeof(digits) - 1;
    u64 rest = number < 0 ? -(u64)number : (u64)number;

    digits[i] = '\0';
    do {
        digits[--i] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest != 0);
    if (number < 0)
        digits[--i] = '-';
    put(digits + i);
}

static void put_hex(u64 number)
{
    char digits[20];
    u32 i = sizeof(digits) - 1;

    digits[i] = '\0';
    do {
        digits[--i] = "0123456789abcdef"[number & 15];
        number >>= 4;
    } while (number != 0);
    put("0x");
    put(digits + i);
}

static void end_line(void)
{
    line[line_length++] = '\n';
    line[line_length] = '\0';
    line_length = 0;
    write(line);
}

static void begin_line(const char *question)
{
    line_length = 0;
    put("guest: ");
    put(question);
    put(": ");
}

static void answer(const char *question, long number)
{
    begin_line(question);
    put_number(number);
    end_line();
}

static void answer_hex(const char *question, u64 number)
{
    begin_line(question);
    put_hex(number);
    end_line();
}

static void answer_text(const char *question, const char *text)
{
    begin_line(question);
    put(text);
    end_line();
}

/* ---- Exceptions ---- */

struct frame {
    u64 r15, r14, r13, r12, r11, r10, r9, r8, rdi, rsi, rbp, rbx, rdx, rcx, rax;
    u64 vector, error, rip, cs, rflags, rsp, ss;
};

static volatile struct {
    u64 vector, error, rip, cs, rflags, ss, cr2, rax;
} last_trap;
static volatile u64 events, ports_seen;
/* Where an expected exception goes on; 0 where none is expected. */
u64 resume_rip, resume_rsp;

static void die(const char *why)
{
    u32 reason = SHUTDOWN_crash;

    write(why);
    hv(sched_op, SCHEDOP_shutdown, &reason);
    for (;;)
        ;
}

static void take_events(void)
{

    events++;
    vcpu->evtchn_upcall_pending = 0;
    u64 words = __atomic_exchange_n(&vcpu->evtchn_pending_sel, 0, __ATOMIC_SEQ_CST);
    if (words & 1)
        ports_seen |= __atomic_exchange_n(&shared->evtchn_pending[0], 0, __ATOMIC_SEQ_CST);
}

/* Called by the entries in head.S. */
void trap(struct frame *frame)
{
    if (frame->vector == 256) {
        take_events();
        return;
    }
    last_trap.vector = frame->vector;
    last_trap.error = frame->error;
    last_trap.rip = frame->rip;
    last_trap.cs = frame->cs;
    last_trap.rflags = frame->rflags;
    last_trap.ss = frame->ss;
    last_trap.cr2 = vcpu->cr2;
    last_trap.rax = frame->rax;
    if (resume_rip == 0) {
        answer("unexpected vector", (long)frame->vector);
        answer_hex("at", frame->rip);
        answer_hex("cr2", last_trap.cr2);
        die("guest: stopped\n");
    }
    frame->rip = resume_rip;
    frame->rsp = resume_rsp;
    /* Leaving user mode: the frame is to return to the kernel. */
    frame->cs &= ~3UL;
    resume_rip = 0;
}

/* Runs the instructions; if one raises an exception, the rest of them is left out. Gives the vector or -1. */
#define FAULTING(instructions, ...)                      \
    ({                                                   \
        last_trap.vector = -1UL;                         \
        __asm__ volatile("movq $1f, resume_rip\n"        \
                         "mov %%rsp, resume_rsp\n"       \
                         instructions                    \
                         "\n1: movq $0, resume_rip\n"    \
                         : __VA_ARGS__);                 \
        (long)last_trap.vector;                          \
    })

#define NO_OUTPUT

static void put_trap(long vector)
{
    if (vector < 0) {
        put("none");
        return;
    }
    put("vector ");
    put_number(vector);
    put(" error ");
    put_hex(last_trap.error);
}

static void answer_trap(const char *question, long vector)
{
    begin_line(question);
    put_trap(vector);
    end_line();
}

/* A page fault is told with its address: as expected, or not. */
static void answer_fault(const char *question, long vector, u64 address)
{
    begin_line(question);
    put_trap(vector);
    if (vector == 14)
        put(last_trap.cr2 == address ? " cr2 right" : " cr2 wrong");
    end_line();
}

static long try_read(u64 address)
{
    return FAULTING("mov (%0), %%rax", NO_OUTPUT : "r"(address) : "rax", "memory");
}

static long try_write(u64 address)
{
    return FAULTING("movq $7, (%0)", NO_OUTPUT : "r"(address) : "memory");
}

static long try_call(u64 address)
{
    return FAULTING("call *%0", NO_OUTPUT : "r"(address) : "memory", "rax", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11");
}

/* ---- Frames and page tables ---- */

static u64 machine_frame(const void *address)
{
    return ((const u64 *)start->mfn_list)[((u64)address - VIRT_BASE) / PAGE];
}

static u64 machine_address(const void *address)
{
    return machine_frame(address) * PAGE + (u64)address % PAGE;
}

static u64 *table_of(u64 entry)
{
    u64 frame = ((const u64 *)MACHINE_TO_PHYSICAL)[(entry & FRAME_MASK) / PAGE];

    return (u64 *)(VIRT_BASE + frame * PAGE);
}

static u64 *l4_entry(u64 address)
{
    return &((u64 *)start->pt_base)[address >> 39 & 511];
}

static u64 *l3_entry(u64 address)
{
    return &table_of(*l4_entry(address))[address >> 30 & 511];
}

static u64 *l2_entry(u64 address)
{
    return &table_of(*l3_entry(address))[address >> 21 & 511];
}

static u64 *l1_entry(const void *address)
{
    return &table_of(*l2_entry((u64)address))[(u64)address >> 12 & 511];
}

static long update(const u64 *entry, u64 value, u64 command)
{
    struct mmu_update request = {machine_address(entry) | command, value};
    u32 done = 0;

    return hv(mmu_update, &request, 1, &done, DOMID_SELF);
}

static u64 entry_for(const void *address, u64 flags)
{
    return machine_frame(address) * PAGE | flags;
}

static long map(const void *address, u64 flags)
{
    return hv(update_va_mapping, address, entry_for(address, flags), UVMF_INVLPG);
}

static long mmuext(u32 command, u64 arg1, u64 arg2)
{
    struct mmuext_op request = {command, arg1, arg2};
    u32 done = 0;

    return hv(mmuext_op, &request, 1, &done, DOMID_SELF);
}

static u64 flags_of(const void *address)
{
    return *l1_entry(address) & ~FRAME_MASK & ~(ACCESSED | DIRTY);
}

/* ---- Questions ---- */

static void ask_start(void)
{
    u64 frame = machine_frame(data);
    static char magic[15];

    /* Domain 0's magic has one letter more. */
    for (u32 i = 0; i < sizeof(magic) - 1; i++)
        magic[i] = start->magic[i];
    answer_text("start_info magic begins", magic);
    answer_hex("cs at entry", entry_selectors[0]);
    answer_hex("ss at entry", entry_selectors[1]);
    answer_hex("ds at entry", entry_selectors[2]);
    answer_hex("rflags.IF and IOPL at entry", entry_rflags & 0x3200);
    answer("pt_base is mapped by itself", machine_frame((void *)start->pt_base) == (*l1_entry((void *)start->pt_base) & FRAME_MASK) / PAGE);
    answer("m2p inverts p2m", ((u64 *)MACHINE_TO_PHYSICAL)[frame] == ((u64)data - VIRT_BASE) / PAGE);
    answer("initial mapping is the p2m's", (*l1_entry(data) & FRAME_MASK) / PAGE == frame);
    answer_hex("flags of an initial entry", flags_of(data));
    answer_hex("flags of an entry that maps a page table", flags_of((void *)start->pt_base));
    answer_hex("flags of the entry for the L4 table's own slot 511", *l4_entry(VIRT_BASE) & ~FRAME_MASK & ~(ACCESSED | DIRTY));
}

static void ask_version(void)
{
    static char capabilities[1024];
    static u64 parameters[2];
    static struct {
        u32 index, bits;
    } features;

    answer_text("version", hv(xen_version, XENVER_version, 0) >= (4 << 16 | 17) ? "4.17 or later" : "older");
    answer("capabilities", hv(xen_version, XENVER_capabilities, capabilities));
    capabilities[14] = '\0';
    answer_text("capabilities begin", capabilities);
    answer("platform_parameters", hv(xen_version, XENVER_platform_parameters, parameters));
    answer_hex("virt_start", parameters[0]);
    answer("get_features", hv(xen_version, XENVER_get_features, &features));
    answer("feature writable_page_tables", features.bits >> 0 & 1);
    answer("feature auto_translated_physmap", features.bits >> 2 & 1);
    answer("feature pae_pgdir_above_4gb", features.bits >> 4 & 1);
    answer("feature mmu_pt_update_preserve_ad", features.bits >> 5 & 1);
    features.index = 7;
    answer("get_features of an unknown submap", hv(xen_version, XENVER_get_features, &features));
    answer("pagesize", hv(xen_version, XENVER_pagesize, 0));
    answer("xen_version of an unknown command", hv(xen_version, 99, 0));
    answer("unknown hypercall", hv(unused));
}

static void map_shared_info(void)
{
    answer("map shared_info", hv(update_va_mapping, shared_page, start->shared_info | KERNEL_RW, UVMF_INVLPG));
    shared = (volatile struct shared_info *)shared_page;
    vcpu = &shared->vcpu_info[0];
    answer("events masked at start", vcpu->evtchn_upcall_mask);
}

static void ask_traps(void)
{
    static struct trap_info traps[22];

    for (u32 i = 0; i < 20; i++)
        traps[i] = (struct trap_info){(u8)i, i == 3 || i == 4 ? 3 : 0, 0xe033, (u64)trap_entries + 64 * i};
    traps[20] = (struct trap_info){0x80, 3, 0xe033, (u64)int80_entry};
    answer("set_trap_table", hv(set_trap_table, traps));
    answer("set_callbacks", hv(set_callbacks, event_entry, failsafe_entry, syscall_entry));

    answer_trap("ud2", FAULTING("ud2", NO_OUTPUT : : "memory"));
    answer_hex("cs in its frame", last_trap.cs & 0xffff);
    answer_hex("ss in its frame", last_trap.ss & 0xffff);
    answer_hex("rflags.IF in its frame", last_trap.rflags & 0x200);
    answer_hex("saved upcall mask in its frame", last_trap.cs >> 32 & 0xff);
    answer_trap("divide by zero", FAULTING("xor %%edx, %%edx\nxor %%ecx, %%ecx\ndiv %%ecx", NO_OUTPUT : : "rax", "rcx", "rdx", "memory"));
    answer_trap("int3", FAULTING("int3", NO_OUTPUT : : "memory"));
    answer_trap("int $0x20", FAULTING("int $0x20", NO_OUTPUT : : "memory"));
    answer_trap("int $0x82", FAULTING("int $0x82", NO_OUTPUT : : "memory"));
    answer_trap("int $0x80", FAULTING("int $0x80", NO_OUTPUT : : "memory"));
    answer_trap("hlt", FAULTING("hlt", NO_OUTPUT : : "memory"));
    answer_trap("lidt", FAULTING("lidt (%0)", NO_OUTPUT : "r"(data) : "memory"));
    answer_trap("ltr", FAULTING("ltr %%ax", NO_OUTPUT : "a"(0) : "memory"));
    answer_trap("iretq", FAULTING("pushq $0xe02b\npush %%rsp\npushf\npushq $0xe030\npushq $0\niretq", NO_OUTPUT : : "memory"));
    answer_trap("non-canonical read", try_read(0x8000000000000000UL));
    answer_fault("read of address 0", try_read(0), 0);
    answer_fault("write to address 0", try_write(0), 0);
    answer_fault("call of address 0", try_call(0), 0);
    answer_fault("read of Xen's memory", try_read(0xffff830000000000UL), 0xffff830000000000UL);
    answer_fault("write to the machine-to-physical table", try_write(MACHINE_TO_PHYSICAL), MACHINE_TO_PHYSICAL);
    answer_fault("write to Xen's memory", try_write(0xffff82d080200000UL), 0xffff82d080200000UL);
}

static void ask_privileged_instructions(void)
{
    u64 value = 0;
    u32 low = 0, high = 0, iopl = 1;

    answer_trap("read cr0", FAULTING("mov %%cr0, %0", "=r"(value) : : "memory"));
    answer_hex("cr0: PE, MP, EM, TS, ET, NE, WP, AM, PG", value & 0x8005003f);
    answer_trap("read cr2", FAULTING("mov %%cr2, %0", "=r"(value) : : "memory"));
    answer("cr2 is arch.cr2", value == vcpu->cr2);
    answer_trap("read cr3", FAULTING("mov %%cr3, %0", "=r"(value) : : "memory"));
    answer("cr3 is the L4 table", value == machine_address((void *)start->pt_base));
    answer_trap("read cr4", FAULTING("mov %%cr4, %0", "=r"(value) : : "memory"));
    answer_hex("cr4: PAE, PGE, OSFXSR, OSXMMEXCPT", value & 0x6a0);
    answer_trap("write cr4 as read", FAULTING("mov %0, %%cr4", NO_OUTPUT : "r"(value) : "memory"));
    answer_trap("write cr3 as read", FAULTING("mov %%cr3, %%rax\nmov %%rax, %%cr3", NO_OUTPUT : : "rax", "memory"));
    answer_trap("read cr8", FAULTING("mov %%cr8, %0", "=r"(value) : : "memory"));
    answer_trap("read dr7", FAULTING("mov %%dr7, %0", "=r"(value) : : "memory"));
    answer_trap("invlpg", FAULTING("invlpg (%0)", NO_OUTPUT : "r"(data) : "memory"));
    answer_trap("wbinvd", FAULTING("wbinvd", NO_OUTPUT : : "memory"));
    answer_trap("swapgs", FAULTING("swapgs", NO_OUTPUT : : "memory"));
    answer_trap("cli", FAULTING("cli", NO_OUTPUT : : "memory"));
    answer_trap("sti", FAULTING("sti", NO_OUTPUT : : "memory"));
    answer("set_iopl 1", hv(physdev_op, PHYSDEVOP_set_iopl, &iopl));
    answer_trap("cli at iopl 1", FAULTING("cli", NO_OUTPUT : : "memory"));
    answer("events masked by cli at iopl 1", vcpu->evtchn_upcall_mask);
    __asm__ volatile("pushf\npop %0" : "=r"(value));
    answer_hex("rflags.IF and IOPL after it", value & 0x3200);
    iopl = 4;
    answer("set_iopl 4", hv(physdev_op, PHYSDEVOP_set_iopl, &iopl));
    answer_trap("clts", FAULTING("clts", NO_OUTPUT : : "memory"));
    answer("fpu_taskswitch 1", hv(fpu_taskswitch, 1));
    answer_trap("read cr0 then", FAULTING("mov %%cr0, %0", "=r"(value) : : "memory"));
    answer_hex("cr0.TS then", value & 8);
    answer_trap("movaps then", FAULTING("movaps %%xmm0, %%xmm0", NO_OUTPUT : : "memory"));
    answer_trap("the same again", FAULTING("movaps %%xmm0, %%xmm0", NO_OUTPUT : : "memory"));
    answer("fpu_taskswitch 0", hv(fpu_taskswitch, 0));
    answer_trap("movaps at last", FAULTING("movaps %%xmm0, %%xmm0", NO_OUTPUT : : "memory"));

    answer_trap("wrmsr FS_BASE", FAULTING("wrmsr", NO_OUTPUT : "c"(0xc0000100), "a"((u32)(u64)data), "d"((u32)((u64)data >> 32)) : "memory"));
    data[0] = 0xf5;
    answer_trap("read through fs", FAULTING("mov %%fs:0, %0", "=r"(value) : : "memory"));
    answer_hex("value at fs:0", value);
    answer_trap("rdmsr FS_BASE", FAULTING("rdmsr", "=a"(low), "=d"(high) : "c"(0xc0000100) : "memory"));
    answer("FS_BASE as written", ((u64)high << 32 | low) == (u64)data);
    answer_trap("wrmsr FS_BASE non-canonical", FAULTING("wrmsr", NO_OUTPUT : "c"(0xc0000100), "a"(0), "d"(0x80000000) : "memory"));
    answer("set_segment_base fs", hv(set_segment_base, SEGBASE_FS, other));
    answer_trap("rdmsr FS_BASE then", FAULTING("rdmsr", "=a"(low), "=d"(high) : "c"(0xc0000100) : "memory"));
    answer("FS_BASE as set", ((u64)high << 32 | low) == (u64)other);
    answer("set_segment_base non-canonical", hv(set_segment_base, SEGBASE_FS, 0x8000000000000000UL));
    answer("set_segment_base unknown", hv(set_segment_base, 9, 0));
    answer_trap("rdmsr EFER", FAULTING("rdmsr", "=a"(low), "=d"(high) : "c"(0xc0000080) : "memory"));
    answer_hex("EFER: SCE, LME, LMA, NXE", low & 0xd01);
    answer_trap("rdmsr of an unknown register", FAULTING("rdmsr", "=a"(low), "=d"(high) : "c"(0x12345) : "memory"));
    answer_trap("wrmsr of an unknown register", FAULTING("wrmsr", NO_OUTPUT : "c"(0x12345), "a"(1), "d"(0) : "memory"));
    answer_trap("wrmsr LSTAR", FAULTING("wrmsr", NO_OUTPUT : "c"(0xc0000082), "a"(1), "d"(0) : "memory"));
    answer_trap("rdtsc", FAULTING("rdtsc", "=a"(low), "=d"(high) : : "memory"));
    answer_trap("rdpmc", FAULTING("rdpmc", "=a"(low), "=d"(high) : "c"(0) : "memory"));
}

static void ask_msr(const char *question, u32 index)
{
    u32 low = 0, high = 0;
    long vector = FAULTING("rdmsr", "=a"(low), "=d"(high) : "c"(index) : "memory");

    begin_line(question);
    if (vector < 0)
        put_hex((u64)high << 32 | low);
    else
        put_trap(vector);
    end_line();
}

/* Registers that Linux asks an AMD processor for. */
static void ask_amd_msrs(void)
{
    ask_msr("rdmsr APIC_BASE", 0x1b);
    ask_msr("rdmsr MTRRCAP", 0xfe);
    ask_msr("rdmsr SYSENTER_CS", 0x174);
    ask_msr("rdmsr MCG_CTL", 0x17b);
    ask_msr("rdmsr MISC_ENABLE", 0x1a0);
    ask_msr("rdmsr PAT", 0x277);
    ask_msr("rdmsr MTRR_DEF_TYPE", 0x2ff);
    ask_msr("rdmsr PERF_CAPABILITIES", 0x345);
    ask_msr("rdmsr STAR", 0xc0000081);
    ask_msr("rdmsr TSC_AUX", 0xc0000103);
    ask_msr("rdmsr K7_EVNTSEL0", 0xc0010000);
    answer_trap("wrmsr K7_EVNTSEL0", FAULTING("wrmsr", NO_OUTPUT : "c"(0xc0010000), "a"(0x530000), "d"(0) : "memory"));
    ask_msr("rdmsr K7_EVNTSEL0 then", 0xc0010000);
    ask_msr("rdmsr K7_PERFCTR3", 0xc0010007);
    ask_msr("rdmsr HWCR", 0xc0010015);
    answer_trap("wrmsr HWCR", FAULTING("wrmsr", NO_OUTPUT : "c"(0xc0010015), "a"(8), "d"(0) : "memory"));
    ask_msr("rdmsr HWCR then", 0xc0010015);
    ask_msr("rdmsr INT_PENDING_MSG", 0xc0010055);
    ask_msr("rdmsr VM_CR", 0xc0010114);
    ask_msr("rdmsr OSVW_ID_LENGTH", 0xc0010140);
    ask_msr("rdmsr DE_CFG", 0xc0011029);
    answer_trap("wrmsr DE_CFG", FAULTING("wrmsr", NO_OUTPUT : "c"(0xc0011029), "a"(0), "d"(0) : "memory"));
    answer_trap("wrmsr PAT", FAULTING("wrmsr", NO_OUTPUT : "c"(0x277), "a"(0x00070406), "d"(0x00070406) : "memory"));
}

/* What a kernel in ring 3 can read without asking. */
static void ask_table_registers(void)
{
    struct {
        u16 limit;
        u64 base;
    } __attribute__((packed)) gdtr = {0, 0};
    u16 selector = 0;

    answer_trap("sgdt", FAULTING("sgdt %0", "=m"(gdtr) : : "memory"));
    answer_hex("base", gdtr.base);
    answer_hex("limit", gdtr.limit);
    answer_trap("str", FAULTING("str %0", "=r"(selector) : : "memory"));
    answer_hex("selector", selector);
    answer_trap("sldt", FAULTING("sldt %0", "=r"(selector) : : "memory"));
    answer_hex("selector", selector);
}

static void ask_cpuid_leaf(u32 leaf, u32 subleaf)
{
    static const char digits[] = "0123456789abcdef";
    u32 eax = leaf, ebx = 0, ecx = subleaf, edx = 0;
    char question[] = "cpuid 00000000 0";

    for (u32 i = 0; i < 8; i++)
        question[6 + i] = digits[leaf >> (28 - 4 * i) & 15];
    question[15] = digits[subleaf & 15];
    long vector = FAULTING("ud2a\n.ascii \"xen\"\ncpuid", "+a"(eax), "=b"(ebx), "+c"(ecx), "=d"(edx) : : "memory");
    begin_line(question);
    put_trap(vector);
    put(" ");
    put_hex(eax);
    put(" ");
    put_hex(ebx);
    put(" ");
    put_hex(ecx);
    put(" ");
    put_hex(edx);
    end_line();
}

/* MTRR (bit 12 of leaf 1's EDX) is shown to domain 0 only, and so not said. */
static void ask_cpuid_leaves(void)
{
    for (u32 leaf = 2; leaf <= 13; leaf++)
        ask_cpuid_leaf(leaf, 0);
    ask_cpuid_leaf(11, 1);
    for (u32 leaf = 0x80000000; leaf <= 0x8000000a; leaf++)
        ask_cpuid_leaf(leaf, 0);
    ask_cpuid_leaf(14, 0);
    ask_cpuid_leaf(0x20000000, 0);
    for (u32 leaf = 0x80000019; leaf <= 0x80000022; leaf++)
        ask_cpuid_leaf(leaf, 0);
}

static void ask_cpuid(void)
{
    u32 eax = 0x40000000, ebx = 0, ecx = 0, edx = 0;
    static char signature[13];
    long vector;

    vector = FAULTING("ud2a\n.ascii \"xen\"\ncpuid", "+a"(eax), "=b"(ebx), "+c"(ecx), "=d"(edx) : : "memory");
    answer_trap("cpuid 0x40000000 with prefix", vector);
    *(u32 *)signature = ebx;
    *(u32 *)(signature + 4) = ecx;
    *(u32 *)(signature + 8) = edx;
    answer_text("signature", signature);
    eax = 1;
    ecx = 0;
    vector = FAULTING("ud2a\n.ascii \"xen\"\ncpuid", "+a"(eax), "=b"(ebx), "+c"(ecx), "=d"(edx) : : "memory");
    answer_trap("cpuid 1 with prefix", vector);
    answer_hex("ecx", ecx);
    answer_hex("edx without MTRR", edx & ~(1U << 12));
    answer_hex("ebx without the size of cache lines", ebx & ~0xff00U);
    answer("fpu", edx >> 0 & 1);
    answer("pse", edx >> 3 & 1);
    answer("tsc", edx >> 4 & 1);
    answer("msr", edx >> 5 & 1);
    answer("pae", edx >> 6 & 1);
    answer("sep", edx >> 11 & 1);
    answer("pge", edx >> 13 & 1);
    answer("pse36", edx >> 17 & 1);
    answer("vmx", ecx >> 5 & 1);
    answer("hypervisor", ecx >> 31 & 1);
    eax = 0x80000001;
    ecx = 0;
    vector = FAULTING("ud2a\n.ascii \"xen\"\ncpuid", "+a"(eax), "=b"(ebx), "+c"(ecx), "=d"(edx) : : "memory");
    answer_trap("cpuid 0x80000001 with prefix", vector);
    answer("syscall", edx >> 11 & 1);
    answer("nx", edx >> 20 & 1);
    answer("1G pages", edx >> 26 & 1);
    answer("long mode", edx >> 29 & 1);
}

static void ask_l1_entries(void)
{
    u64 *entry = l1_entry(data);
    struct mmu_update m2p, batch[3];
    u32 done = 99;

    answer("update_va_mapping read-only", map(data, KERNEL_RO));
    answer_hex("flags after it", flags_of(data));
    answer_fault("write to it", try_write((u64)data + 16), (u64)data + 16);
    answer_trap("read of it", try_read((u64)data));
    answer("update_va_mapping writable", map(data, KERNEL_RW));
    answer_hex("flags after it", flags_of(data));
    answer_trap("write to it", try_write((u64)data));

    answer("mmu_update with NX", update(entry, entry_for(data, KERNEL_RW | NX), MMU_NORMAL_PT_UPDATE));
    answer_hex("flags after it", flags_of(data));
    mmuext(MMUEXT_INVLPG_LOCAL, (u64)data, 0);
    data[0] = 0xc3;
    answer_fault("call into it", try_call((u64)data), (u64)data);
    answer("mmu_update with GLOBAL, USER and available bits", update(entry, entry_for(data, KERNEL_RW | GLOBAL | USER | AVAILABLE), MMU_NORMAL_PT_UPDATE));
    answer_hex("flags after it", flags_of(data));
    answer("mmu_update with bit 52", update(entry, entry_for(data, KERNEL_RW | 1UL << 52), MMU_NORMAL_PT_UPDATE));
    answer("mmu_update with bit 58", update(entry, entry_for(data, KERNEL_RW | 1UL << 58), MMU_NORMAL_PT_UPDATE));
    answer("mmu_update with bit 62", update(entry, entry_for(data, KERNEL_RW | 1UL << 62), MMU_NORMAL_PT_UPDATE));
    answer("mmu_update with PAT bit", update(entry, entry_for(data, KERNEL_RW | PSE), MMU_NORMAL_PT_UPDATE));
    update(entry, entry_for(data, KERNEL_RW), MMU_NORMAL_PT_UPDATE);
    mmuext(MMUEXT_INVLPG_LOCAL, (u64)data, 0);

    data[0] = 1;
    answer("mmu_update preserving A and D", update(entry, entry_for(data, PRESENT | WRITABLE), MMU_PT_UPDATE_PRESERVE_AD));
    answer_hex("A and D after it", *entry & (ACCESSED | DIRTY));
    answer("mmu_update clearing A and D", update(entry, entry_for(data, PRESENT | WRITABLE), MMU_NORMAL_PT_UPDATE));
    answer_hex("A and D after it", *entry & (ACCESSED | DIRTY));

    // Domain 0 can do this without asking, others cannot.
    hv(vm_assist, VMASST_CMD_enable, 2);
    answer_trap("direct write to an entry", FAULTING("mov %1, (%0)", NO_OUTPUT : "r"(entry), "r"(entry_for(data, KERNEL_RO)) : "memory"));
    answer_hex("flags after it", flags_of(data));
    answer_trap("direct xchg of an entry", FAULTING("mov %1, %%rax\nlock xchg %%rax, (%0)", NO_OUTPUT : "r"(entry), "r"(entry_for(data, KERNEL_RW)) : "rax", "memory"));
    answer_hex("flags after it", flags_of(data));
    answer_fault("direct write of a bad entry", FAULTING("mov %1, (%0)", NO_OUTPUT : "r"(entry), "r"(machine_frame((void *)start->pt_base) * PAGE | KERNEL_RW) : "memory"), (u64)entry);
    answer_hex("flags after it", flags_of(data));

    answer("mmu_update to a page that is no table", update(&data[5], 0x1234, MMU_NORMAL_PT_UPDATE));
    answer_hex("the word after it", data[5]);
    answer("mmu_update without translation", update(entry, entry_for(data, KERNEL_RW), MMU_PT_UPDATE_NO_TRANSLATE));
    m2p = (struct mmu_update){machine_address(data) | MMU_MACHPHYS_UPDATE, ((u64)data - VIRT_BASE) / PAGE};
    answer("mmu_update of the m2p, same frame", hv(mmu_update, &m2p, 1, 0, DOMID_SELF));
    batch[0] = (struct mmu_update){machine_address(entry), entry_for(data, KERNEL_RO)};
    batch[1] = (struct mmu_update){machine_address(entry), machine_address((void *)start->pt_base) | KERNEL_RW};
    batch[2] = (struct mmu_update){machine_address(entry), entry_for(data, KERNEL_RW)};
    answer("mmu_update of three, the second bad", hv(mmu_update, batch, 3, &done, DOMID_SELF));
    answer("requests done", done);
    answer_hex("flags after it", flags_of(data));
    answer("mmu_update of no request", hv(mmu_update, data, 0, 0, DOMID_SELF));
    answer("mmu_update with a bad pointer", hv(mmu_update, 8, 1, 0, DOMID_SELF));
    answer("update_va_mapping in Xen's area", hv(update_va_mapping, 0xffff830000000000UL, 0, 0));
    answer("update_va_mapping where no table is", hv(update_va_mapping, FREE_VA, 0, 0));
    answer("update_va_mapping to not present", hv(update_va_mapping, data, 0, UVMF_INVLPG));
    answer_fault("read of it", try_read((u64)data + 8), (u64)data + 8);
    answer("update_va_mapping back", map(data, KERNEL_RW));
    answer_trap("read of it", try_read((u64)data + 8));
}

static void ask_page_types(void)
{
    u64 table_flags = PRESENT | ACCESSED | DIRTY;
    u64 *initial_l1 = (u64 *)((u64)l1_entry(data) & -(u64)PAGE);

    answer("map an L1 table writable", map(initial_l1, KERNEL_RW));
    answer("map the L4 table writable", map((void *)start->pt_base, KERNEL_RW));
    answer("map the L4 table read-only", map((void *)start->pt_base, table_flags));

    answer("pin L1 with a writable mapping", mmuext(MMUEXT_PIN_L1_TABLE, machine_frame(l1_table), 0));
    answer("make it read-only", map(l1_table, KERNEL_RO));
    answer("pin L1 then", mmuext(MMUEXT_PIN_L1_TABLE, machine_frame(l1_table), 0));
    answer("pin it again", mmuext(MMUEXT_PIN_L1_TABLE, machine_frame(l1_table), 0));
    answer("pin it as L2", mmuext(MMUEXT_PIN_L2_TABLE, machine_frame(l1_table), 0));
    answer("map it writable", map(l1_table, KERNEL_RW));
    answer("mmu_update in it: other, writable", update(&l1_table[3], entry_for(other, KERNEL_RW), MMU_NORMAL_PT_UPDATE));
    answer("mmu_update in it: itself, writable", update(&l1_table[4], entry_for(l1_table, KERNEL_RW), MMU_NORMAL_PT_UPDATE));
    answer("mmu_update in it: itself, read-only", update(&l1_table[4], entry_for(l1_table, KERNEL_RO), MMU_NORMAL_PT_UPDATE));
    answer_hex("flags of entry 3", l1_table[3] & ~FRAME_MASK);
    answer("hook it up in L2", update(l2_entry(FREE_VA), entry_for(l1_table, TABLE), MMU_NORMAL_PT_UPDATE));
    answer_hex("flags of the L2 entry", *l2_entry(FREE_VA) & ~FRAME_MASK & ~(ACCESSED | DIRTY));
    answer("hook it up without USER", update(l2_entry(FREE_VA), entry_for(l1_table, PRESENT | WRITABLE), MMU_NORMAL_PT_UPDATE));
    answer_hex("flags of the L2 entry", *l2_entry(FREE_VA) & ~FRAME_MASK & ~(ACCESSED | DIRTY));
    answer("hook up an L2 table in L2", update(l2_entry(FREE_VA) + 1, entry_for((void *)((u64)l2_entry(FREE_VA) & -(u64)PAGE), TABLE), MMU_NORMAL_PT_UPDATE));
    other[1] = 0xa11a4;
    answer_trap("read through it", try_read(FREE_VA + 3 * PAGE + 8));
    answer_hex("the word there", *(volatile u64 *)(FREE_VA + 3 * PAGE + 8));
    answer("pin other as L1, mapped writable twice", mmuext(MMUEXT_PIN_L1_TABLE, machine_frame(other), 0));
    answer("make one mapping read-only", map(other, KERNEL_RO));
    answer("pin other as L1, mapped writable once", mmuext(MMUEXT_PIN_L1_TABLE, machine_frame(other), 0));
    answer("make the other mapping not present", hv(update_va_mapping, FREE_VA + 3 * PAGE, 0, UVMF_INVLPG));
    answer("pin other as L1, its words not present", mmuext(MMUEXT_PIN_L1_TABLE, machine_frame(other), 0));
    answer("map other writable", map(other, KERNEL_RW));
    map(other, KERNEL_RW);
    other[1] = 0;
    map(other, KERNEL_RO);
    answer("pin other as L1, empty", mmuext(MMUEXT_PIN_L1_TABLE, machine_frame(other), 0));
    answer("unpin other", mmuext(MMUEXT_UNPIN_TABLE, machine_frame(other), 0));
    answer("map other writable then", map(other, KERNEL_RW));

    answer("unpin the L1 that is hooked up", mmuext(MMUEXT_UNPIN_TABLE, machine_frame(l1_table), 0));
    answer("unpin it again", mmuext(MMUEXT_UNPIN_TABLE, machine_frame(l1_table), 0));
    answer("map it writable while hooked up", map(l1_table, KERNEL_RW));
    answer("unhook it", update(l2_entry(FREE_VA), 0, MMU_NORMAL_PT_UPDATE));
    answer("map it writable then", map(l1_table, KERNEL_RW));
    answer("hook it up while writable", update(l2_entry(FREE_VA), entry_for(l1_table, TABLE), MMU_NORMAL_PT_UPDATE));
    answer("2M entry in L2", update(l2_entry(FREE_VA), PRESENT | WRITABLE | PSE, MMU_NORMAL_PT_UPDATE));
    answer("data page that is no table in L2", update(l2_entry(FREE_VA), entry_for(other, TABLE), MMU_NORMAL_PT_UPDATE));
    l1_table[4] = entry_for(l1_table, KERNEL_RW);
    map(l1_table, KERNEL_RO);
    answer("pin L1 that maps itself writable", mmuext(MMUEXT_PIN_L1_TABLE, machine_frame(l1_table), 0));
    map(l1_table, KERNEL_RW);
    l1_table[3] = l1_table[4] = 0;

    answer("pin L4 that is in use", mmuext(MMUEXT_PIN_L4_TABLE, machine_frame((void *)start->pt_base), 0));
    answer("new_baseptr: the same L4", mmuext(MMUEXT_NEW_BASEPTR, machine_frame((void *)start->pt_base), 0));
    answer("new_baseptr: a data page", mmuext(MMUEXT_NEW_BASEPTR, machine_frame(data), 0));
    answer("mmu_update of L4 slot 256", update(l4_entry(0xffff800000000000UL), 0, MMU_NORMAL_PT_UPDATE));
    answer("mmu_update of L4 slot 300", update((u64 *)start->pt_base + 300, 0, MMU_NORMAL_PT_UPDATE));
    answer("tlb_flush_local", mmuext(MMUEXT_TLB_FLUSH_LOCAL, 0, 0));
    answer("invlpg_local", mmuext(MMUEXT_INVLPG_LOCAL, (u64)data, 0));
    data[7] = 77;
    answer("copy_page", mmuext(MMUEXT_COPY_PAGE, machine_frame(other), machine_frame(data)));
    answer("the word there", (long)other[7]);
    answer("clear_page", mmuext(MMUEXT_CLEAR_PAGE, machine_frame(other), 0));
    answer("the word there", (long)((volatile u64 *)other)[7]);
    answer("clear_page of a page table", mmuext(MMUEXT_CLEAR_PAGE, machine_frame(initial_l1), 0));
    answer("mmuext_op of an unknown command", mmuext(99, 0, 0));
}

static u64 local_descriptor_table(void)
{
    u64 selector = 0;

    __asm__ volatile("sldt %0" : "=r"(selector));
    return selector;
}

static void ask_descriptors(void)
{
    /* Base 0, 4G, data, present; with privilege levels 3 and 0. */
    const u64 data_dpl3 = 0x00cff2000000ffffUL, data_dpl0 = 0x00cf92000000ffffUL;
    const u64 gate = 0x0000ee000000ffffUL;
    u64 frame = machine_frame(gdt);
    u64 base = (u64)other & 0xffffffff;

    gdt[1] = data_dpl3;
    answer("set_gdt of a page mapped writable", hv(set_gdt, &frame, 512));
    map(gdt, KERNEL_RO);
    answer("set_gdt of a page mapped read-only", hv(set_gdt, &frame, 512));
    answer("map it writable", map(gdt, KERNEL_RW));
    answer_trap("load ds from it", FAULTING("mov %0, %%ds", NO_OUTPUT : "r"(8 | 3) : "memory"));
    answer("update_descriptor, DPL 3", hv(update_descriptor, machine_address(&gdt[2]), data_dpl3));
    answer_trap("load es from it", FAULTING("mov %0, %%es", NO_OUTPUT : "r"(16 | 3) : "memory"));
    answer("update_descriptor, DPL 0", hv(update_descriptor, machine_address(&gdt[3]), data_dpl0));
    answer_hex("descriptor after it", ((volatile u64 *)gdt)[3]);
    answer("update_descriptor, call gate", hv(update_descriptor, machine_address(&gdt[4]), gate));
    answer("update_descriptor, not present", hv(update_descriptor, machine_address(&gdt[4]), 0));
    answer_trap("load es from it", FAULTING("mov %0, %%es", NO_OUTPUT : "r"(32 | 3) : "memory"));
    answer("set_gdt of too many entries", hv(set_gdt, &frame, 8193));
    answer_trap("clear ds, es", FAULTING("mov %0, %%ds\nmov %0, %%es", NO_OUTPUT : "r"(0) : "memory"));
    answer("set_gdt of none", hv(set_gdt, &frame, 0));
    answer("map it writable then", map(gdt, KERNEL_RW));

    ldt[1] = data_dpl3;
    ldt[2] = (data_dpl3 & 0x00ffff000000ffffUL) | (base & 0xffffff) << 16 | (base >> 24) << 56;
    map(ldt, KERNEL_RO);
    answer("set_ldt", mmuext(MMUEXT_SET_LDT, (u64)ldt, 512));
    answer_hex("selector that sldt shows", local_descriptor_table());
    answer_trap("load fs from the LDT", FAULTING("mov %0, %%fs", NO_OUTPUT : "r"(8 | 7) : "memory"));
    answer("map the LDT writable while used", map(ldt, KERNEL_RW));
    answer_trap("load fs beyond the LDT", FAULTING("mov %0, %%fs", NO_OUTPUT : "r"(600 * 8 | 7) : "memory"));
    answer_trap("clear fs", FAULTING("mov %0, %%fs", NO_OUTPUT : "r"(0) : "memory"));
    answer("set_ldt, not aligned", mmuext(MMUEXT_SET_LDT, (u64)ldt + 8, 4));
    answer("set_ldt of none", mmuext(MMUEXT_SET_LDT, 0, 0));
    answer_hex("selector that sldt shows", local_descriptor_table());
    answer("map the LDT writable then", map(ldt, KERNEL_RW));
}

static void ask_debug_registers(void)
{
    answer("set_debugreg 0", hv(set_debugreg, 0, data));
    answer("get_debugreg 0 as set", hv(get_debugreg, 0) == (long)data);
    answer("set_debugreg 0 in Xen's area", hv(set_debugreg, 0, 0xffff82d080200000UL));
    answer("set_debugreg 4", hv(set_debugreg, 4, 0));
    answer("set_debugreg 8", hv(set_debugreg, 8, 0));
    answer("set_debugreg 7, write of data", hv(set_debugreg, 7, 1 | 1 << 16));
    answer_hex("get_debugreg 7", (u64)hv(get_debugreg, 7));
    answer_trap("write of data", FAULTING("movb $1, (%0)\nnop", NO_OUTPUT : "r"(data) : "memory"));
    answer_hex("dr6: B0 to B3", (u64)hv(get_debugreg, 6) & 15);
    answer("set_debugreg 7, I/O breakpoint", hv(set_debugreg, 7, 1 | 2 << 16));
    answer("set_debugreg 7, none", hv(set_debugreg, 7, 0));
    answer("set_debugreg 0, none", hv(set_debugreg, 0, 0));
}

static void ask_memory(void)
{
    static struct {
        u64 extents, nr_extents;
        u32 order, flags;
        u16 domain;
    } reservation;
    static u64 frame;
    u16 domain = DOMID_SELF;
    u64 index = ((u64)other - VIRT_BASE) / PAGE;
    long pages = hv(memory_op, XENMEM_current_reservation, &domain);
    struct mmu_update m2p;

    answer("current_reservation is nr_pages", pages == (long)start->nr_pages);
    frame = machine_frame(other);
    reservation.extents = (u64)&frame;
    reservation.nr_extents = 1;
    reservation.domain = DOMID_SELF;
    answer("unmap a page", hv(update_va_mapping, other, 0, UVMF_INVLPG));
    answer("decrease_reservation by it", hv(memory_op, XENMEM_decrease_reservation, &reservation));
    answer("current_reservation fell by", pages - hv(memory_op, XENMEM_current_reservation, &domain));
    answer("increase_reservation by one", hv(memory_op, XENMEM_increase_reservation, &reservation));
    answer("map the new page", hv(update_va_mapping, other, frame * PAGE | KERNEL_RW, UVMF_INVLPG));
    ((u64 *)start->mfn_list)[index] = frame;
    m2p = (struct mmu_update){frame * PAGE | MMU_MACHPHYS_UPDATE, index};
    answer("mmu_update of its m2p entry", hv(mmu_update, &m2p, 1, 0, DOMID_SELF));
    answer("m2p entry as set", ((u64 *)MACHINE_TO_PHYSICAL)[frame] == index);
}

static void ask_multicall(void)
{
    static struct multicall_entry calls[3];

    calls[0].op = HC_xen_version;
    calls[0].args[0] = XENVER_pagesize;
    calls[1].op = HC_unused;
    calls[2].op = HC_update_va_mapping;
    calls[2].args[0] = (u64)data;
    calls[2].args[1] = entry_for(data, KERNEL_RO);
    calls[2].args[2] = UVMF_INVLPG;
    answer("multicall", hv(multicall, calls, 3));
    answer("result of the first", calls[0].result);
    answer("result of the second", calls[1].result);
    answer("result of the third", calls[2].result);
    answer_hex("flags after it", flags_of(data));
    map(data, KERNEL_RW);
}

static u64 system_time(void)
{
    volatile struct vcpu_time_info *time = &vcpu->time;
    u32 version, low, high;
    u64 result, delta;

    do {
        version = time->version;
        __asm__ volatile("lfence\nrdtsc" : "=a"(low), "=d"(high) : : "memory");
        delta = ((u64)high << 32 | low) - time->tsc_timestamp;
        delta = time->tsc_shift < 0 ? delta >> -time->tsc_shift : delta << time->tsc_shift;
        result = time->system_time + (u64)((unsigned __int128)delta * time->tsc_to_system_mul >> 32);
    } while (version != time->version || (version & 1) != 0);
    return result;
}

static void ask_events(void)
{
    struct {
        u32 virq, vcpu, port;
    } virq = {VIRQ_TIMER, 0, 0}, again = {VIRQ_TIMER, 0, 0}, bad = {99, 0, 0};
    struct {
        u32 vcpu, port;
    } ipi = {0, 0};
    struct {
        u16 domain;
        u32 port, status, vcpu, rest[3];
    } status = {DOMID_SELF, 0, 0, 0, {0, 0, 0}};
    struct {
        u64 timeout;
        u32 flags;
    } timer;
    struct {
        u64 ports;
        u32 nr_ports;
        u64 timeout;
    } poll = {0, 0, 0};
    u64 before;

    answer("stop_periodic_timer", hv(vcpu_op, VCPUOP_stop_periodic_timer, 0, 0));
    answer("bind_virq timer", hv(event_channel_op, EVTCHNOP_bind_virq, &virq));
    answer("bind_virq timer again", hv(event_channel_op, EVTCHNOP_bind_virq, &again));
    answer("bind_virq of an unknown number", hv(event_channel_op, EVTCHNOP_bind_virq, &bad));
    answer("bind_ipi", hv(event_channel_op, EVTCHNOP_bind_ipi, &ipi));
    answer("port of the ipi above the timer's", ipi.port > virq.port);
    status.port = virq.port;
    answer("status", hv(event_channel_op, EVTCHNOP_status, &status));
    answer("status of the timer's port", status.status);

    shared->evtchn_pending[0] = 0;
    shared->evtchn_mask[0] = ~(1UL << virq.port | 1UL << ipi.port);
    vcpu->evtchn_pending_sel = 0;
    vcpu->evtchn_upcall_pending = 0;
    events = ports_seen = 0;
    answer("send to the ipi while events are masked", hv(event_channel_op, EVTCHNOP_send, &ipi.port));
    answer("upcalls", (long)events);
    answer("upcall_pending", vcpu->evtchn_upcall_pending);
    vcpu->evtchn_upcall_mask = 0;
    answer("yield", hv(sched_op, SCHEDOP_yield, 0));
    answer("upcalls after unmasking and a hypercall", (long)events);
    answer("the ipi's port was pending", ports_seen == 1UL << ipi.port);

    events = ports_seen = 0;
    shared->evtchn_mask[0] |= 1UL << ipi.port;
    answer("send to a masked port", hv(event_channel_op, EVTCHNOP_send, &ipi.port));
    answer("upcalls", (long)events);
    answer("port is pending", shared->evtchn_pending[0] >> ipi.port & 1);
    answer("unmask", hv(event_channel_op, EVTCHNOP_unmask, &ipi.port));
    answer("upcalls after it", (long)events);

    events = ports_seen = 0;
    timer.timeout = 1;
    timer.flags = VCPU_SSHOTTMR_future;
    answer("singleshot timer in the past, future only", hv(vcpu_op, VCPUOP_set_singleshot_timer, 0, &timer));
    timer.flags = 0;
    answer("singleshot timer in the past", hv(vcpu_op, VCPUOP_set_singleshot_timer, 0, &timer));
    while (events == 0)
        hv(sched_op, SCHEDOP_yield, 0);
    answer("the timer's port was pending", ports_seen == 1UL << virq.port);

    events = ports_seen = 0;
    before = system_time();
    timer.timeout = before + 5000000;
    timer.flags = VCPU_SSHOTTMR_future;
    /* Masked, so that the timer cannot fire between here and block, which unmasks. */
    vcpu->evtchn_upcall_mask = 1;
    answer("singleshot timer in 5 ms", hv(vcpu_op, VCPUOP_set_singleshot_timer, 0, &timer));
    answer("block", hv(sched_op, SCHEDOP_block, 0));
    answer("events masked after block", vcpu->evtchn_upcall_mask);
    answer("upcalls", (long)events);
    answer("the timer's port was pending", ports_seen == 1UL << virq.port);
    answer("time passed", system_time() - before >= 5000000);

    events = 0;
    vcpu->evtchn_upcall_mask = 1;
    answer("set_timer_op in 1 ms", hv(set_timer_op, system_time() + 1000000));
    hv(sched_op, SCHEDOP_block, 0);
    answer("upcalls", (long)events);
    poll.timeout = system_time() + 1000000;
    answer("poll for 1 ms", hv(sched_op, SCHEDOP_poll, &poll));
    answer("unknown scheduler operation", hv(sched_op, 99, 0));
    answer("stop_singleshot_timer", hv(vcpu_op, VCPUOP_stop_singleshot_timer, 0, 0));
    answer("close", hv(event_channel_op, EVTCHNOP_close, &ipi.port));
    answer("send to the closed port", hv(event_channel_op, EVTCHNOP_send, &ipi.port));
    answer("close it again", hv(event_channel_op, EVTCHNOP_close, &ipi.port));
    answer("send to the timer's port", hv(event_channel_op, EVTCHNOP_send, &virq.port));
    answer("unknown event channel operation", hv(event_channel_op, 99, &virq));
    vcpu->evtchn_upcall_mask = 1;
}

static void ask_vcpu(void)
{
    static struct {
        u32 state;
        u64 entry_time, time[4];
    } runstate;

    answer("vcpu 0 is up", hv(vcpu_op, VCPUOP_is_up, 0, 0));
    answer("vcpu 8191 is up", hv(vcpu_op, VCPUOP_is_up, 8191, 0));
    answer("get_runstate_info", hv(vcpu_op, VCPUOP_get_runstate_info, 0, &runstate));
    answer("runstate", runstate.state);
    answer("time spent running", runstate.time[0] != 0);
    answer("unknown vcpu operation", hv(vcpu_op, 99, 0, 0));
    answer("wall clock is set", shared->wc_sec != 0);
    answer("stack_switch", hv(stack_switch, FLAT_USER_SS64, entry_rsp));
}

static void ask_registrations(void)
{
    static struct {
        u32 state;
        u64 entry_time, time[4];
    } runstate;
    static u64 runstate_address;
    static struct vcpu_info own_vcpu_info __attribute__((aligned(64)));
    struct {
        u64 frame;
        u32 offset, reserved;
    } place = {machine_frame(&own_vcpu_info), (u32)((u64)&own_vcpu_info % PAGE), 0};
    struct {
        u16 type, flags;
        u64 address;
    } callback = {0, 0, (u64)event_entry};
    struct {
        u64 v_start, v_end, max_mfn;
    } machphys = {0, 0, 0};

    answer("callback_op event", hv(callback_op, CALLBACKOP_register, &callback));
    callback.type = CALLBACKTYPE_failsafe;
    callback.address = (u64)failsafe_entry;
    answer("callback_op failsafe", hv(callback_op, CALLBACKOP_register, &callback));
    callback.type = CALLBACKTYPE_syscall;
    callback.address = (u64)syscall_entry;
    callback.flags = CALLBACKF_mask_events;
    answer("callback_op syscall", hv(callback_op, CALLBACKOP_register, &callback));
    callback.type = CALLBACKTYPE_syscall32;
    answer("callback_op syscall32", hv(callback_op, CALLBACKOP_register, &callback));
    callback.type = CALLBACKTYPE_sysenter;
    answer("callback_op sysenter", hv(callback_op, CALLBACKOP_register, &callback));
    callback.type = 99;
    answer("callback_op of an unknown type", hv(callback_op, CALLBACKOP_register, &callback));
    callback.type = CALLBACKTYPE_syscall;
    callback.address = 0x8000000000000000UL;
    answer("callback_op syscall, non-canonical", hv(callback_op, CALLBACKOP_register, &callback));

    answer("vm_assist writable_pagetables", hv(vm_assist, VMASST_CMD_enable, 2));
    answer("vm_assist architectural_iopl", hv(vm_assist, VMASST_CMD_enable, 4));
    answer("vm_assist architectural_iopl off", hv(vm_assist, VMASST_CMD_disable, 4));
    answer("vm_assist runstate_update_flag", hv(vm_assist, VMASST_CMD_enable, 5));
    answer("vm_assist unknown", hv(vm_assist, VMASST_CMD_enable, 63));
    answer("machphys_mapping", hv(memory_op, XENMEM_machphys_mapping, &machphys));
    answer_hex("v_start", machphys.v_start);
    answer("unknown memory operation", hv(memory_op, 63, 0));
    answer("console_io of an unknown command", hv(console_io, 99, 0, 0));

    runstate_address = (u64)&runstate;
    answer("register_runstate_memory_area", hv(vcpu_op, VCPUOP_register_runstate_memory_area, 0, &runstate_address));
    answer("runstate written at once", runstate.time[0] != 0);
    place.offset += PAGE - 8;
    answer("register_vcpu_info across pages", hv(vcpu_op, VCPUOP_register_vcpu_info, 0, &place));
    place.offset -= PAGE - 8;
    answer("register_vcpu_info", hv(vcpu_op, VCPUOP_register_vcpu_info, 0, &place));
    vcpu = &own_vcpu_info;
    answer("the mask moved with it", vcpu->evtchn_upcall_mask);
    answer("register_vcpu_info again", hv(vcpu_op, VCPUOP_register_vcpu_info, 0, &place));
    answer_fault("read of address 0", try_read(0), 0);
}

/* What user mode runs: a system call, then a breakpoint, then a read of the kernel's memory. */
__asm__(".pushsection .rodata\n"
        "user_program:\n"
        "    mov $42, %eax\n"
        "    syscall\n"
        "user_program_2:\n"
        "    mov $43, %eax\n"
        "    int3\n"
        "user_program_3:\n"
        "    mov $0xffffffff80000000, %rbx\n"
        "    mov (%rbx), %rax\n"
        "user_program_4:\n"
        "    mov %cr0, %rax\n"
        "user_program_5:\n"
        "    int $0x80\n"
        "user_program_end:\n"
        ".popsection\n");
extern const char user_program[], user_program_2[], user_program_3[], user_program_4[], user_program_5[],
    user_program_end[];

#define USER_CODE 0x400000UL
#define USER_STACK 0x401000UL

/* Enters user mode at a part of the program and comes back with what ended it in last_trap. */
static void run_user(const char *part)
{
    last_trap.vector = -1UL;
    resume_rip = (u64)leave_user_mode;
    enter_user_mode(USER_CODE + (u64)(part - user_program), USER_STACK + PAGE);
}

static void ask_user_mode(void)
{
    u64 rsp, cr3;

    for (u64 i = 0; i < (u64)(user_program_end - user_program); i++)
        ((u8 *)user_code)[i] = (u8)user_program[i];
    l1_table[0] = entry_for(user_code, KERNEL_RO | USER);
    l1_table[1] = entry_for(user_stack, KERNEL_RW | USER);
    l2_table[2] = entry_for(l1_table, TABLE);
    l3_table[0] = entry_for(l2_table, TABLE);
    l4_table[0] = entry_for(l3_table, TABLE);
    map(l1_table, KERNEL_RO);
    map(l2_table, KERNEL_RO);
    map(l3_table, KERNEL_RO);
    answer("pin a user L4, itself still writable", mmuext(MMUEXT_PIN_L4_TABLE, machine_frame(l4_table), 0));
    map(l4_table, KERNEL_RO);
    answer("pin a user L4", mmuext(MMUEXT_PIN_L4_TABLE, machine_frame(l4_table), 0));
    answer_hex("flags of its L4 entry", l4_table[0] & ~FRAME_MASK & ~(ACCESSED | DIRTY));
    answer_hex("flags of its L1 entry", l1_table[0] & ~FRAME_MASK & ~(ACCESSED | DIRTY));
    answer("L4 slot 256 is Xen's", (l4_table[256] & PRESENT) != 0);
    answer("map its L2 writable", map(l2_table, KERNEL_RW));
    answer("new_user_baseptr", mmuext(MMUEXT_NEW_USER_BASEPTR, machine_frame(l4_table), 0));
    __asm__ volatile("mov %%rsp, %0" : "=r"(rsp));
    answer("stack_switch", hv(stack_switch, FLAT_USER_SS64, rsp - 2048));

    resume_rsp = rsp - 1024;
    run_user(user_program);
    answer("user syscall: entry", (long)last_trap.vector);
    answer("rax", (long)last_trap.rax);
    answer_hex("cs", last_trap.cs & 0xffff);
    answer_hex("ss", last_trap.ss & 0xffff);
    answer("rip is after it", last_trap.rip == USER_CODE + (u64)(user_program_2 - user_program));
    run_user(user_program_2);
    answer_trap("user int3", (long)last_trap.vector);
    answer_hex("cs", last_trap.cs & 0xffff);
    run_user(user_program_3);
    answer_fault("user read of kernel memory", (long)last_trap.vector, VIRT_BASE);
    answer_hex("cs", last_trap.cs & 0xffff);
    run_user(user_program_4);
    answer_trap("user read of cr0", (long)last_trap.vector);
    run_user(user_program_5);
    answer_trap("user int $0x80", (long)last_trap.vector);
    answer("unpin the user L4 while it is the base", mmuext(MMUEXT_UNPIN_TABLE, machine_frame(l4_table), 0));
    answer("map it writable", map(l4_table, KERNEL_RW));
    answer("new_user_baseptr of none", mmuext(MMUEXT_NEW_USER_BASEPTR, 0, 0));
    answer("map it writable then", map(l4_table, KERNEL_RW));
    /* The same table as a kernel's: what this guest runs in is under slot 511. */
    l4_table[511] = ((u64 *)start->pt_base)[511];
    map(l4_table, KERNEL_RO);
    answer("new_baseptr, not pinned", mmuext(MMUEXT_NEW_BASEPTR, machine_frame(l4_table), 0));
    __asm__ volatile("mov %%cr3, %0" : "=r"(cr3));
    answer("cr3 is the new table", cr3 == machine_address(l4_table));
    answer("its slot 256 maps the m2p", (((volatile u64 *)l4_table)[256] & PRESENT) != 0);
    answer_trap("read of the m2p", try_read(MACHINE_TO_PHYSICAL));
    answer_trap("read of user memory", try_read(USER_CODE));
    answer("new_baseptr back", mmuext(MMUEXT_NEW_BASEPTR, machine_frame((void *)start->pt_base), 0));
    answer_fault("read of user memory", try_read(USER_CODE), USER_CODE);
    answer("map it writable then", map(l4_table, KERNEL_RW));
}

/* Called by _start. */
void run(const struct start_info *information)
{
    u32 reason = SHUTDOWN_poweroff;

    start = information;
    write("guest: start\n");
    ask_start();
    ask_version();
    map_shared_info();
    ask_traps();
    ask_privileged_instructions();
    ask_amd_msrs();
    ask_table_registers();
    ask_cpuid();
    ask_cpuid_leaves();
    ask_l1_entries();
    ask_page_types();
    ask_descriptors();
    ask_debug_registers();
    ask_memory();
    ask_multicall();
    ask_events();
    ask_vcpu();
    ask_registrations();
    ask_user_mode();
    write("guest: done\n");
    hv(sched_op, SCHEDOP_shutdown, &reason);
}
