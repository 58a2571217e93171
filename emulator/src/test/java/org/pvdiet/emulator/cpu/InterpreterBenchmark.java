package org.pvdiet.emulator.cpu;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Guest instructions per second of processor time, for a few kinds of code. Needs {@code as} and {@code objcopy}. */
final class InterpreterBenchmark {
    private static final long CODE = 0x10000000L;
    private static final long DATA = 0x20000000L;
    private static final long INSTRUCTIONS = 300_000_000;

    private InterpreterBenchmark() {}

    private static Map<String, String> programs() {
        Map<String, String> programs = new LinkedHashMap<>();
        programs.put("hot ALU loop", """
                mov $1, %rax
                1: mov %rax, %rdx
                shl $13, %rdx
                xor %rdx, %rax
                mov %rax, %rdx
                shr $7, %rdx
                xor %rdx, %rax
                mov %rax, %rdx
                shl $17, %rdx
                xor %rdx, %rax
                add $1, %rcx
                cmp $-1, %rcx
                jne 1b
                """);
        programs.put("memory copy loop", """
                1: xor %ecx, %ecx
                2: mov 0x20000000(%rcx), %rax
                mov %rax, 0x20001000(%rcx)
                mov 0x20000008(%rcx), %rdx
                mov %rdx, 0x20001008(%rcx)
                add $16, %rcx
                cmp $4096, %rcx
                jb 2b
                jmp 1b
                """);
        programs.put("calls and returns", """
                1: mov $20, %edi
                call fib
                jmp 1b
                fib: push %rbx
                push %rbp
                mov %edi, %ebx
                cmp $2, %edi
                jb 2f
                lea -1(%rdi), %edi
                call fib
                mov %rax, %rbp
                lea -2(%rbx), %edi
                call fib
                add %rbp, %rax
                jmp 3f
                2: mov %edi, %eax
                3: pop %rbp
                pop %rbx
                ret
                """);
        StringBuilder cold = new StringBuilder("1:\n");
        for (int i = 0; i < 50_000; i++) {
            cold.append("""
                    mov 0x20000010, %eax
                    add $%d, %eax
                    test $1, %al
                    mov %eax, 0x20000010
                    jz 2f
                    xor %ecx, %eax
                    2:
                    """.replace("%d", "" + i));
        }
        programs.put("100,000 blocks in turn", cold + "jmp 1b\n");
        return programs;
    }

    public static void main(String[] arguments) throws Exception {
        for (Map.Entry<String, String> program : programs().entrySet()) {
            byte[] code = assemble(program.getValue());
            FlatMachine machine = new FlatMachine(CpuModel.named("nehalem"));
            machine.map(CODE, 0x1000000, code.length + 4096 & -4096);
            machine.map(DATA, 0x800000, 0x10000);
            machine.memory.write(0x1000000, code, 0, code.length);
            Cpu cpu = machine.cpu;
            cpu.jump(CODE);
            cpu.r[Cpu.RSP] = DATA + 0x8000;
            for (int round = 0; round < 3; round++) {
                long start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
                cpu.run(cpu.time() + INSTRUCTIONS);
                long spent = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - start;
                System.out.printf("%-24s round %d: %4d MIPS%n", program.getKey(), round, INSTRUCTIONS * 1000 / spent);
            }
        }
    }

    private static byte[] assemble(String text) throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("pvdiet");
        Path source = folder.resolve("code.s");
        Path object = folder.resolve("code.o");
        Path binary = folder.resolve("code.bin");
        Files.writeString(source, text);
        run("as", "-o", object.toString(), source.toString());
        run("objcopy", "-O", "binary", "-j", ".text", object.toString(), binary.toString());
        byte[] code = Files.readAllBytes(binary);
        for (Path file : new Path[] {source, object, binary, folder}) {
            Files.delete(file);
        }
        return code;
    }

    private static void run(String... command) throws IOException, InterruptedException {
        if (new ProcessBuilder(command).inheritIO().start().waitFor() != 0) {
            throw new IllegalStateException(command[0] + " failed");
        }
    }
}
