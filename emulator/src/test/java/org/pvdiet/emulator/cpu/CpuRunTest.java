package org.pvdiet.emulator.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.io.BaseEncoding;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pvdiet.emulator.cpu.decode.Mode;
import org.pvdiet.emulator.memory.Mmio;

/** Where a run stops, what faults leave, and that changed code is executed as changed. */
class CpuRunTest {
    private static final long CODE = 0x10000000L;
    private static final long PHYSICAL = 0x200000L;
    private static final long DATA = 0x20000000L;

    private FlatMachine machine;
    private Cpu cpu;

    @BeforeEach
    void build() {
        place(new FlatMachine(CpuModel.named("nehalem")));
    }

    private void place(FlatMachine built) {
        machine = built;
        machine.map(CODE, PHYSICAL, 8192);
        machine.map(DATA, 0x300000, 8192);
        cpu = machine.cpu;
        cpu.jump(CODE);
        cpu.r[Cpu.RSP] = DATA + 0x1000;
    }

    private void code(long address, String hex) {
        byte[] bytes = BaseEncoding.base16().lowerCase().decode(hex.replace(" ", ""));
        machine.memory.write(PHYSICAL + address - CODE, bytes, 0, bytes.length);
    }

    private void run(long instructions) {
        cpu.run(cpu.time() + instructions);
    }

    private List<Long> state() {
        List<Long> state = new ArrayList<>(List.of(cpu.rip(), cpu.rflags(), cpu.retired()));
        for (int i = 0; i < 16; i++) {
            state.add(cpu.r[i]);
        }
        return state;
    }

    /** A loop with a comparison and its branch, a call, a push and NOPs. */
    private void loop() {
        // 0: inc %eax; nop; push %rax; call 0x12; pop %rcx; cmp $5,%eax; jne 0; xor %eax,%eax; jmp 0
        // 0x12: add %rax,%rdx; ret
        code(CODE, "ffc0 90 50 e809000000 59 83f805 75f1 31c0 ebed");
        code(CODE + 0x12, "4801c2 c3");
    }

    @Test
    void anyDeadlineIsMetAtItsInstruction() {
        loop();
        List<List<Long>> single = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            single.add(state());
            run(1);
        }
        for (int chunk : new int[] {2, 3, 5, 7, 11, 64, 199}) {
            build();
            loop();
            for (int at = 0; at + chunk < 200; at += chunk) {
                run(chunk);
                assertEquals(single.get(at + chunk), state(), "after " + (at + chunk) + " instructions by " + chunk);
            }
        }
    }

    @Test
    void aFaultInTheMiddleOfABlockLeavesTheStateBeforeItsInstruction() {
        // mov $1,%eax; add $2,%eax; mov %rax,(%rbx); mov $9,%eax
        code(CODE, "b801000000 83c002 488903 b809000000 ebfe");
        cpu.r[Cpu.RBX] = 0x123000;
        run(100);
        assertEquals(Vector.PAGE_FAULT, machine.vector);
        assertEquals(0x123000, machine.faultAddress);
        assertEquals(CODE + 8, cpu.rip());
        assertEquals(2, cpu.retired());
        assertEquals(3, cpu.r[Cpu.RAX]);
    }

    @Test
    void aNonCanonicalAddressIsAStackFaultOnlyThroughTheStackSegment() {
        code(CODE, "488b03");
        cpu.r[Cpu.RBX] = 1L << 62;
        run(1);
        assertEquals(Vector.GENERAL_PROTECTION, machine.vector);
        code(CODE, "488b4500");
        cpu.r[Cpu.RBP] = 1L << 62;
        run(1);
        assertEquals(Vector.STACK_FAULT, machine.vector);
        code(CODE, "50");
        cpu.r[Cpu.RSP] = 1L << 62;
        run(1);
        assertEquals(Vector.STACK_FAULT, machine.vector);
    }

    @Test
    void codeMayChangeTheInstructionAfterTheWrite() {
        // movb $0xc8,2(%rip); nop; inc %eax (ff c0), which becomes dec %eax (ff c8)
        code(CODE, "c60502000000c8 90 ffc0 ebfe");
        cpu.r[Cpu.RAX] = 10;
        run(3);
        assertEquals(9, cpu.r[Cpu.RAX]);
    }

    @Test
    void codeThatAnybodyWritesIsExecutedAsWritten() {
        code(CODE, "ffc0 ebfc");
        run(20);
        assertEquals(10, cpu.r[Cpu.RAX]);
        code(CODE, "ffc8");
        run(20);
        assertEquals(0, cpu.r[Cpu.RAX]);
        // The same through the guest's own data mapping of that frame.
        machine.map(DATA + 0x8000, PHYSICAL, 4096);
        cpu.memory().store16(DATA + 0x8000, 0xc0ff);
        run(20);
        assertEquals(10, cpu.r[Cpu.RAX]);
    }

    @Test
    void aWriteBesideCodeInTheSamePageKeepsTheCode() {
        code(CODE, "ffc0 ebfc");
        run(20);
        code(CODE + 0x800, "00");
        run(20);
        assertEquals(20, cpu.r[Cpu.RAX]);
        assertEquals(CODE, cpu.rip());
    }

    @Test
    void anInstructionAcrossPagesDependsOnBoth() {
        // mov $0x11223344,%eax with its last two bytes in the second page, then a jump back to it.
        code(CODE + 4096 - 3, "b84433 2211 ebf9");
        cpu.jump(CODE + 4096 - 3);
        run(4);
        assertEquals(0x11223344L, cpu.r[Cpu.RAX]);
        code(CODE + 4096, "aabb");
        run(2);
        assertEquals(0xbbaa3344L, cpu.r[Cpu.RAX]);
        // Another frame as the second page, after INVLPG.
        machine.map(CODE + 4096, 0x400000, 4096);
        machine.memory.write(0x400000, BaseEncoding.base16().lowerCase().decode("5566ebf9"), 0, 4);
        machine.mmu.invalidatePage(CODE + 4096);
        run(2);
        assertEquals(0x66553344L, cpu.r[Cpu.RAX]);
    }

    @Test
    void aProbeSeesEachArrivalOnceAndMayStopTheRun() {
        code(CODE, "90 90 ffc0 ebfa");
        List<Long> seen = new ArrayList<>();
        cpu.setProbe(CODE + 2, (at, address) -> {
            assertEquals(address, at.rip());
            seen.add(at.retired());
        });
        run(14);
        assertEquals(List.of(2L, 6L, 10L), seen);
        cpu.setProbe(CODE + 2, (at, address) -> {
            seen.add(at.retired());
            at.requestExit();
        });
        run(1000);
        assertEquals(List.of(2L, 6L, 10L, 14L), seen);
        assertEquals(CODE + 2, cpu.rip());
        run(1);
        assertEquals(List.of(2L, 6L, 10L, 14L), seen);
        assertEquals(15, cpu.retired());
    }

    @Test
    void aProbeIsReachedWhereAnInstructionBeginsAndNotInsideOne() {
        // MOV $0x90909090,%eax; NOP; NOP; JMP to the beginning
        code(CODE, "b890909090 90 90 ebf7");
        List<Long> seen = new ArrayList<>();
        for (int offset : List.of(1, 3, 5, 6, 8)) {
            cpu.setProbe(CODE + offset, (at, address) -> seen.add(address - CODE));
        }
        run(8);
        assertEquals(List.of(5L, 6L, 5L, 6L), seen);
    }

    @ParameterizedTest
    @EnumSource
    void aProbeThatAnotherSetsIsReachedInTheSameRoundOfALoopAndWhereItWasBefore(Execution execution) {
        cpu.setExecution(execution);
        // NOP; NOP; JMP to the next; NOP; INC %eax; JMP to the beginning
        code(CODE, "90 90 eb00 90 ffc0 ebf7");
        List<String> seen = new ArrayList<>();
        cpu.setProbe(CODE + 1, (at, address) -> {
            // What is translated at once is so after some rounds.
            if (at.retired() == 1 + 6 * 99) {
                cpu.setProbe(CODE + 5, (later, next) -> seen.add("ahead " + later.retired()));
                cpu.setProbe(CODE, (later, next) -> seen.add("behind " + later.retired()));
            }
        });
        run(605);
        assertEquals(List.of("ahead 598", "behind 600", "ahead 604"), seen);
        assertEquals(execution == Execution.TRANSLATE_AT_ONCE || execution == Execution.CHECK, cpu.translated() > 300);
    }

    /** They may share the translation of what both run, but not what a translation leads to. */
    @Test
    void processorsThatRunTheSameCodeReachTheirOwnProbes() {
        List<String> seen = new ArrayList<>();
        List<Runnable> runs = new ArrayList<>();
        for (String name : List.of("first", "second")) {
            place(new FlatMachine(CpuModel.named("nehalem")));
            cpu.setExecution(Execution.TRANSLATE_AT_ONCE);
            // NOP; JMP to the next; INC %eax; JMP to the beginning
            code(CODE, "90 eb00 ffc0 ebf9");
            cpu.setProbe(CODE + 3, (at, address) -> seen.add(name));
            Cpu own = cpu;
            runs.add(() -> own.run(own.time() + 400));
        }
        runs.get(0).run();
        runs.get(1).run();
        assertEquals(Collections.nCopies(100, "first"), seen.subList(0, 100));
        assertEquals(Collections.nCopies(100, "second"), seen.subList(100, seen.size()));
        assertTrue(cpu.translated() > 200);
        seen.clear();
        runs.get(0).run();
        assertEquals(Collections.nCopies(100, "first"), seen);
    }

    /** REP STOS is an instruction of those that are interpreted in the midst of translated code. */
    @ParameterizedTest
    @EnumSource
    void codeThatAStringInstructionChangesIsWhatRunsNext(Execution execution) {
        cpu.setExecution(execution);
        // MOV %r8,%rdi; MOV $1,%ecx; REP STOSB; MOV $5,%edx; JMP to the beginning
        code(CODE, "4c89c7 b901000000 f3aa ba05000000 ebef");
        cpu.r[Cpu.R8] = DATA;
        run(5 * 100);
        assertEquals(5, cpu.r[Cpu.RDX]);
        cpu.r[Cpu.R8] = CODE + 11;
        cpu.r[Cpu.RAX] = 0x77;
        run(5);
        assertEquals(0x77, cpu.r[Cpu.RDX]);
        assertEquals(CODE, cpu.rip());
    }

    @Test
    void aDeviceMayStopTheRunAfterTheInstructionThatReachedIt() {
        machine.memory.map(0xfee00000L, 4096, new Mmio() {
            @Override
            public long read(long offset, int size) {
                return 0;
            }

            @Override
            public void write(long offset, int size, long value) {
                cpu.requestExit();
            }
        });
        machine.map(DATA + 0x10000, 0xfee00000L, 4096);
        cpu.r[Cpu.RBX] = DATA + 0x10000;
        code(CODE, "ffc0 8903 ffc0 ffc0 ebf6");
        run(1000);
        assertEquals(2, cpu.retired());
        assertEquals(CODE + 4, cpu.rip());
        assertEquals(1, cpu.r[Cpu.RAX]);
        run(1000);
        assertEquals(2 + 5, cpu.retired());
        assertEquals(4, cpu.r[Cpu.RAX]);
    }

    @Test
    void anInstructionWithoutMeaningStopsTheRunOnlyWhenItIsExecuted() {
        CpuModel model = CpuModel.named("nehalem");
        InstructionSet integersOnly = new InstructionSet();
        IntegerInstructions.define(integersOnly, model);
        place(new FlatMachine(model, integersOnly));
        // je over it; aesenc %xmm0,%xmm0; nop; jmp back
        code(CODE, "7405 660f38dcc0 90 ebf6");
        cpu.setRflags(Flags.ZF);
        run(3);
        assertEquals(3, cpu.retired());
        cpu.jump(CODE);
        cpu.setRflags(0);
        UnimplementedInstruction stop = assertThrows(UnimplementedInstruction.class, () -> run(3));
        assertEquals(CODE + 2, stop.instruction().address());
        assertEquals(CODE + 2, cpu.rip());
        assertEquals(4, cpu.retired());
    }

    /** One by one, and as many at once. */
    @ParameterizedTest
    @ValueSource(ints = {2, 8, 100})
    void repeatedStoresOverTheirOwnCodeEndTheBlock(int count) {
        // rep stos of NOPs over the instruction after it (inc %eax).
        code(CODE, "f3aa ffc0 ebfe");
        cpu.r[Cpu.RAX] = 0x90;
        cpu.r[Cpu.RCX] = count;
        cpu.r[Cpu.RDI] = CODE + 2;
        run(3);
        assertEquals(0x90, cpu.r[Cpu.RAX]);
        assertEquals(3, cpu.retired());
        assertEquals(CODE + 4, cpu.rip());
    }

    @Test
    void compatibilityModeHasItsOwnForms() {
        machine.setMode(Mode.BITS_32);
        cpu.r[Cpu.RSP] = DATA + 0x100;
        cpu.r[Cpu.RAX] = 0xffffffffL;
        // inc %eax; push $-2; pop %ebx; mov 0x10(%ebx),%ecx (wraps to 0xe: not mapped) replaced by lea 0x10(%ebx),%ecx;
        // call +0; pop %edx; pusha; popa
        code(CODE, "40 6afe 5b 8d4b10 e800000000 5a 60 61");
        run(8);
        assertEquals(-1, machine.vector);
        assertEquals(0, cpu.r[Cpu.RAX]);
        assertEquals(0xfffffffeL, cpu.r[Cpu.RBX]);
        assertEquals(0xe, cpu.r[Cpu.RCX]);
        assertEquals(CODE + 12, cpu.r[Cpu.RDX]);
        assertEquals(DATA + 0x100, cpu.r[Cpu.RSP]);
        assertEquals(CODE + 15, cpu.rip());
    }

    @Test
    void singleStepsTrapAfterEachInstruction() {
        code(CODE, "ffc0 ffc0 ffc0 ebf8");
        cpu.setRflags(Flags.TF);
        run(100);
        assertEquals(Vector.DEBUG, machine.vector);
        assertEquals(1, cpu.retired());
        assertEquals(CODE + 2, cpu.rip());
        assertEquals(DebugRegisters.DR6_BS, cpu.debug.get(6) & DebugRegisters.DR6_BS);
    }

    @Test
    void aDataBreakpointTrapsAfterTheAccess() {
        code(CODE, "ffc0 8903 ffc0 8b0b ebf6");
        cpu.r[Cpu.RBX] = DATA + 0x20;
        cpu.debug.set(0, DATA + 0x22);
        // L0, write, 2 bytes.
        cpu.debug.set(7, 1 | 1 << 16 | 1 << 18);
        run(100);
        assertEquals(Vector.DEBUG, machine.vector);
        assertEquals(2, cpu.retired());
        assertEquals(CODE + 4, cpu.rip());
        machine.vector = -1;
        run(2);
        assertEquals(-1, machine.vector, "a read does not meet a breakpoint on writes");
    }
}
