/* Exceptions of the CPU, and the signals that the kernel makes of them. */
#include "workload.h"
#include <asm/sigcontext.h>
#include <asm/ucontext.h>
#include <linux/fcntl.h>

#define EFLAGS_TF (1UL << 8)
#define EFLAGS_AC (1UL << 18)

/* What a called function must preserve (System V ABI, x86-64), and where to go on. */
struct continuation {
    unsigned long rbx, rbp, r12, r13, r14, r15, rsp, rip;
};

/* mark() returns 0 at first, and once more, with value, for each resume(). */
long mark(struct continuation *) __attribute__((returns_twice));
void resume(const struct continuation *, long value) __attribute__((noreturn));
__asm__("mark:\n"
        "    mov %rbx, (%rdi)\n"
        "    mov %rbp, 8(%rdi)\n"
        "    mov %r12, 16(%rdi)\n"
        "    mov %r13, 24(%rdi)\n"
        "    mov %r14, 32(%rdi)\n"
        "    mov %r15, 40(%rdi)\n"
        "    lea 8(%rsp), %rax\n"
        "    mov %rax, 48(%rdi)\n"
        "    mov (%rsp), %rax\n"
        "    mov %rax, 56(%rdi)\n"
        "    xor %eax, %eax\n"
        "    ret\n"
        "resume:\n"
        "    mov %rsi, %rax\n"
        "    mov (%rdi), %rbx\n"
        "    mov 8(%rdi), %rbp\n"
        "    mov 16(%rdi), %r12\n"
        "    mov 24(%rdi), %r13\n"
        "    mov 32(%rdi), %r14\n"
        "    mov 40(%rdi), %r15\n"
        "    mov 48(%rdi), %rsp\n"
        "    jmp *56(%rdi)\n");

static struct continuation after_fault;
static volatile struct fault last_fault;
static const int fault_signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP};
#define FAULT_SIGNALS (sizeof(fault_signals) / sizeof(fault_signals[0]))

static void note_fault(int signal, const siginfo_t *information)
{
    last_fault.signal = signal;
    last_fault.code = information->si_code;
    last_fault.address = (unsigned long)information->si_addr;
}

static struct fault fault_noted(void)
{
    return (struct fault){last_fault.signal, last_fault.code, last_fault.address};
}

static void jump_out(int signal, siginfo_t *information, void *context)
{
    (void)context;
    note_fault(signal, information);
    resume(&after_fault, 1);
}

static void set_fault_handlers(signal_handler handler)
{
    for (unsigned int i = 0; i < FAULT_SIGNALS; i++)
        set_handler(fault_signals[i], handler, SA_NODEFER);
}

static void unset_fault_handlers(void)
{
    for (unsigned int i = 0; i < FAULT_SIGNALS; i++)
        set_default(fault_signals[i]);
}

struct fault try(void (*code)(void *), void *argument)
{
    last_fault.signal = 0;
    set_fault_handlers(jump_out);
    if (mark(&after_fault) == 0)
        code(argument);
    unset_fault_handlers();
    return fault_noted();
}

static bool is(struct fault fault, int signal, int code, const void *address)
{
    return fault.signal == signal && fault.code == code && fault.address == (unsigned long)address;
}

static void read_at(void *address)
{
    __asm__ volatile("movb (%0), %%al" : : "r"(address) : "rax");
}

static void write_at(void *address)
{
    __asm__ volatile("movb $1, (%0)" : : "r"(address) : "memory");
}

static void call_at(void *address)
{
    ((void (*)(void))address)();
}

bool fault_memory(void)
{
    static const char constant[] = "read only";
    static char data[PAGE] __attribute__((aligned(4096)));
    char *kernel = (char *)0xffffffff81000000UL;

    CHECK(is(try(read_at, NULL), SIGSEGV, SEGV_MAPERR, NULL));
    CHECK(is(try(write_at, (char *)8), SIGSEGV, SEGV_MAPERR, (char *)8));
    CHECK(is(try(write_at, (char *)constant), SIGSEGV, SEGV_ACCERR, constant));
    data[0] = (char)0xc3;
    CHECK(is(try(call_at, data), SIGSEGV, SEGV_ACCERR, data));
    CHECK(is(try(call_at, (char *)16), SIGSEGV, SEGV_MAPERR, (char *)16));
    /* The kernel hides whether an address of its own is mapped. */
    CHECK(is(try(read_at, kernel), SIGSEGV, SEGV_MAPERR, kernel));
    /* A system call that is given a bad pointer reports it; nothing is signalled. */
    CHECK(sys(write, 1, 8, 1) == -EFAULT);
    CHECK(sys(uname, constant) == -EFAULT);
    return true;
}

static void halt(void *unused)
{
    (void)unused;
    __asm__ volatile("hlt");
}

static void write_cr3(void *unused)
{
    (void)unused;
    __asm__ volatile("mov %0, %%cr3" : : "r"(0UL));
}

static void disable_interrupts(void *unused)
{
    (void)unused;
    __asm__ volatile("cli");
}

static void out_to_port(void *unused)
{
    (void)unused;
    __asm__ volatile("outb %%al, $0x80" : : "a"(0));
}

static void interrupt_32(void *unused)
{
    (void)unused;
    __asm__ volatile("int $0x20");
}

bool fault_general_protection(void)
{
    CHECK(is(try(read_at, (char *)0x8000000000000000UL), SIGSEGV, SI_KERNEL, NULL));
    CHECK(is(try(halt, NULL), SIGSEGV, SI_KERNEL, NULL));
    CHECK(is(try(write_cr3, NULL), SIGSEGV, SI_KERNEL, NULL));
    CHECK(is(try(disable_interrupts, NULL), SIGSEGV, SI_KERNEL, NULL));
    CHECK(is(try(out_to_port, NULL), SIGSEGV, SI_KERNEL, NULL));
    CHECK(is(try(interrupt_32, NULL), SIGSEGV, SI_KERNEL, NULL));
    return true;
}

extern const char divide_instruction[], divide_next[];

static void divide(void *dividend_and_divisor)
{
    long *numbers = dividend_and_divisor;

    __asm__ volatile("cqto\n"
                     "divide_instruction: idivq %1\n"
                     "divide_next:"
                     : "+a"(numbers[0])
                     : "r"(numbers[1])
                     : "rdx");
}

/* Goes on after the division by changing the context that rt_sigreturn loads. */
static void skip_division(int signal, siginfo_t *information, void *context)
{
    struct sigcontext *registers = (struct sigcontext *)&((struct ucontext *)context)->uc_mcontext;

    note_fault(signal, information);
    registers->rip = (unsigned long)divide_next;
    registers->rax = 77;
}

bool fault_divide(void)
{
    long by_zero[] = {1, 0};
    long overflow[] = {(long)(1UL << 63), -1};

    CHECK(is(try(divide, by_zero), SIGFPE, FPE_INTDIV, divide_instruction));
    CHECK(is(try(divide, overflow), SIGFPE, FPE_INTDIV, divide_instruction));
    set_handler(SIGFPE, skip_division, 0);
    last_fault.signal = 0;
    divide(by_zero);
    set_default(SIGFPE);
    CHECK(is(fault_noted(), SIGFPE, FPE_INTDIV, divide_instruction));
    CHECK(by_zero[0] == 77);
    return true;
}

extern const char undefined_instruction[];

static void undefined(void *unused)
{
    (void)unused;
    __asm__ volatile("undefined_instruction: ud2");
}

bool fault_invalid_opcode(void)
{
    CHECK(is(try(undefined, NULL), SIGILL, ILL_ILLOPN, undefined_instruction));
    return true;
}

static volatile unsigned long trap_rip;
static volatile unsigned int traps;

static void count_trap(int signal, siginfo_t *information, void *context)
{
    struct sigcontext *registers = (struct sigcontext *)&((struct ucontext *)context)->uc_mcontext;

    note_fault(signal, information);
    trap_rip = registers->rip;
    traps++;
}

extern const char after_breakpoint[];

bool fault_breakpoint(void)
{
    traps = 0;
    set_handler(SIGTRAP, count_trap, 0);
    __asm__ volatile("int3\n"
                     "after_breakpoint:");
    set_default(SIGTRAP);
    CHECK(traps == 1 && last_fault.signal == SIGTRAP && last_fault.code == SI_KERNEL);
    CHECK(trap_rip == (unsigned long)after_breakpoint);
    return true;
}

bool fault_single_step(void)
{
    traps = 0;
    set_handler(SIGTRAP, count_trap, 0);
    /* The instruction that sets the flag does not trap; the three nops and the second pushf to popf do. */
    __asm__ volatile("sub $128, %%rsp\n"
                     "pushf\n"
                     "orq %0, (%%rsp)\n"
                     "popf\n"
                     "nop\n"
                     "nop\n"
                     "nop\n"
                     "pushf\n"
                     "andq %1, (%%rsp)\n"
                     "popf\n"
                     "add $128, %%rsp\n"
                     :
                     : "i"(EFLAGS_TF), "i"(~EFLAGS_TF)
                     : "memory", "cc");
    set_default(SIGTRAP);
    CHECK(last_fault.signal == SIGTRAP && last_fault.code == TRAP_TRACE);
    CHECK(traps == 6);
    return true;
}

static void read_misaligned(void *address)
{
    __asm__ volatile("sub $128, %%rsp\n"
                     "pushf\n"
                     "orq %0, (%%rsp)\n"
                     "popf\n"
                     "mov (%1), %%eax\n"
                     "pushf\n"
                     "andq %2, (%%rsp)\n"
                     "popf\n"
                     "add $128, %%rsp\n"
                     :
                     : "i"(EFLAGS_AC), "r"(address), "i"(~EFLAGS_AC)
                     : "rax", "memory", "cc");
}

bool fault_alignment(void)
{
    static char words[16] __attribute__((aligned(16)));
    struct fault fault;

    CHECK(try(read_misaligned, words + 4).signal == 0);
    fault = try(read_misaligned, words + 1);
    /* The handler jumped out with the flag as the kernel left it; clear it for all that follows. */
    __asm__ volatile("sub $128, %%rsp\n"
                     "pushf\n"
                     "andq %0, (%%rsp)\n"
                     "popf\n"
                     "add $128, %%rsp\n"
                     :
                     : "i"(~EFLAGS_AC)
                     : "memory", "cc");
    if (fault.signal == 0) {
        /* QEMU's TCG up to 7.2 has no alignment check. */
        remark("none by this CPU, signal ", fault.signal);
        return true;
    }
    CHECK(fault.signal == SIGBUS && fault.code == BUS_ADRALN);
    return true;
}

static void divide_by_zero_x87(void *unused)
{
    static const unsigned short all_but_zero_divide_masked = 0x037b;

    (void)unused;
    __asm__ volatile("fninit\n"
                     "fldcw %0\n"
                     "fld1\n"
                     "fldz\n"
                     "fdivrp\n"
                     "fwait\n"
                     :
                     : "m"(all_but_zero_divide_masked));
}

bool fault_x87(void)
{
    struct fault fault = try(divide_by_zero_x87, NULL);

    __asm__ volatile("fninit");
    CHECK(fault.signal == SIGFPE && fault.code == FPE_FLTDIV);
    return true;
}

bool fault_past_file(void)
{
    long fd = sys(open, self_path, O_RDONLY, 0);
    long size;
    char *area, *past;

    CHECK(fd >= 0);
    size = sys(lseek, fd, 0, 2);
    CHECK(size > 0);
    past = (char *)(((unsigned long)size + PAGE - 1) & -PAGE);
    area = (char *)sys(mmap, 0, past + 2 * PAGE, PROT_READ, MAP_PRIVATE, fd, 0);
    sys(close, fd);
    CHECK(!is_error(area));
    past = area + (unsigned long)past;
    CHECK(try(read_at, past - 1).signal == 0);
    CHECK(is(try(read_at, past), SIGBUS, BUS_ADRERR, past));
    CHECK(sys(munmap, area, past + 2 * PAGE - area) == 0);
    return true;
}

static int die_of_fault(void)
{
    read_at(NULL);
    return 0;
}

bool fault_kills(void)
{
    CHECK(killed_by(status_of_child(die_of_fault), SIGSEGV));
    return true;
}

static void call_vsyscall_time(void *result)
{
    *(long *)result = ((long (*)(long *))0xffffffffff600400UL)(NULL);
}

bool vsyscall(void)
{
    long seconds = 0;
    struct fault fault = try(call_vsyscall_time, &seconds);

    /* vsyscall=none turns the call into a fault; else the kernel emulates it. */
    if (fault.signal == SIGSEGV) {
        remark("none, signal ", fault.signal);
        return true;
    }
    CHECK(fault.signal == 0);
    CHECK(seconds - sys(time, NULL) <= 0);
    return true;
}
