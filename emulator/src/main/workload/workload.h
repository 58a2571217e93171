/*
 * What the steps share. A step returns whether all it checked held; CHECK says what did not.
 * The steps are listed, in the order in which they run, in main.c.
 */
#ifndef WORKLOAD_H
#define WORKLOAD_H

#include "sys.h"
#include <asm/siginfo.h>
#include <asm/signal.h>
#include <linux/errno.h>
#include <linux/mman.h>
#include <linux/time.h>
#include <linux/wait.h>

#define PAGE 4096UL
#define HUGE_PAGE (2UL << 20)

/* Fails the step, naming the expression that did not hold. */
#define CHECK(condition)                                        \
    do {                                                        \
        if (!(condition)) {                                     \
            complain(#condition, __FILE__, __LINE__);           \
            return false;                                       \
        }                                                       \
    } while (0)

/* The compiler may call these two by itself, too. */
void *memset(void *to, int value, size_t count);
void *memcpy(void *to, const void *from, size_t count);

void complain(const char *condition, const char *file, int line);
/* Adds a remark to the step's line, for what a kernel may rightly refuse. */
void remark(const char *text, long number);

/* The path of this program, and what the kernel passed as AT_HWCAP2. */
extern const char *self_path;
extern unsigned long hwcap2;

/* Mappings. Both give an address, or -errno as the kernel does. */
char *map_anonymous(unsigned long size, int flags);
bool is_error(const void *mapping);

/* Runs body in a forked child that exits with body's result, and returns the wait status. */
int status_of_child(int (*body)(void));
bool exited_with(int status, int code);
bool killed_by(int status, int signal);

/* Signals. A handler that gets (signal, information, machine context). */
typedef void (*signal_handler)(int, siginfo_t *, void *);
long set_handler(int signal, signal_handler handler, unsigned long flags);
long set_default(int signal);
bool sleep_ms(long milliseconds);

/* What a fault turned into: the signal, its code and its address; signal 0 means no fault. */
struct fault {
    int signal;
    int code;
    unsigned long address;
};
/* Calls code(argument) and comes back even if it faults, by a jump out of the signal's handler. */
struct fault try(void (*code)(void *), void *argument);

bool fork_exit_wait(void);
bool many_children(void);
bool fork_exec(void);
bool exec_refused(void);
bool vfork_exec(void);
bool copy_on_write(void);
bool pipe_ping_pong(void);
bool fpu_across_switches(void);
bool read_other_process(void);
bool seccomp_strict(void);
bool yield_and_priority(void);
bool uname_sysinfo(void);
bool proc_files(void);

bool map_and_unmap(void);
bool map_sparse(void);
bool map_file(void);
bool map_shared(void);
bool map_memfd(void);
bool map_populate(void);
bool map_large(void);
bool map_huge(void);
bool protect(void);
bool remap(void);
bool remap_tables(void);
bool move_break(void);
bool discard(void);
bool lock_pages(void);
bool grow_stack(void);

bool fault_memory(void);
bool fault_general_protection(void);
bool fault_divide(void);
bool fault_invalid_opcode(void);
bool fault_breakpoint(void);
bool fault_single_step(void);
bool fault_alignment(void);
bool fault_x87(void);
bool fault_past_file(void);
bool fault_kills(void);
bool vsyscall(void);

bool signal_self(void);
bool signal_alternate_stack(void);
bool signal_nested(void);
bool signal_blocked(void);
bool signal_child(void);
bool signal_interrupts_read(void);

bool threads_with_tls(void);
bool futex_ping_pong(void);
bool signal_thread(void);

bool ptrace_watchpoint(void);
bool ptrace_breakpoint(void);
bool ptrace_single_step(void);
bool ptrace_registers(void);

bool ldt_entry(void);
bool ldt_across_switches(void);
bool ldt_bad_selector(void);
bool compat_mode(void);
bool thread_area(void);
bool io_permission(void);
bool io_privilege_level(void);
bool segment_bases(void);
bool fsgsbase(void);
bool cpuid_and_tsc(void);

bool clocks(void);
bool sleep_relative(void);
bool sleep_absolute(void);
bool interval_timer(void);
bool alarm_clock(void);
bool posix_timer(void);
bool poll_timeout(void);
bool futex_timeout(void);
bool random_bytes(void);

#endif
