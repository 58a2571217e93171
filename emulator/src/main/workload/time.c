/* Clocks, timers and sleeping; and the random numbers that interrupts feed. */
#include "workload.h"
#include <linux/futex.h>
#include <linux/poll.h>
#include <linux/random.h>

#define MILLISECOND 1000000L

static long now(int clock)
{
    struct __kernel_timespec time = {0, 0};

    sys(clock_gettime, clock, &time);
    return time.tv_sec * 1000 * MILLISECOND + time.tv_nsec;
}

static struct __kernel_timespec timespec_of(long nanoseconds)
{
    return (struct __kernel_timespec){nanoseconds / (1000 * MILLISECOND), nanoseconds % (1000 * MILLISECOND)};
}

bool sleep_ms(long milliseconds)
{
    struct __kernel_timespec time = timespec_of(milliseconds * MILLISECOND);

    return sys(nanosleep, &time, 0) == 0;
}

bool clocks(void)
{
    struct __kernel_timespec resolution;
    long before = now(CLOCK_MONOTONIC);
    struct __kernel_old_timeval day = {0, 0};

    CHECK(sys(clock_getres, CLOCK_MONOTONIC, &resolution) == 0 && resolution.tv_nsec > 0);
    CHECK(before > 0);
    CHECK(now(CLOCK_MONOTONIC) >= before);
    CHECK(now(CLOCK_BOOTTIME) >= before);
    CHECK(now(CLOCK_PROCESS_CPUTIME_ID) > 0);
    CHECK(sys(gettimeofday, &day, 0) == 0 && day.tv_sec > 0);
    return true;
}

bool sleep_relative(void)
{
    long before = now(CLOCK_MONOTONIC);

    CHECK(sleep_ms(10));
    CHECK(now(CLOCK_MONOTONIC) - before >= 10 * MILLISECOND);
    return true;
}

bool sleep_absolute(void)
{
    long end = now(CLOCK_MONOTONIC) + 5 * MILLISECOND;
    struct __kernel_timespec time = timespec_of(end);

    CHECK(sys(clock_nanosleep, CLOCK_MONOTONIC, 1, &time, 0) == 0);
    CHECK(now(CLOCK_MONOTONIC) >= end);
    return true;
}

static volatile int alarms;

static void count_alarm(int signal, siginfo_t *information, void *context)
{
    (void)signal;
    (void)information;
    (void)context;
    alarms++;
}

/* Pauses only through calls that end by themselves, so that a lost signal is a failure and not a hang. */
static bool alarms_reach(int count)
{
    for (int i = 0; i < 50 && alarms < count; i++)
        sleep_ms(2);
    return alarms >= count;
}

bool interval_timer(void)
{
    struct __kernel_old_itimerval every = {{0, 4000}, {0, 4000}};
    struct __kernel_old_itimerval never = {{0, 0}, {0, 0}};

    alarms = 0;
    CHECK(set_handler(SIGALRM, count_alarm, 0) == 0);
    CHECK(sys(setitimer, 0, &every, 0) == 0);
    CHECK(alarms_reach(3));
    CHECK(sys(setitimer, 0, &never, 0) == 0);
    CHECK(set_default(SIGALRM) == 0);
    return true;
}

bool alarm_clock(void)
{
    CHECK(sys(alarm, 100) == 0);
    CHECK(sys(alarm, 0) == 100);
    return true;
}

bool posix_timer(void)
{
    struct sigevent event = {.sigev_signo = SIGUSR1, .sigev_notify = SIGEV_SIGNAL};
    struct __kernel_itimerspec every = {timespec_of(3 * MILLISECOND), timespec_of(3 * MILLISECOND)};
    int timer = -1;
    long result;

    alarms = 0;
    CHECK(set_handler(SIGUSR1, count_alarm, 0) == 0);
    result = sys(timer_create, CLOCK_MONOTONIC, &event, &timer);
    if (result == -ENOSYS) {
        remark("not in this kernel, error ", result);
        return true;
    }
    CHECK(result == 0);
    CHECK(sys(timer_settime, timer, 0, &every, 0) == 0);
    CHECK(alarms_reach(3));
    CHECK(sys(timer_delete, timer) == 0);
    CHECK(set_default(SIGUSR1) == 0);
    return true;
}

bool poll_timeout(void)
{
    int ends[2];
    struct pollfd descriptor;
    long before = now(CLOCK_MONOTONIC);

    CHECK(sys(pipe2, ends, 0) == 0);
    descriptor = (struct pollfd){ends[0], POLLIN, 0};
    CHECK(sys(poll, &descriptor, 1, 5) == 0);
    CHECK(now(CLOCK_MONOTONIC) - before >= 5 * MILLISECOND);
    CHECK(sys(write, ends[1], "x", 1) == 1);
    CHECK(sys(poll, &descriptor, 1, 5) == 1 && descriptor.revents == POLLIN);
    sys(close, ends[0]);
    sys(close, ends[1]);
    return true;
}

bool futex_timeout(void)
{
    int word = 0;
    struct __kernel_timespec time = timespec_of(3 * MILLISECOND);

    CHECK(sys(futex, &word, FUTEX_WAIT, 0, &time, 0, 0) == -ETIMEDOUT);
    CHECK(sys(futex, &word, FUTEX_WAIT, 1, &time, 0, 0) == -EAGAIN);
    return true;
}

bool random_bytes(void)
{
    unsigned char bytes[16];
    long got = sys(getrandom, bytes, sizeof(bytes), GRND_NONBLOCK);

    /* A machine without a source of entropy has none yet. */
    if (got == -EAGAIN) {
        remark("none yet, error ", got);
        return true;
    }
    CHECK(got == sizeof(bytes));
    return true;
}
