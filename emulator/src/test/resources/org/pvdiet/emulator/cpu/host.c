// Runs single instructions on the host processor. Reads cases from standard input, writes what each left behind.
#define _GNU_SOURCE
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#define CODE 0x10000000UL
#define SCRATCH 0x20000000UL
#define SCRATCH_SIZE 16384

struct test {
    uint8_t length;
    uint8_t code[30];
    // 1: in compatibility mode.
    uint8_t narrow;
    uint64_t regs[16];
    uint64_t flags;
    uint64_t unused;
    // As FXSAVE64 has it.
    uint8_t fpu[512] __attribute__((aligned(16)));
};

struct result {
    uint64_t regs[16];
    uint64_t flags;
    uint64_t path;
    uint64_t trap;
    uint64_t error;
    uint64_t address;
    uint64_t changes;
    uint8_t fpu[512] __attribute__((aligned(16)));
};

struct test in;
struct result out;
uint64_t saved_rsp;
uint64_t entry = CODE;
// Linux's selectors: __USER32_CS, __USER_CS, __USER_DS.
struct __attribute__((packed)) {
    uint32_t offset;
    uint16_t selector;
} entry32 = {CODE, 0x23};
uint32_t usual_mxcsr = 0x1f80;

void run_case(void);
void run_narrow(void);
void after0(void);
void after1(void);
void after_fault(void);

asm(".text\n"
    "run_case:\n"
    "push %rbx; push %rbp; push %r12; push %r13; push %r14; push %r15\n"
    "mov %rsp, saved_rsp(%rip)\n"
    "fxrstor64 in+176(%rip)\n"
    "pushq in+160(%rip)\n"
    "popfq\n"
    "mov in+32(%rip), %rax; mov in+40(%rip), %rcx; mov in+48(%rip), %rdx; mov in+56(%rip), %rbx\n"
    "mov in+64(%rip), %rsp; mov in+72(%rip), %rbp; mov in+80(%rip), %rsi; mov in+88(%rip), %rdi\n"
    "mov in+96(%rip), %r8; mov in+104(%rip), %r9; mov in+112(%rip), %r10; mov in+120(%rip), %r11\n"
    "mov in+128(%rip), %r12; mov in+136(%rip), %r13; mov in+144(%rip), %r14; mov in+152(%rip), %r15\n"
    "jmp *entry(%rip)\n"
    // Registers above are loaded without a change of flags; so is the choice of the mode.
    "run_narrow:\n"
    "ljmpl *entry32(%rip)\n"
    "after1:\n"
    "movq $1, out+136(%rip)\n"
    "jmp 1f\n"
    "after0:\n"
    "movq $0, out+136(%rip)\n"
    "1:\n"
    "mov %rax, out(%rip); mov %rcx, out+8(%rip); mov %rdx, out+16(%rip); mov %rbx, out+24(%rip)\n"
    "mov %rsp, out+32(%rip); mov %rbp, out+40(%rip); mov %rsi, out+48(%rip); mov %rdi, out+56(%rip)\n"
    "mov %r8, out+64(%rip); mov %r9, out+72(%rip); mov %r10, out+80(%rip); mov %r11, out+88(%rip)\n"
    "mov %r12, out+96(%rip); mov %r13, out+104(%rip); mov %r14, out+112(%rip); mov %r15, out+120(%rip)\n"
    "mov saved_rsp(%rip), %rsp\n"
    "pushfq\n"
    "popq out+128(%rip)\n"
    "fxsave64 out+176(%rip)\n"
    "jmp 2f\n"
    "after_fault:\n"
    "mov saved_rsp(%rip), %rsp\n"
    "2:\n"
    "cld\n"
    "fninit\n"
    "ldmxcsr usual_mxcsr(%rip)\n"
    "pop %r15; pop %r14; pop %r13; pop %r12; pop %rbp; pop %rbx\n"
    "ret\n");

static const int order[16] = {REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP, REG_RSI, REG_RDI,
                              REG_R8,  REG_R9,  REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15};

static void on_signal(int number, siginfo_t *info, void *context) {
    ucontext_t *state = context;
    for (int i = 0; i < 16; i++) {
        out.regs[i] = state->uc_mcontext.gregs[order[i]];
    }
    memcpy(out.fpu, state->uc_mcontext.fpregs, sizeof out.fpu);
    out.flags = state->uc_mcontext.gregs[REG_EFL];
    out.path = state->uc_mcontext.gregs[REG_RIP] == CODE ? 2 : 3;
    out.trap = state->uc_mcontext.gregs[REG_TRAPNO] + 1;
    out.error = state->uc_mcontext.gregs[REG_ERR];
    out.address = state->uc_mcontext.gregs[REG_CR2];
    state->uc_mcontext.gregs[REG_RIP] = (greg_t)after_fault;
    state->uc_mcontext.gregs[REG_CSGSFS] = state->uc_mcontext.gregs[REG_CSGSFS] & ~0xffffL | 0x33;
    // RF is set in what a fault saves and must not stay.
    state->uc_mcontext.gregs[REG_EFL] = 2;
}

static void put_jump(uint8_t *at, void *target) {
    if (in.narrow) {
        uint32_t offset = (uintptr_t)target;
        at[0] = 0xea;
        memcpy(at + 1, &offset, 4);
        memcpy(at + 5, (uint8_t[]){0x33, 0}, 2);
        return;
    }
    static const uint8_t jump[6] = {0xff, 0x25, 0, 0, 0, 0};
    memcpy(at, jump, 6);
    memcpy(at + 6, &target, 8);
}

static uint8_t before[SCRATCH_SIZE];

int main(void) {
    static uint8_t stack[65536];
    static char buffer[1 << 20];
    setvbuf(stdout, buffer, _IOFBF, sizeof buffer);
    sigaltstack(&(stack_t){.ss_sp = stack, .ss_size = sizeof stack}, NULL);
    struct sigaction action = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    sigaction(SIGSEGV, &action, NULL);
    sigaction(SIGBUS, &action, NULL);
    sigaction(SIGFPE, &action, NULL);
    sigaction(SIGILL, &action, NULL);
    sigaction(SIGTRAP, &action, NULL);
    uint8_t *code = mmap((void *)CODE, 4096, 7, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    uint8_t *scratch = mmap((void *)SCRATCH, SCRATCH_SIZE, 3, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    if (code == MAP_FAILED || scratch == MAP_FAILED || fread(before, SCRATCH_SIZE, 1, stdin) != 1) {
        return 1;
    }
    memcpy(scratch, before, SCRATCH_SIZE);
    // 64-bit processes have none, and compatibility mode needs them.
    asm volatile("mov %0, %%ds; mov %0, %%es" : : "r"(0x2b));
    while (fread(&in, sizeof in, 1, stdin) == 1) {
        memset(&out, 0, sizeof out);
        memcpy(code, in.code, in.length);
        put_jump(code + in.length, after0);
        put_jump(code + 32, after1);
        entry = in.narrow ? (uint64_t)run_narrow : CODE;
        run_case();
        static uint32_t changes[SCRATCH_SIZE * 2];
        for (uint32_t i = 0; i < SCRATCH_SIZE; i++) {
            if ((i & 7) == 0 && *(uint64_t *)(scratch + i) == *(uint64_t *)(before + i)) {
                i += 7;
                continue;
            }
            if (scratch[i] != before[i]) {
                changes[2 * out.changes] = i;
                changes[2 * out.changes + 1] = scratch[i];
                out.changes++;
                scratch[i] = before[i];
            }
        }
        fwrite(&out, sizeof out, 1, stdout);
        fwrite(changes, 8, out.changes, stdout);
    }
    return fflush(stdout) != 0;
}
