/*
 * The start-up workload: an init that exercises what reaches paravirt hooks, says what it did, and
 * powers off. It needs nothing but the kernel: no libc, no files but itself, /dev/console and
 * an empty /proc. Started as anything but process 1 (to try it on a running Linux) it exits instead.
 */
#include "workload.h"
#include <linux/auxvec.h>
#include <linux/reboot.h>

struct step {
    const char *name;
    bool (*run)(void);
};

static const struct step steps[] = {
    {"uname+sysinfo", uname_sysinfo},
    {"fork+exit+wait", fork_exit_wait},
    {"fork+exec", fork_exec},
    {"exec refused", exec_refused},
    {"vfork+exec", vfork_exec},
    {"many children", many_children},
    {"copy on write", copy_on_write},
    {"mmap+munmap", map_and_unmap},
    {"mmap sparse", map_sparse},
    {"mmap file", map_file},
    {"mmap shared", map_shared},
    {"mmap memfd", map_memfd},
    {"mmap populate", map_populate},
    {"mmap large", map_large},
    {"mmap huge pages", map_huge},
    {"mprotect", protect},
    {"mremap", remap},
    {"mremap whole tables", remap_tables},
    {"brk", move_break},
    {"madvise+mincore", discard},
    {"mlock", lock_pages},
    {"stack growth", grow_stack},
    {"fault: memory", fault_memory},
    {"fault: general protection", fault_general_protection},
    {"fault: divide", fault_divide},
    {"fault: invalid opcode", fault_invalid_opcode},
    {"fault: breakpoint", fault_breakpoint},
    {"fault: single step", fault_single_step},
    {"fault: alignment", fault_alignment},
    {"fault: x87", fault_x87},
    {"fault: past end of file", fault_past_file},
    {"fault: kills", fault_kills},
    {"vsyscall", vsyscall},
    {"signal to self", signal_self},
    {"signal on alternate stack", signal_alternate_stack},
    {"signals nested", signal_nested},
    {"signal blocked", signal_blocked},
    {"signal to child", signal_child},
    {"signal interrupts read", signal_interrupts_read},
    {"threads with TLS", threads_with_tls},
    {"futex ping-pong", futex_ping_pong},
    {"signal to thread", signal_thread},
    {"pipe ping-pong", pipe_ping_pong},
    {"fpu across switches", fpu_across_switches},
    {"process_vm_readv", read_other_process},
    {"seccomp strict", seccomp_strict},
    {"yield+priority", yield_and_priority},
    {"ptrace watchpoint", ptrace_watchpoint},
    {"ptrace breakpoint", ptrace_breakpoint},
    {"ptrace single step", ptrace_single_step},
    {"ptrace registers", ptrace_registers},
    {"modify_ldt", ldt_entry},
    {"ldt across switches", ldt_across_switches},
    {"ldt bad selector", ldt_bad_selector},
    {"compatibility mode", compat_mode},
    {"set_thread_area", thread_area},
    {"ioperm", io_permission},
    {"iopl", io_privilege_level},
    {"arch_prctl", segment_bases},
    {"fsgsbase", fsgsbase},
    {"cpuid+rdtsc", cpuid_and_tsc},
    {"clocks", clocks},
    {"nanosleep", sleep_relative},
    {"clock_nanosleep", sleep_absolute},
    {"setitimer", interval_timer},
    {"alarm", alarm_clock},
    {"timer_create", posix_timer},
    {"poll timeout", poll_timeout},
    {"futex timeout", futex_timeout},
    {"getrandom", random_bytes},
    {"proc", proc_files},
};

const char *self_path;
unsigned long hwcap2;

/* One line of output, written at once so that lines of several processes do not mix. */
static char line[256];
static unsigned int line_length;
static char remarks[160];
static unsigned int remarks_length;

static unsigned int append(char *to, unsigned int at, unsigned int size, const char *text)
{
    while (*text != '\0' && at < size - 2)
        to[at++] = *text++;
    to[at] = '\0';
    return at;
}

static unsigned int append_number(char *to, unsigned int at, unsigned int size, long number)
{
    char digits[24];
    unsigned int i = sizeof(digits) - 1;
    unsigned long rest = number < 0 ? -(unsigned long)number : (unsigned long)number;

    digits[i] = '\0';
    do {
        digits[--i] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest != 0);
    if (number < 0)
        digits[--i] = '-';
    return append(to, at, size, digits + i);
}

static void say(const char *text)
{
    line_length = append(line, line_length, sizeof(line), text);
}

static void say_number(long number)
{
    line_length = append_number(line, line_length, sizeof(line), number);
}

static void end_line(void)
{
    line[line_length++] = '\n';
    sys(write, 1, line, line_length);
    line_length = 0;
}

static void begin_line(void)
{
    line_length = 0;
    say("workload: ");
}

void complain(const char *condition, const char *file, int number)
{
    begin_line();
    say(file);
    say(":");
    say_number(number);
    say(": does not hold: ");
    say(condition);
    end_line();
}

void remark(const char *text, long number)
{
    remarks_length = append(remarks, remarks_length, sizeof(remarks), remarks_length == 0 ? " (" : ", ");
    remarks_length = append(remarks, remarks_length, sizeof(remarks), text);
    remarks_length = append_number(remarks, remarks_length, sizeof(remarks), number);
}

static bool run(const struct step *step)
{
    bool ok;

    remarks_length = 0;
    remarks[0] = '\0';
    ok = step->run();
    begin_line();
    say(step->name);
    say(ok ? " ok" : " FAILED");
    if (remarks_length != 0) {
        say(remarks);
        say(")");
    }
    end_line();
    return ok;
}

static void run_all(void)
{
    const unsigned int count = sizeof(steps) / sizeof(steps[0]);
    unsigned int failed = 0;

    begin_line();
    say("start");
    end_line();
    for (unsigned int i = 0; i < count; i++)
        failed += run(&steps[i]) ? 0 : 1;
    begin_line();
    say("done, ");
    say_number(count);
    say(" steps, ");
    say_number(failed);
    say(" failed");
    end_line();

    if (own_pid() == 1)
        sys(reboot, LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2, LINUX_REBOOT_CMD_POWER_OFF, 0);
    sys(exit_group, failed == 0 ? 0 : 1);
}

/* What fork+exec starts: exits with a code that shows that arguments and environment arrived. */
static void run_as_child(char **arguments, char **environment)
{
    bool ok = arguments[1][0] == 'c' && arguments[2] == NULL && environment[0] != NULL
              && environment[0][0] == 'E' && environment[1] == NULL;

    sys(exit_group, ok ? 42 : 1);
}

/* The initial stack: argc, argv..., 0, envp..., 0, auxv... (System V ABI, x86-64, 3.4.1). */
__attribute__((used, noreturn)) void start_on_stack(unsigned long *stack)
{
    unsigned long argc = stack[0];
    char **arguments = (char **)(stack + 1);
    char **environment = arguments + argc + 1;
    char **after_environment = environment;
    bool is_init = own_pid() == 1;

    while (*after_environment != NULL)
        after_environment++;
    for (unsigned long *aux = (unsigned long *)(after_environment + 1); aux[0] != AT_NULL; aux += 2)
        if (aux[0] == AT_HWCAP2)
            hwcap2 = aux[1];

    self_path = arguments[0];
    /* Process 1 gets the words of the kernel command line that the kernel did not know. */
    if (argc > 1 && !is_init)
        run_as_child(arguments, environment);
    run_all();
    __builtin_unreachable();
}

__asm__(".globl _start\n"
        "_start:\n"
        "    xor %ebp, %ebp\n"
        "    mov %rsp, %rdi\n"
        "    and $-16, %rsp\n"
        "    call start_on_stack\n");

void *memset(void *to, int value, size_t count)
{
    void *result = to;

    __asm__ volatile("rep stosb" : "+D"(to), "+c"(count) : "a"(value) : "memory");
    return result;
}

void *memcpy(void *to, const void *from, size_t count)
{
    void *result = to;

    __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(count) : : "memory");
    return result;
}
