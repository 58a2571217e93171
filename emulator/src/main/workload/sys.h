/* Raw Linux system calls (x86-64 ABI: number in rax, arguments in rdi, rsi, rdx, r10, r8, r9). */
#ifndef SYS_H
#define SYS_H

#include <asm/unistd.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static inline long syscall6(long number, long a, long b, long c, long d, long e, long f)
{
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    register long r9 __asm__("r9") = f;
    long result;

    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "0"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return result;
}

#define SYS_PADDED(number, a, b, c, d, e, f, ...) \
    syscall6(number, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))

/* sys(read, fd, buffer, size): missing arguments are 0; the result is a value or -errno. */
#define sys(name, ...) SYS_PADDED(__NR_##name, ##__VA_ARGS__, 0, 0, 0, 0, 0, 0, 0)

static inline long own_pid(void)
{
    return sys(getpid);
}

#endif
