/*
 * The benchmark's guest: an init that does one kind of work after the other and says when each begins and
 * ends, so that whoever watches the console can time it from outside. Needs what the workload needs.
 */
#include "../workload/sys.h"
#include <linux/mman.h>
#include <linux/reboot.h>

#define PAGE 4096UL

static char line[160];
static unsigned int length;

static void say(const char *text)
{
    while (*text != '\0')
        line[length++] = *text++;
}

static void say_number(unsigned long number)
{
    char digits[24];
    unsigned int i = sizeof(digits) - 1;

    digits[i] = '\0';
    do {
        digits[--i] = (char)('0' + number % 10);
        number /= 10;
    } while (number != 0);
    say(digits + i);
}

static void end_line(void)
{
    line[length++] = '\n';
    sys(write, 1, line, length);
    length = 0;
}

static uint64_t ticks(void)
{
    uint32_t low, high;

    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
    return (uint64_t)high << 32 | low;
}

static uint64_t result;

/* Registers and branches only: xorshift, with a multiplication and a data-dependent branch a round. */
static unsigned long computation(void)
{
    enum { ROUNDS = 15000000 };
    uint64_t x = 0x9e3779b97f4a7c15, sum = 0;

    for (unsigned int i = 0; i < ROUNDS; i++) {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        sum = x & 64 ? sum + x : sum * 5;
    }
    result = sum;
    return ROUNDS;
}

static uint64_t table[8192];

/* Loads and stores: turns 64 KiB of words round and adds them up. */
static unsigned long memory(void)
{
    enum { ROUNDS = 800, WORDS = sizeof(table) / sizeof(table[0]) };

    for (unsigned int i = 0; i < WORDS; i++)
        table[i] = i * 2654435761UL;
    for (unsigned int round = 0; round < ROUNDS; round++) {
        uint64_t sum = 0;

        for (unsigned int i = 0, j = WORDS - 1; i < j; i++, j--) {
            uint64_t left = table[i];

            table[i] = table[j];
            table[j] = left;
            sum += left ^ table[i];
        }
        result += sum;
    }
    return (unsigned long)ROUNDS * WORDS;
}

static unsigned long system_calls(void)
{
    enum { ROUNDS = 100000 };

    for (unsigned int i = 0; i < ROUNDS; i++)
        sys(getppid);
    return ROUNDS;
}

/* A byte goes to another process and back. */
static unsigned long context_switches(void)
{
    enum { ROUNDS = 4000 };
    int there[2], back[2];
    char byte = 1;
    long child;

    sys(pipe2, there, 0);
    sys(pipe2, back, 0);
    child = sys(fork);
    if (child == 0) {
        for (unsigned int i = 0; i < ROUNDS; i++) {
            sys(read, there[0], &byte, 1);
            sys(write, back[1], &byte, 1);
        }
        sys(exit_group, 0);
    }
    for (unsigned int i = 0; i < ROUNDS; i++) {
        sys(write, there[1], &byte, 1);
        sys(read, back[0], &byte, 1);
    }
    sys(wait4, child, 0, 0, 0);
    return 2UL * ROUNDS;
}

/* Maps pages, touches each, takes the right to write away, forks, and unmaps them. */
static unsigned long page_tables(void)
{
    enum { ROUNDS = 40, PAGES = 512 };

    for (unsigned int round = 0; round < ROUNDS; round++) {
        char *pages = (char *)sys(mmap, 0, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        long child;

        for (unsigned int i = 0; i < PAGES; i++)
            pages[i * PAGE] = (char)i;
        sys(mprotect, pages, PAGES * PAGE / 2, PROT_READ);
        child = sys(fork);
        if (child == 0)
            sys(exit_group, 0);
        sys(wait4, child, 0, 0, 0);
        sys(munmap, pages, PAGES * PAGE);
    }
    return (unsigned long)ROUNDS * PAGES;
}

static const struct kind {
    const char *name;
    unsigned long (*run)(void);
} kinds[] = {
    {"computation", computation},
    {"memory", memory},
    {"system calls", system_calls},
    {"context switches", context_switches},
    {"page tables", page_tables},
};

static void run(const struct kind *kind)
{
    uint64_t start;
    unsigned long count;

    say("benchmark: begin ");
    say(kind->name);
    end_line();
    start = ticks();
    count = kind->run();
    start = ticks() - start;
    say("benchmark: end ");
    say(kind->name);
    say(", ");
    say_number(count);
    say(" in ");
    say_number(start);
    say(" ticks");
    end_line();
}

__attribute__((used, noreturn)) void start(void)
{
    for (unsigned int i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        run(&kinds[i]);
    say("benchmark: done");
    end_line();
    if (own_pid() == 1)
        sys(reboot, LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2, LINUX_REBOOT_CMD_POWER_OFF, 0);
    sys(exit_group, 0);
    __builtin_unreachable();
}

__asm__(".globl _start\n"
        "_start:\n"
        "    xor %ebp, %ebp\n"
        "    and $-16, %rsp\n"
        "    call start\n");
