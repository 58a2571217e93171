/* Segments, I/O privilege and what else of the CPU a kernel hands to user programs. */
#include "workload.h"
#include <asm/ldt.h>
#include <asm/prctl.h>

#define LDT_WRITE 0x11
#define LDT_READ 0

/* Selector: index, bit 2 for the LDT, requested privilege 3. */
#define LDT_SELECTOR(index) ((unsigned int)(index) << 3 | 7)
#define GDT_SELECTOR(index) ((unsigned int)(index) << 3 | 3)

/* Flat 32-bit user code and data in Linux's GDT (arch/x86/include/asm/segment.h). */
#define USER32_CS 0x23
#define USER_DS 0x2b

#define AT_HWCAP2_FSGSBASE 2

/* In the program's image, so below 4G: a descriptor's base has 32 bits. */
static unsigned int segment_data[16];

static struct user_desc data_descriptor(unsigned int index, const void *base, unsigned int limit)
{
    return (struct user_desc){
        .entry_number = index,
        .base_addr = (unsigned int)(unsigned long)base,
        .limit = limit,
        .seg_32bit = 1,
        .useable = 1,
    };
}

static unsigned int read_through_fs(unsigned int selector)
{
    unsigned int value;

    __asm__ volatile("mov %1, %%fs\n"
                     "mov %%fs:4, %0\n"
                     : "=r"(value)
                     : "r"(selector)
                     : "memory");
    return value;
}

static void clear_fs(void)
{
    __asm__ volatile("mov %0, %%fs" : : "r"(0));
}

static long write_ldt(struct user_desc descriptor)
{
    return sys(modify_ldt, LDT_WRITE, &descriptor, sizeof(descriptor));
}

static bool ldt_missing(long result)
{
    if (result != -ENOSYS)
        return false;
    remark("not in this kernel, error ", result);
    return true;
}

bool ldt_entry(void)
{
    unsigned long entries[4] = {0, 0, 0, 0};
    unsigned int empty_bits;
    long result = write_ldt(data_descriptor(2, segment_data, 0xfff));

    if (ldt_missing(result))
        return true;
    CHECK(result == 0);
    segment_data[1] = 0x1d7;
    CHECK(read_through_fs(LDT_SELECTOR(2)) == 0x1d7);
    clear_fs();
    /* Base 31:24 and 23:0, limit, present, DPL 3, data: the descriptor as the SDM (3A, 3.4.5) lays it out. */
    CHECK(sys(modify_ldt, LDT_READ, entries, sizeof(entries)) == sizeof(entries));
    CHECK((entries[2] & 0xffff) == 0xfff);
    CHECK(((entries[2] >> 16 & 0xffffff) | (entries[2] >> 56) << 24) == (unsigned long)segment_data);
    empty_bits = (unsigned int)(entries[2] >> 40) & 0xf0;
    CHECK(empty_bits == 0xf0);
    /* A second entry beyond the first page of the table, then the first one replaced. */
    CHECK(write_ldt(data_descriptor(600, segment_data + 1, 0xfff)) == 0);
    segment_data[2] = 0x1d8;
    CHECK(read_through_fs(LDT_SELECTOR(600)) == 0x1d8);
    clear_fs();
    CHECK(write_ldt(data_descriptor(2, segment_data + 2, 0xfff)) == 0);
    segment_data[3] = 0x1d9;
    CHECK(read_through_fs(LDT_SELECTOR(2)) == 0x1d9);
    clear_fs();
    return true;
}

static int keep_own_ldt(void)
{
    segment_data[1] = 0xc41d;
    if (write_ldt(data_descriptor(2, segment_data, 0xfff)) != 0)
        return 1;
    for (int i = 0; i < 20; i++) {
        if (read_through_fs(LDT_SELECTOR(2)) != 0xc41d)
            return 2;
        sys(sched_yield);
    }
    return 0;
}

bool ldt_across_switches(void)
{
    int status = -1;
    long pid, result = write_ldt(data_descriptor(2, segment_data + 4, 0xfff));

    if (ldt_missing(result))
        return true;
    CHECK(result == 0);
    segment_data[5] = 0x9a4e;
    pid = sys(fork);
    if (pid == 0)
        sys(exit_group, keep_own_ldt());
    CHECK(pid > 0);
    for (int i = 0; i < 20; i++) {
        unsigned int value;
        CHECK(read_through_fs(LDT_SELECTOR(2)) == 0x9a4e);
        sys(sched_yield);
        __asm__ volatile("mov %%fs:4, %0" : "=r"(value));
        CHECK(value == 0x9a4e);
    }
    clear_fs();
    CHECK(sys(wait4, pid, &status, 0, 0) == pid && exited_with(status, 0));
    return true;
}

static void load_selector(void *selector)
{
    __asm__ volatile("mov %0, %%fs" : : "r"((unsigned int)(unsigned long)selector));
}

bool ldt_bad_selector(void)
{
    struct user_desc not_present = data_descriptor(3, segment_data, 0xfff);
    long result;

    not_present.seg_not_present = 1;
    result = write_ldt(not_present);
    if (ldt_missing(result))
        return true;
    CHECK(result == 0);
    /* Beyond the table: #GP. Not present: #NP, which Linux makes a SIGBUS. */
    CHECK(try(load_selector, (void *)(unsigned long)LDT_SELECTOR(8000)).signal == SIGSEGV);
    CHECK(try(load_selector, (void *)(unsigned long)LDT_SELECTOR(3)).signal == SIGBUS);
    clear_fs();
    return true;
}

/*
 * 32-bit code, entered and left by far jumps. The stack, the code and the data are in the program's
 * image, so below 4G. Takes a 32-bit system call (number and arguments) and the selector for %gs; gives
 * the call's result, and what %gs:0 held.
 */
static volatile __attribute__((used)) struct {
    unsigned int number, ebx, ecx, gs;
    unsigned int result, gs_word, pushed;
} compat_call;
struct far_pointer {
    unsigned int offset;
    unsigned short selector;
} __attribute__((packed));
static volatile __attribute__((used)) struct far_pointer compat_return;
static volatile __attribute__((used)) unsigned long compat_saved_rsp;
static char compat_stack[4096] __attribute__((aligned(16)));

extern const char compat_code[];
__asm__(".code32\n"
        "compat_code:\n"
        "    mov $0x2b, %eax\n"
        "    mov %eax, %ds\n"
        "    mov %eax, %es\n"
        "    mov $compat_call, %esi\n"
        "    mov (%esi), %eax\n"
        "    mov 4(%esi), %ebx\n"
        "    mov 8(%esi), %ecx\n"
        "    int $0x80\n"
        "    mov %eax, 16(%esi)\n"
        "    mov 12(%esi), %eax\n"
        "    test %eax, %eax\n"
        "    jz 1f\n"
        "    mov %eax, %gs\n"
        "    mov %gs:0, %eax\n"
        "    mov %eax, 20(%esi)\n"
        "    xor %eax, %eax\n"
        "    mov %eax, %gs\n"
        "1:  mov %esp, %edi\n"
        "    pushal\n"
        "    sub %esp, %edi\n"
        "    inc %edi\n"
        "    mov %edi, 24(%esi)\n"
        "    popal\n"
        "    xor %eax, %eax\n"
        "    mov %eax, %ds\n"
        "    mov %eax, %es\n"
        "    ljmp *%ss:compat_return\n"
        ".code64\n");

/*
 * Far jumps rather than a far call and return: with SMAP, QEMU up to 7.2 lets those reach the stack with the
 * kernel's rights. What 32-bit code leaves in the upper halves of the registers is undefined, so the stack
 * pointer is kept in memory.
 */
static void enter_compat_mode(void *unused)
{
    static volatile struct far_pointer target;

    (void)unused;
    target.offset = (unsigned int)(unsigned long)compat_code;
    target.selector = USER32_CS;
    __asm__ volatile("mov %%rsp, compat_saved_rsp\n"
                     "movl $1f, compat_return\n"
                     "mov %%cs, compat_return + 4\n"
                     "mov %0, %%rsp\n"
                     "ljmp *%1\n"
                     "1: mov compat_saved_rsp, %%rsp\n"
                     :
                     : "r"(compat_stack + sizeof(compat_stack)), "m"(target)
                     : "rax", "rbx", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15",
                       "memory", "cc");
}

#define I386_GETPID 20
#define I386_UNAME 122
#define I386_SET_THREAD_AREA 243

static void call_i386_getpid(void *result)
{
    __asm__ volatile("int $0x80" : "=a"(*(long *)result) : "0"((long)I386_GETPID) : "memory");
}

/* int $0x80, which 64-bit code can use too, is a #GP where the kernel lacks 32-bit system calls. */
static bool compat_calls_missing(void)
{
    long pid;
    struct fault fault = try(call_i386_getpid, &pid);

    if (fault.signal != 0)
        remark("no 32-bit system calls, signal ", fault.signal);
    return fault.signal != 0;
}

static bool call_in_compat_mode(unsigned int number, unsigned int ebx, unsigned int ecx)
{
    compat_call.number = number;
    compat_call.ebx = ebx;
    compat_call.ecx = ecx;
    CHECK(try(enter_compat_mode, NULL).signal == 0);
    return true;
}

bool compat_mode(void)
{
    static char names[6 * 65];

    if (compat_calls_missing())
        return true;
    compat_call.gs = 0;
    CHECK(call_in_compat_mode(I386_GETPID, 0, 0));
    CHECK(compat_call.result == (unsigned int)own_pid());
    CHECK(compat_call.pushed == 32 + 1);
    CHECK(call_in_compat_mode(I386_UNAME, (unsigned int)(unsigned long)names, 0));
    CHECK(compat_call.result == 0 && names[0] == 'L');
    return true;
}

bool thread_area(void)
{
    static struct user_desc descriptor;

    descriptor = data_descriptor((unsigned int)-1, segment_data, 0xfffff);
    descriptor.limit_in_pages = 1;
    segment_data[0] = 0x715;
    if (compat_calls_missing())
        return true;
    compat_call.gs = 0;
    CHECK(call_in_compat_mode(I386_SET_THREAD_AREA, (unsigned int)(unsigned long)&descriptor, 0));
    CHECK(compat_call.result == 0);
    CHECK(descriptor.entry_number != (unsigned int)-1);
    compat_call.gs = GDT_SELECTOR(descriptor.entry_number);
    CHECK(call_in_compat_mode(I386_GETPID, 0, 0));
    CHECK(compat_call.gs_word == 0x715);
    return true;
}

static void out_and_in(void *unused)
{
    unsigned char value = 0x55;

    (void)unused;
    __asm__ volatile("outb %0, $0x80\n"
                     "inb $0x80, %0"
                     : "+a"(value));
}

bool io_permission(void)
{
    long result = sys(ioperm, 0x80, 1, 1);

    if (result != 0) {
        remark("refused, error ", result);
        return true;
    }
    CHECK(try(out_and_in, NULL).signal == 0);
    sys(sched_yield);
    CHECK(try(out_and_in, NULL).signal == 0);
    CHECK(sys(ioperm, 0x80, 1, 0) == 0);
    CHECK(try(out_and_in, NULL).signal == SIGSEGV);
    return true;
}

bool io_privilege_level(void)
{
    long result = sys(iopl, 3);

    if (result != 0) {
        remark("refused, error ", result);
        return true;
    }
    CHECK(try(out_and_in, NULL).signal == 0);
    CHECK(sys(iopl, 0) == 0);
    CHECK(try(out_and_in, NULL).signal == SIGSEGV);
    return true;
}

static bool bases_survive(void)
{
    static unsigned long fs_word, gs_word;
    unsigned long base = 0, fs_value, gs_value;

    fs_word = 0xf5f5;
    gs_word = 0x6565;
    CHECK(sys(arch_prctl, ARCH_SET_FS, &fs_word) == 0);
    CHECK(sys(arch_prctl, ARCH_SET_GS, &gs_word) == 0);
    sys(sched_yield);
    CHECK(sleep_ms(1));
    __asm__ volatile("mov %%fs:0, %0\n"
                     "mov %%gs:0, %1\n"
                     : "=r"(fs_value), "=r"(gs_value));
    CHECK(fs_value == 0xf5f5 && gs_value == 0x6565);
    CHECK(sys(arch_prctl, ARCH_GET_FS, &base) == 0 && base == (unsigned long)&fs_word);
    CHECK(sys(arch_prctl, ARCH_GET_GS, &base) == 0 && base == (unsigned long)&gs_word);
    return true;
}

bool segment_bases(void)
{
    long enabled;

    CHECK(bases_survive());
    CHECK(sys(arch_prctl, ARCH_SET_FS, 0) == 0);
    CHECK(sys(arch_prctl, ARCH_SET_GS, 0) == 0);
    CHECK(sys(arch_prctl, ARCH_SET_FS, 0xffff800000000000UL) == -EPERM);
    enabled = sys(arch_prctl, ARCH_GET_CPUID, 0);
    CHECK(enabled == 1);
    /* Only a CPU with CPUID faulting can refuse the instruction to programs. */
    if (sys(arch_prctl, ARCH_SET_CPUID, 0) == 0) {
        CHECK(sys(arch_prctl, ARCH_GET_CPUID, 0) == 0);
        CHECK(sys(arch_prctl, ARCH_SET_CPUID, 1) == 0);
        remark("cpuid faulting ", 1);
    }
    return true;
}

bool fsgsbase(void)
{
    unsigned long base;

    if ((hwcap2 & AT_HWCAP2_FSGSBASE) == 0) {
        remark("not announced, hwcap2 ", (long)hwcap2);
        return true;
    }
    __asm__ volatile(".byte 0xf3, 0x48, 0x0f, 0xae, 0xd0" : : "a"(segment_data)); /* wrfsbase %rax */
    sys(sched_yield);
    __asm__ volatile(".byte 0xf3, 0x48, 0x0f, 0xae, 0xc0" : "=a"(base)); /* rdfsbase %rax */
    CHECK(base == (unsigned long)segment_data);
    CHECK(sys(arch_prctl, ARCH_SET_FS, 0) == 0);
    return true;
}

static unsigned long tsc(void)
{
    unsigned int low, high;

    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
    return (unsigned long)high << 32 | low;
}

bool cpuid_and_tsc(void)
{
    unsigned int eax = 0, ebx, ecx = 0, edx;
    unsigned long before = tsc();

    __asm__ volatile("cpuid" : "+a"(eax), "=b"(ebx), "+c"(ecx), "=d"(edx));
    CHECK(eax >= 1);
    eax = 1;
    ecx = 0;
    __asm__ volatile("cpuid" : "+a"(eax), "=b"(ebx), "+c"(ecx), "=d"(edx));
    /* TSC, and SSE2, which the x86-64 ABI demands. */
    CHECK((edx & 1U << 4) != 0 && (edx & 1U << 26) != 0);
    CHECK(tsc() > before);
    return true;
}
