/* Threads that share memory, each with a TLS block behind %fs, and futexes between them. */
#include "workload.h"
#include <linux/futex.h>
#include <linux/sched.h>

#define THREADS 4
#define ROUNDS 100
#define THREAD_FLAGS                                                                                      \
    (CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM | CLONE_SETTLS \
     | CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID)

struct thread {
    struct thread *self; /* at %fs:0 */
    unsigned long index;
    bool (*body)(struct thread *);
    volatile bool ok;
    volatile int tid; /* the kernel sets it, and clears it and wakes waiters when the thread has ended */
    char stack[16384] __attribute__((aligned(16)));
};

static struct thread threads[THREADS];

static struct thread *current(void)
{
    struct thread *self;

    __asm__ volatile("mov %%fs:0, %0" : "=r"(self));
    return self;
}

static __attribute__((used, noreturn)) void run_thread(struct thread *thread)
{
    thread->ok = current() == thread && thread->body(thread);
    sys(exit, 0);
    __builtin_unreachable();
}

static bool start(struct thread *thread, unsigned long index, bool (*body)(struct thread *))
{
    register long r10 __asm__("r10") = (long)&thread->tid;
    register long r8 __asm__("r8") = (long)thread;
    long result;

    thread->self = thread;
    thread->index = index;
    thread->body = body;
    thread->ok = false;
    __asm__ volatile("syscall\n"
                     "test %%rax, %%rax\n"
                     "jnz 1f\n"
                     "mov %%fs:0, %%rdi\n"
                     "xor %%ebp, %%ebp\n"
                     "call run_thread\n"
                     "1:"
                     : "=a"(result)
                     : "0"((long)__NR_clone), "D"((long)THREAD_FLAGS), "S"(thread->stack + sizeof(thread->stack)),
                       "d"(&thread->tid), "r"(r10), "r"(r8)
                     : "rcx", "r11", "memory");
    return result > 0;
}

static void join(struct thread *thread)
{
    int tid;

    while ((tid = thread->tid) != 0)
        sys(futex, &thread->tid, FUTEX_WAIT, tid, 0, 0, 0);
}

/* A lock as in Drepper, "Futexes Are Tricky": 0 free, 1 taken, 2 taken and waited for. */
static int lock_word;
static volatile unsigned int guarded;

static void lock(void)
{
    int seen = __sync_val_compare_and_swap(&lock_word, 0, 1);

    while (seen != 0) {
        if (seen == 2 || __sync_val_compare_and_swap(&lock_word, 1, 2) != 0)
            sys(futex, &lock_word, FUTEX_WAIT_PRIVATE, 2, 0, 0, 0);
        seen = __sync_val_compare_and_swap(&lock_word, 0, 2);
    }
}

static void unlock(void)
{
    if (__sync_fetch_and_sub(&lock_word, 1) != 1) {
        *(volatile int *)&lock_word = 0;
        sys(futex, &lock_word, FUTEX_WAKE_PRIVATE, 1, 0, 0, 0);
    }
}

static bool count_under_lock(struct thread *thread)
{
    for (int i = 0; i < ROUNDS; i++) {
        unsigned int before;
        lock();
        before = guarded;
        /* Gives the others a chance to run in the middle, and to wait for the lock. */
        if (i % 8 == 0)
            sys(sched_yield);
        guarded = before + 1;
        unlock();
        if (current() != thread)
            return false;
    }
    return true;
}

bool threads_with_tls(void)
{
    guarded = 0;
    for (unsigned long i = 0; i < THREADS; i++)
        CHECK(start(&threads[i], i, count_under_lock));
    for (unsigned long i = 0; i < THREADS; i++) {
        join(&threads[i]);
        CHECK(threads[i].ok);
    }
    CHECK(guarded == THREADS * ROUNDS);
    return true;
}

static volatile int turn;

static void await_turn(int mine)
{
    int seen;

    while ((seen = turn) != mine)
        sys(futex, &turn, FUTEX_WAIT_PRIVATE, seen, 0, 0, 0);
}

static bool alternate(struct thread *thread)
{
    for (int i = 0; i < ROUNDS; i++) {
        await_turn((int)thread->index);
        turn = !thread->index;
        sys(futex, &turn, FUTEX_WAKE_PRIVATE, 1, 0, 0, 0);
    }
    return true;
}

bool futex_ping_pong(void)
{
    turn = 0;
    CHECK(start(&threads[0], 0, alternate));
    CHECK(start(&threads[1], 1, alternate));
    join(&threads[0]);
    join(&threads[1]);
    CHECK(threads[0].ok && threads[1].ok);
    CHECK(turn == 0);
    return true;
}

static struct thread *volatile signalled;

static void note_thread(int signal, siginfo_t *information, void *context)
{
    (void)signal;
    (void)information;
    (void)context;
    signalled = current();
}

static bool wait_for_signal(struct thread *thread)
{
    for (int i = 0; i < 1000 && signalled == NULL; i++)
        sys(sched_yield);
    return signalled == thread;
}

bool signal_thread(void)
{
    signalled = NULL;
    CHECK(set_handler(SIGUSR1, note_thread, 0) == 0);
    CHECK(start(&threads[2], 2, wait_for_signal));
    CHECK(sys(tgkill, own_pid(), threads[2].tid, SIGUSR1) == 0);
    join(&threads[2]);
    CHECK(threads[2].ok);
    CHECK(set_default(SIGUSR1) == 0);
    return true;
}
