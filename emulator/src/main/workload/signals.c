/* Signals: sent, blocked, nested, on another stack, and to other processes. */
#include "workload.h"

#define KERNEL_SIGSET_SIZE 8

/* The kernel's struct sigaction (arch/x86/include/uapi/asm/signal.h hides it from user headers' namesake). */
struct kernel_sigaction {
    void *handler;
    unsigned long flags;
    void (*restorer)(void);
    unsigned long mask;
};

void return_from_signal(void);
__asm__("return_from_signal:\n"
        "    mov $15, %eax\n" /* rt_sigreturn */
        "    syscall\n");

long set_handler(int signal, signal_handler handler, unsigned long flags)
{
    struct kernel_sigaction action = {(void *)handler, flags | SA_SIGINFO | SA_RESTORER, return_from_signal, 0};

    return sys(rt_sigaction, signal, &action, 0, KERNEL_SIGSET_SIZE);
}

long set_default(int signal)
{
    struct kernel_sigaction action = {SIG_DFL, SA_RESTORER, return_from_signal, 0};

    return sys(rt_sigaction, signal, &action, 0, KERNEL_SIGSET_SIZE);
}

static unsigned long mask_of(int signal)
{
    return 1UL << (signal - 1);
}

static volatile unsigned int received;
static volatile unsigned long handler_stack;
static volatile int sender;

static void count(int signal, siginfo_t *information, void *context)
{
    (void)signal;
    (void)context;
    received++;
    sender = information->si_pid;
    handler_stack = (unsigned long)__builtin_frame_address(0);
}

bool signal_self(void)
{
    received = 0;
    CHECK(set_handler(SIGUSR1, count, 0) == 0);
    for (int i = 0; i < 50; i++)
        CHECK(sys(kill, own_pid(), SIGUSR1) == 0);
    CHECK(received == 50);
    CHECK(sender == own_pid());
    CHECK(set_default(SIGUSR1) == 0);
    return true;
}

bool signal_alternate_stack(void)
{
    static char area[16384] __attribute__((aligned(16)));
    stack_t stack = {area, 0, sizeof(area)};
    stack_t disabled = {NULL, 2 /* SS_DISABLE */, 0};

    received = 0;
    CHECK(sys(sigaltstack, &stack, 0) == 0);
    CHECK(set_handler(SIGUSR1, count, SA_ONSTACK) == 0);
    CHECK(sys(kill, own_pid(), SIGUSR1) == 0);
    CHECK(received == 1);
    CHECK(handler_stack >= (unsigned long)area && handler_stack < (unsigned long)area + sizeof(area));
    CHECK(sys(sigaltstack, &disabled, 0) == 0);
    CHECK(set_default(SIGUSR1) == 0);
    return true;
}

static volatile unsigned int depth, deepest;

static void nest(int signal, siginfo_t *information, void *context)
{
    (void)information;
    (void)context;
    depth++;
    if (depth > deepest)
        deepest = depth;
    if (depth < 5)
        sys(kill, own_pid(), signal);
    depth--;
}

bool signal_nested(void)
{
    depth = deepest = 0;
    CHECK(set_handler(SIGUSR2, nest, SA_NODEFER) == 0);
    CHECK(sys(kill, own_pid(), SIGUSR2) == 0);
    CHECK(deepest == 5 && depth == 0);
    CHECK(set_default(SIGUSR2) == 0);
    return true;
}

bool signal_blocked(void)
{
    unsigned long mask = mask_of(SIGUSR1), pending = 0, none = 0;
    struct __kernel_timespec no_time = {0, 0};

    received = 0;
    CHECK(set_handler(SIGUSR1, count, 0) == 0);
    CHECK(sys(rt_sigprocmask, SIG_BLOCK, &mask, 0, KERNEL_SIGSET_SIZE) == 0);
    CHECK(sys(kill, own_pid(), SIGUSR1) == 0);
    CHECK(received == 0);
    CHECK(sys(rt_sigpending, &pending, KERNEL_SIGSET_SIZE) == 0 && pending == mask);
    CHECK(sys(rt_sigtimedwait, &mask, 0, &no_time, KERNEL_SIGSET_SIZE) == SIGUSR1);
    CHECK(received == 0);
    CHECK(sys(kill, own_pid(), SIGUSR1) == 0);
    /* Waits with nothing blocked: the handler runs before the call returns. */
    CHECK(sys(rt_sigsuspend, &none, KERNEL_SIGSET_SIZE) == -EINTR);
    CHECK(received == 1);
    CHECK(sys(rt_sigprocmask, SIG_UNBLOCK, &mask, 0, KERNEL_SIGSET_SIZE) == 0);
    CHECK(received == 1);
    CHECK(set_default(SIGUSR1) == 0);
    return true;
}

bool signal_child(void)
{
    int status = -1;
    long pid;

    received = 0;
    CHECK(set_handler(SIGCHLD, count, SA_RESTART) == 0);
    pid = sys(fork);
    if (pid == 0)
        for (;;)
            sys(pause);
    CHECK(pid > 0);
    CHECK(sys(kill, pid, SIGSTOP) == 0);
    CHECK(sys(wait4, pid, &status, WUNTRACED, 0) == pid && (status & 0xff) == 0x7f);
    CHECK(sys(kill, pid, SIGCONT) == 0);
    CHECK(sys(kill, pid, SIGKILL) == 0);
    CHECK(sys(wait4, pid, &status, 0, 0) == pid && killed_by(status, SIGKILL));
    CHECK(received >= 2);
    CHECK(set_default(SIGCHLD) == 0);
    return true;
}

bool signal_interrupts_read(void)
{
    int ends[2];
    char byte;
    int status = -1;
    long parent = own_pid();
    long pid;

    received = 0;
    CHECK(sys(pipe2, ends, 0) == 0);
    CHECK(set_handler(SIGUSR1, count, 0) == 0);
    pid = sys(fork);
    if (pid == 0) {
        sleep_ms(5);
        sys(kill, parent, SIGUSR1);
        sys(exit_group, 0);
    }
    CHECK(pid > 0);
    CHECK(sys(read, ends[0], &byte, 1) == -EINTR);
    CHECK(received == 1 && sender == pid);
    CHECK(sys(wait4, pid, &status, 0, 0) == pid && exited_with(status, 0));
    sys(close, ends[0]);
    sys(close, ends[1]);
    CHECK(set_default(SIGUSR1) == 0);
    return true;
}
