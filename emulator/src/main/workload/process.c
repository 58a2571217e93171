/* Processes: fork, exec, exit, wait, copy on write, and switches between two of them. */
#include "workload.h"
#include <asm/stat.h>
#include <linux/fcntl.h>
#include <linux/mount.h>
#include <linux/prctl.h>
#include <linux/sysinfo.h>
#include <linux/uio.h>
#include <linux/utsname.h>

#define ROUNDS 200
#define COW_PAGES 256UL

static char *child_arguments[] = {NULL, "child", NULL};
static char *child_environment[] = {"E=1", NULL};

int status_of_child(int (*body)(void))
{
    int status = -1;
    long pid = sys(fork);

    if (pid == 0)
        sys(exit_group, body());
    if (pid < 0 || sys(wait4, pid, &status, 0, 0) != pid)
        return -1;
    return status;
}

bool exited_with(int status, int code)
{
    return status == code << 8;
}

bool killed_by(int status, int signal)
{
    return (status & 0x7f) == signal;
}

static int exit_42(void)
{
    return 42;
}

bool fork_exit_wait(void)
{
    int status;

    CHECK(exited_with(status_of_child(exit_42), 42));
    CHECK(sys(wait4, -1, &status, WNOHANG, 0) == -ECHILD);
    return true;
}

bool many_children(void)
{
    enum { CHILDREN = 8 };
    unsigned int seen = 0;

    for (int i = 0; i < CHILDREN; i++) {
        long pid = sys(fork);
        if (pid == 0)
            sys(exit_group, i);
        CHECK(pid > 0);
    }
    for (int i = 0; i < CHILDREN; i++) {
        int status = -1;
        CHECK(sys(wait4, -1, &status, 0, 0) > 0);
        seen |= 1U << (status >> 8);
    }
    CHECK(seen == (1U << CHILDREN) - 1);
    return true;
}

static int exec_self(void)
{
    child_arguments[0] = (char *)self_path;
    sys(execve, self_path, child_arguments, child_environment);
    return 1;
}

bool fork_exec(void)
{
    CHECK(exited_with(status_of_child(exec_self), 42));
    return true;
}

bool exec_refused(void)
{
    CHECK(sys(execve, "/no such file", child_arguments, child_environment) == -ENOENT);
    CHECK(sys(execve, "/proc", child_arguments, child_environment) == -EACCES);
    return true;
}

bool vfork_exec(void)
{
    long pid;
    int status = -1;

    child_arguments[0] = (char *)self_path;
    /* The child borrows this stack, so it must not touch it: all it does is in here. */
    __asm__ volatile("syscall\n"
                     "test %%rax, %%rax\n"
                     "jnz 1f\n"
                     "mov %[execve], %%eax\n"
                     "syscall\n"
                     "mov %[exit], %%eax\n"
                     "syscall\n"
                     "1:"
                     : "=a"(pid)
                     : "0"((long)__NR_vfork), [execve] "i"(__NR_execve), [exit] "i"(__NR_exit_group), "D"(self_path),
                       "S"(child_arguments), "d"(child_environment)
                     : "rcx", "r11", "memory");
    CHECK(pid > 0);
    CHECK(sys(wait4, pid, &status, 0, 0) == pid);
    CHECK(exited_with(status, 42));
    return true;
}

static char *cow_area;

static bool cow_area_holds(char value)
{
    for (unsigned long i = 0; i < COW_PAGES; i++)
        if (cow_area[i * PAGE] != value || cow_area[i * PAGE + PAGE - 1] != value)
            return false;
    return true;
}

static void cow_area_write(char value)
{
    for (unsigned long i = 0; i < COW_PAGES; i++) {
        cow_area[i * PAGE] = value;
        cow_area[i * PAGE + PAGE - 1] = value;
    }
}

static int write_inherited_pages(void)
{
    if (!cow_area_holds(1))
        return 1;
    cow_area_write(2);
    return cow_area_holds(2) ? 0 : 2;
}

bool copy_on_write(void)
{
    cow_area = map_anonymous(COW_PAGES * PAGE, 0);
    CHECK(!is_error(cow_area));
    cow_area_write(1);
    CHECK(exited_with(status_of_child(write_inherited_pages), 0));
    CHECK(cow_area_holds(1));
    cow_area_write(3);
    CHECK(cow_area_holds(3));
    CHECK(sys(munmap, cow_area, COW_PAGES * PAGE) == 0);
    return true;
}

/* Two pipes between parent and child: descriptor 0 is read, 1 is written. */
static int to_child[2];
static int to_parent[2];

static bool open_pipes(void)
{
    return sys(pipe2, to_child, 0) == 0 && sys(pipe2, to_parent, 0) == 0;
}

static void close_pipes(void)
{
    sys(close, to_child[0]);
    sys(close, to_child[1]);
    sys(close, to_parent[0]);
    sys(close, to_parent[1]);
}

static int answer_incremented(void)
{
    for (int i = 0; i < ROUNDS; i++) {
        unsigned int number;
        if (sys(read, to_child[0], &number, sizeof(number)) != sizeof(number))
            return 1;
        number++;
        if (sys(write, to_parent[1], &number, sizeof(number)) != sizeof(number))
            return 2;
    }
    return 0;
}

bool pipe_ping_pong(void)
{
    unsigned int number = 0;
    int status = -1;
    long pid;

    CHECK(open_pipes());
    pid = sys(fork);
    if (pid == 0)
        sys(exit_group, answer_incremented());
    CHECK(pid > 0);
    for (int i = 0; i < ROUNDS; i++) {
        CHECK(sys(write, to_child[1], &number, sizeof(number)) == sizeof(number));
        CHECK(sys(read, to_parent[0], &number, sizeof(number)) == sizeof(number));
    }
    CHECK(number == ROUNDS);
    CHECK(sys(wait4, pid, &status, 0, 0) == pid && exited_with(status, 0));
    close_pipes();
    return true;
}

/* What the FPU registers are to hold, and what they held after another process ran. */
struct fpu_state {
    uint64_t xmm[16][2];
    int64_t st[8];
    uint32_t mxcsr;
    uint16_t control;
};
static struct fpu_state fpu_expected, fpu_found;
static char fpu_token;

/*
 * Loads every SSE and x87 register, hands a byte to the other process, waits for one, and stores the
 * registers: between the two calls the other process ran with its own values.
 */
static bool fpu_survives_switch(int write_to, int read_from)
{
    static const uint32_t default_mxcsr = 0x1f80;
    long result;

    memset(&fpu_found, 0, sizeof(fpu_found));
    __asm__ volatile(
        "fninit\n"
        "fldcw %[control]\n"
        "ldmxcsr %[mxcsr]\n"
        ".irp i, 7,6,5,4,3,2,1,0\n"
        "fildll %c[st] + 8*\\i(%[expected])\n"
        ".endr\n"
        ".irp i, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n"
        "movdqu 16*\\i(%[expected]), %%xmm\\i\n"
        ".endr\n"
        "mov %[write], %%eax\n"
        "mov %[write_to], %%edi\n"
        "syscall\n"
        "mov %[read], %%eax\n"
        "mov %[read_from], %%edi\n"
        "syscall\n"
        ".irp i, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n"
        "movdqu %%xmm\\i, 16*\\i(%[found])\n"
        ".endr\n"
        "stmxcsr %c[mxcsr_offset](%[found])\n"
        "fnstcw %c[control_offset](%[found])\n"
        ".irp i, 0,1,2,3,4,5,6,7\n"
        "fistpll %c[st] + 8*\\i(%[found])\n"
        ".endr\n"
        "fninit\n"
        "ldmxcsr %[default_mxcsr]\n"
        : "=&a"(result)
        : [expected] "r"(&fpu_expected), [found] "r"(&fpu_found), [control] "m"(fpu_expected.control),
          [mxcsr] "m"(fpu_expected.mxcsr), [default_mxcsr] "m"(default_mxcsr), [st] "i"(offsetof(struct fpu_state, st)),
          [mxcsr_offset] "i"(offsetof(struct fpu_state, mxcsr)), [control_offset] "i"(offsetof(struct fpu_state, control)),
          [write] "i"(__NR_write), [read] "i"(__NR_read), [write_to] "r"(write_to), [read_from] "r"(read_from),
          "S"(&fpu_token), "d"(1L)
        : "rcx", "r11", "rdi", "memory", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9",
          "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15", "st", "st(1)", "st(2)", "st(3)", "st(4)", "st(5)",
          "st(6)", "st(7)");
    if (result != 1)
        return false;
    for (unsigned int i = 0; i < sizeof(struct fpu_state); i++)
        if (((char *)&fpu_expected)[i] != ((char *)&fpu_found)[i])
            return false;
    return true;
}

static void expect_fpu_values(uint64_t seed, uint32_t mxcsr, uint16_t control)
{
    memset(&fpu_expected, 0, sizeof(fpu_expected));
    for (unsigned int i = 0; i < 16; i++) {
        fpu_expected.xmm[i][0] = seed * (2 * i + 1);
        fpu_expected.xmm[i][1] = ~seed * (2 * i + 3);
    }
    for (unsigned int i = 0; i < 8; i++)
        fpu_expected.st[i] = (int64_t)(seed >> 8) * (i % 2 == 0 ? 1 : -1) + i;
    fpu_expected.mxcsr = mxcsr;
    fpu_expected.control = control;
}

#define FPU_ROUNDS 20

static int keep_fpu_values(void)
{
    char token;

    /* Round up, flush to zero; x87 double precision, round down. All exceptions masked. */
    expect_fpu_values(0x0123456789abcdefULL, 0xdf80, 0x067f);
    if (sys(read, to_child[0], &token, 1) != 1)
        return 1;
    for (int i = 0; i < FPU_ROUNDS; i++)
        if (!fpu_survives_switch(to_parent[1], to_child[0]))
            return 2;
    return 0;
}

bool fpu_across_switches(void)
{
    int status = -1;
    long pid;

    CHECK(open_pipes());
    expect_fpu_values(0xfedcba9876543210ULL, 0x1f80, 0x037f);
    pid = sys(fork);
    if (pid == 0)
        sys(exit_group, keep_fpu_values());
    CHECK(pid > 0);
    for (int i = 0; i < FPU_ROUNDS; i++)
        CHECK(fpu_survives_switch(to_child[1], to_parent[0]));
    CHECK(sys(write, to_child[1], &fpu_token, 1) == 1);
    CHECK(sys(wait4, pid, &status, 0, 0) == pid && exited_with(status, 0));
    close_pipes();
    return true;
}

static volatile unsigned long secret;

bool read_other_process(void)
{
    unsigned long copy = 0;
    struct iovec local = {&copy, sizeof(copy)};
    struct iovec remote = {(void *)&secret, sizeof(secret)};
    char token = 0;
    int status = -1;
    long pid, result;

    CHECK(open_pipes());
    pid = sys(fork);
    if (pid == 0) {
        secret = 0x5ec2e7;
        sys(write, to_parent[1], &token, 1);
        sys(read, to_child[0], &token, 1);
        sys(exit_group, 0);
    }
    CHECK(pid > 0);
    CHECK(sys(read, to_parent[0], &token, 1) == 1);
    result = sys(process_vm_readv, pid, &local, 1, &remote, 1, 0);
    CHECK(sys(write, to_child[1], &token, 1) == 1);
    CHECK(sys(wait4, pid, &status, 0, 0) == pid && exited_with(status, 0));
    close_pipes();
    if (result == -ENOSYS || result == -EPERM) {
        remark("refused, error ", result);
        return true;
    }
    CHECK(result == sizeof(copy) && copy == 0x5ec2e7 && secret == 0);
    return true;
}

static int make_forbidden_call(void)
{
    char nothing;

    if (sys(prctl, PR_SET_SECCOMP, 1, 0, 0, 0) != 0)
        return 77;
    sys(write, 1, &nothing, 0);
    own_pid();
    return 1;
}

bool seccomp_strict(void)
{
    int status = status_of_child(make_forbidden_call);

    if (exited_with(status, 77)) {
        remark("not in this kernel ", 0);
        return true;
    }
    CHECK(killed_by(status, SIGKILL));
    return true;
}

bool yield_and_priority(void)
{
    unsigned long mask = 0;
    char name[16] = "";

    for (int i = 0; i < 20; i++)
        CHECK(sys(sched_yield) == 0);
    CHECK(sys(sched_getaffinity, 0, sizeof(mask), &mask) > 0 && mask != 0);
    CHECK(sys(sched_setaffinity, 0, sizeof(mask), &mask) == 0);
    CHECK(sys(setpriority, 0, 0, 5) == 0);
    CHECK(sys(getpriority, 0, 0) == 20 - 5);
    sys(setpriority, 0, 0, 0);
    CHECK(sys(prctl, PR_SET_NAME, "pvdiet", 0, 0, 0) == 0);
    CHECK(sys(prctl, PR_GET_NAME, name, 0, 0, 0) == 0 && name[5] == 't' && name[6] == '\0');
    return true;
}

bool uname_sysinfo(void)
{
    struct new_utsname names;
    struct sysinfo information;

    CHECK(sys(uname, &names) == 0);
    CHECK(names.sysname[0] == 'L' && names.machine[0] == 'x');
    CHECK(sys(sysinfo, &information) == 0);
    CHECK(information.totalram != 0 && information.procs > 0);
    return true;
}

static long count_lines(const char *path)
{
    static char buffer[PAGE];
    long count = 0, got, fd = sys(open, path, O_RDONLY, 0);

    if (fd < 0)
        return fd;
    while ((got = sys(read, fd, buffer, sizeof(buffer))) > 0)
        for (long i = 0; i < got; i++)
            count += buffer[i] == '\n';
    sys(close, fd);
    return got < 0 ? got : count;
}

static bool page_is_present(const void *address, bool *present)
{
    uint64_t entry;
    long got, fd = sys(open, "/proc/self/pagemap", O_RDONLY, 0);

    if (fd < 0)
        return false;
    got = sys(pread64, fd, &entry, sizeof(entry), (unsigned long)address / PAGE * sizeof(entry));
    sys(close, fd);
    *present = entry >> 63;
    return got == sizeof(entry);
}

bool proc_files(void)
{
    static char touched[PAGE];
    bool present = false;
    long fd;

    if (own_pid() == 1)
        CHECK(sys(mount, "proc", "/proc", "proc", 0, 0) == 0);
    CHECK(count_lines("/proc/self/maps") > 3);
    CHECK(count_lines("/proc/self/smaps") > 20);
    CHECK(count_lines("/proc/interrupts") > 1);
    CHECK(count_lines("/proc/cpuinfo") > 10);
    touched[0] = 1;
    CHECK(page_is_present(touched, &present) && present);
    /* 1 clears the accessed bits of all pages, 4 the soft-dirty ones (Documentation/filesystems/proc.rst). */
    fd = sys(open, "/proc/self/clear_refs", O_WRONLY, 0);
    CHECK(fd >= 0);
    CHECK(sys(write, fd, "1", 1) == 1);
    CHECK(sys(write, fd, "4", 1) == 1);
    sys(close, fd);
    touched[0]++;
    CHECK(touched[0] == 2);
    return true;
}
