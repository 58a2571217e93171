/* ptrace: debug registers, single steps, and reading and writing another process. */
#include "workload.h"
#define __FRAME_OFFSETS /* asks for the offsets of the registers in struct user */
#include <asm/ptrace.h>
#include <linux/elf.h>
#include <linux/ptrace.h>

/* Where PTRACE_PEEKUSR finds u_debugreg, and how many words PTRACE_GETREGS gives (struct user and
 * user_regs_struct, arch/x86/include/asm/user_64.h). */
#define DEBUG_REGISTER(n) (848 + 8 * (n))
#define USER_REGISTERS 27

/* DR7 (SDM 3B, 17.2.4): enable bit 2n; condition at 16+4n: 0 execution, 1 write; length at 18+4n: 3 is 4 bytes. */
#define DR7_LOCAL(n) (1UL << (2 * (n)))
#define DR7_WRITE_4(n) ((1UL | 3UL << 2) << (16 + 4 * (n)))

static volatile unsigned int watched;
static volatile unsigned int calls;

static __attribute__((noinline)) void called(void)
{
    calls++;
}

/* Stops for its tracer, then writes what is watched and calls what has a breakpoint. */
static long start_traced(void)
{
    int status = -1;
    long pid = sys(fork);

    if (pid == 0) {
        if (sys(ptrace, PTRACE_TRACEME, 0, 0, 0) != 0)
            sys(exit_group, 1);
        sys(kill, own_pid(), SIGSTOP);
        watched = 0x1234;
        called();
        sys(exit_group, (int)(watched & 0xff));
    }
    if (pid < 0 || sys(wait4, pid, &status, 0, 0) != pid || status != (SIGSTOP << 8 | 0x7f))
        return -1;
    return pid;
}

static bool continue_until_trap(long pid, long request)
{
    int status = -1;

    return sys(ptrace, request, pid, 0, 0) == 0 && sys(wait4, pid, &status, 0, 0) == pid
           && status == (SIGTRAP << 8 | 0x7f);
}

static bool continue_until_exit(long pid, int code)
{
    int status = -1;

    return sys(ptrace, PTRACE_CONT, pid, 0, 0) == 0 && sys(wait4, pid, &status, 0, 0) == pid
           && exited_with(status, code);
}

/* The raw system call stores the word at its fourth argument, and returns 0. */
static unsigned long peek_user(long pid, unsigned long offset)
{
    unsigned long word = 0;

    sys(ptrace, PTRACE_PEEKUSR, pid, offset, &word);
    return word;
}

bool ptrace_watchpoint(void)
{
    unsigned long word = 0;
    long pid;

    watched = 0;
    pid = start_traced();
    CHECK(pid > 0);
    CHECK(sys(ptrace, PTRACE_POKEUSR, pid, DEBUG_REGISTER(0), &watched) == 0);
    CHECK(sys(ptrace, PTRACE_POKEUSR, pid, DEBUG_REGISTER(7), DR7_LOCAL(0) | DR7_WRITE_4(0)) == 0);
    CHECK(peek_user(pid, DEBUG_REGISTER(0)) == (unsigned long)&watched);
    CHECK(continue_until_trap(pid, PTRACE_CONT));
    CHECK((peek_user(pid, DEBUG_REGISTER(6)) & 0xf) == 1);
    /* A data breakpoint is a trap: the write has happened. */
    CHECK(sys(ptrace, PTRACE_PEEKDATA, pid, &watched, &word) == 0);
    CHECK((unsigned int)word == 0x1234);
    CHECK(sys(ptrace, PTRACE_POKEUSR, pid, DEBUG_REGISTER(7), 0) == 0);
    CHECK(continue_until_exit(pid, 0x34));
    return true;
}

bool ptrace_breakpoint(void)
{
    long pid = start_traced();

    CHECK(pid > 0);
    CHECK(sys(ptrace, PTRACE_POKEUSR, pid, DEBUG_REGISTER(1), called) == 0);
    CHECK(sys(ptrace, PTRACE_POKEUSR, pid, DEBUG_REGISTER(7), DR7_LOCAL(1)) == 0);
    CHECK(continue_until_trap(pid, PTRACE_CONT));
    CHECK((peek_user(pid, DEBUG_REGISTER(6)) & 0xf) == 2);
    /* An instruction breakpoint is a fault: the instruction has yet to run. */
    CHECK(peek_user(pid, RIP) == (unsigned long)called);
    CHECK(sys(ptrace, PTRACE_POKEUSR, pid, DEBUG_REGISTER(7), 0) == 0);
    CHECK(continue_until_exit(pid, 0x34));
    /* An address of the kernel's must not be watched. */
    pid = start_traced();
    CHECK(pid > 0);
    CHECK(sys(ptrace, PTRACE_POKEUSR, pid, DEBUG_REGISTER(0), 0xffffffff81000000UL) == -EINVAL);
    CHECK(continue_until_exit(pid, 0x34));
    return true;
}

bool ptrace_single_step(void)
{
    long pid = start_traced();
    unsigned long before, after;

    CHECK(pid > 0);
    before = peek_user(pid, RIP);
    for (int i = 0; i < 5; i++) {
        CHECK(continue_until_trap(pid, PTRACE_SINGLESTEP));
        after = peek_user(pid, RIP);
        CHECK(after != before);
        before = after;
    }
    CHECK(continue_until_exit(pid, 0x34));
    return true;
}

bool ptrace_registers(void)
{
    unsigned long registers[USER_REGISTERS];
    long pid;
    bool exiting = false;

    pid = start_traced();
    CHECK(pid > 0);
    CHECK(sys(ptrace, PTRACE_POKEDATA, pid, &calls, 7) == 0);
    /* Stops at every system call, until the exit; there its code is replaced. */
    for (int i = 0; i < 20 && !exiting; i++) {
        CHECK(continue_until_trap(pid, PTRACE_SYSCALL));
        CHECK(sys(ptrace, PTRACE_GETREGS, pid, 0, registers) == 0);
        exiting = registers[ORIG_RAX / 8] == __NR_exit_group;
    }
    CHECK(exiting && registers[RDI / 8] == 0x34);
    registers[RDI / 8] = 0x21;
    CHECK(sys(ptrace, PTRACE_SETREGS, pid, 0, registers) == 0);
    CHECK(continue_until_exit(pid, 0x21));
    return true;
}
