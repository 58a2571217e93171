package org.pvdiet.emulator.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.pvdiet.emulator.cpu.BareMachine.CODE;
import static org.pvdiet.emulator.cpu.BareMachine.DATA;
import static org.pvdiet.emulator.cpu.BareMachine.KERNEL_CODE;
import static org.pvdiet.emulator.cpu.BareMachine.KERNEL_DATA;
import static org.pvdiet.emulator.cpu.BareMachine.KERNEL_STACK;
import static org.pvdiet.emulator.cpu.BareMachine.USER_CODE;
import static org.pvdiet.emulator.cpu.BareMachine.USER_DATA;
import static org.pvdiet.emulator.cpu.BareMachine.USER_STACK;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** SDM volume 3, sections 6.12 to 6.15. */
@Timeout(60)
class ExceptionsTest {
    private final BareMachine machine = new BareMachine();
    private final Cpu cpu = machine.cpu;

    @Test
    void faultInKernelPushesFiveWordsOnAnAlignedStack() {
        cpu.r[Cpu.RSP] = KERNEL_STACK - 3;
        machine.run("nop; ud2");
        assertEquals(Vector.INVALID_OPCODE, machine.vector());
        assertEquals(KERNEL_STACK - 16 - 40, cpu.r[Cpu.RSP]);
        assertEquals(CODE + 1, machine.stacked(0));
        assertEquals(KERNEL_CODE, machine.stacked(1));
        assertEquals(Flags.FIXED | Flags.RF, machine.stacked(2));
        assertEquals(KERNEL_STACK - 3, machine.stacked(3));
        assertEquals(KERNEL_DATA, machine.stacked(4));
    }

    @Test
    void faultInUserModeSwitchesToRsp0AndNullsSs() {
        machine.enterUser();
        cpu.setRflags(Flags.FIXED | Flags.IF | Flags.CF);
        machine.run("hlt");
        assertEquals(Vector.GENERAL_PROTECTION, machine.vector());
        assertEquals(0, cpu.cpl());
        assertEquals(0, cpu.segments.ss().selector);
        assertEquals(KERNEL_STACK - 48, cpu.r[Cpu.RSP]);
        assertEquals(0, machine.stacked(0));
        assertEquals(CODE, machine.stacked(1));
        assertEquals(USER_CODE, machine.stacked(2));
        assertEquals(Flags.FIXED | Flags.IF | Flags.CF | Flags.RF, machine.stacked(3));
        assertEquals(USER_STACK, machine.stacked(4));
        assertEquals(USER_DATA, machine.stacked(5));
        assertEquals(Flags.FIXED | Flags.CF, cpu.rflags());
    }

    @Test
    void trapGateLeavesInterruptsEnabled() {
        machine.setGate(Vector.INVALID_OPCODE, KERNEL_CODE, BareMachine.handler(6), 0x8f, 0);
        cpu.setRflags(Flags.FIXED | Flags.IF);
        machine.run("ud2");
        assertEquals(Flags.FIXED | Flags.IF, cpu.rflags());
    }

    @Test
    void pageFaultHasCr2AndErrorCode() {
        machine.setPage(DATA, 0);
        machine.enterUser();
        machine.run("nop; movb $1, 0x60005");
        assertEquals(Vector.PAGE_FAULT, machine.vector());
        assertEquals(DATA + 5, cpu.control.cr2);
        assertEquals(6, machine.stacked(0));
        assertEquals(CODE + 1, machine.stacked(1));
    }

    @Test
    void nonCanonicalAddressIsGeneralProtectionOrStackFault() {
        machine.run("movabs $0x800000000000, %rax; mov (%rax), %eax");
        assertEquals(Vector.GENERAL_PROTECTION, machine.vector());
        assertEquals(0, machine.stacked(0));
        BareMachine other = new BareMachine();
        other.setGate(Vector.STACK_FAULT, KERNEL_CODE, BareMachine.handler(12), 0x8e, 1);
        other.run("movabs $0x800000001000, %rsp; push %rax");
        assertEquals(Vector.STACK_FAULT, other.vector());
    }

    @Test
    void interruptStackTableGivesTheStackWithoutAChangeOfPrivilege() {
        machine.setGate(Vector.INVALID_OPCODE, KERNEL_CODE, BareMachine.handler(6), 0x8e, 1);
        machine.run("ud2");
        assertEquals(BareMachine.INTERRUPT_STACK_1 - 40, cpu.r[Cpu.RSP]);
        assertEquals(KERNEL_DATA, cpu.segments.ss().selector);
    }

    @Test
    void softwareInterruptNeedsTheGatesPrivilege() {
        machine.enterUser();
        machine.run("nop; int $0x80");
        assertEquals(Vector.GENERAL_PROTECTION, machine.vector());
        assertEquals(0x80 * 8 + 2, machine.stacked(0));
        assertEquals(CODE + 1, machine.stacked(1));

        machine.setGate(0x80, KERNEL_CODE, BareMachine.handler(0x80), 0xee, 0);
        machine.enterUser();
        machine.run("nop; int $0x80");
        assertEquals(0x80, machine.vector());
        assertEquals(CODE + 3, machine.stacked(0));
        assertEquals(KERNEL_STACK - 40, cpu.r[Cpu.RSP]);
    }

    @Test
    void softwareInterruptPushesNoErrorCodeAndNoResumeFlag() {
        machine.run("int $13");
        assertEquals(13, machine.vector());
        assertEquals(KERNEL_STACK - 40, cpu.r[Cpu.RSP]);
        assertEquals(Flags.FIXED, machine.stacked(2));
    }

    @Test
    void gateErrorsNameTheVectorAndWhoseFaultItIs() {
        machine.setGate(Vector.INVALID_OPCODE, KERNEL_CODE, 0, 0x0e, 0);
        machine.run("ud2");
        assertEquals(Vector.SEGMENT_NOT_PRESENT, machine.vector());
        assertEquals(6 * 8 + 2 + 1, machine.stacked(0));

        machine.enterKernel();
        machine.setGate(0x40, KERNEL_CODE, 0, 0x0e, 0);
        machine.run("int $0x40");
        assertEquals(0x40 * 8 + 2, machine.stacked(0));

        machine.enterKernel();
        machine.setGate(Vector.INVALID_OPCODE, KERNEL_CODE, 0, 0x8c, 0);
        machine.run("ud2");
        assertEquals(Vector.GENERAL_PROTECTION, machine.vector());
        assertEquals(6 * 8 + 2 + 1, machine.stacked(0));

        machine.enterKernel();
        machine.setGate(Vector.INVALID_OPCODE, BareMachine.ABSENT, 0, 0x8e, 0);
        machine.run("ud2");
        assertEquals(Vector.GENERAL_PROTECTION, machine.vector());
        assertEquals(BareMachine.ABSENT + 1, machine.stacked(0));
    }

    @Test
    void contributoryFaultWhileDeliveringOneIsDoubleFault() {
        machine.setGate(Vector.GENERAL_PROTECTION, KERNEL_CODE, 0, 0x0e, 0);
        machine.run("xor %ecx, %ecx; mov $0x12345678, %ecx; rdmsr");
        assertEquals(Vector.DOUBLE_FAULT, machine.vector());
        assertEquals(0, machine.stacked(0));
    }

    @Test
    void pageFaultWhileDeliveringPageFaultIsDoubleFaultAndBenignFirstIsNot() {
        machine.setGate(Vector.DOUBLE_FAULT, KERNEL_CODE, BareMachine.handler(8), 0x8e, 1);
        machine.setPage(DATA, 0);
        machine.run("mov $0x60ff0, %esp; mov 0x60000, %eax");
        assertEquals(Vector.DOUBLE_FAULT, machine.vector());
        assertEquals(DATA + 0xfe8, cpu.control.cr2);

        machine.setGate(Vector.PAGE_FAULT, KERNEL_CODE, BareMachine.handler(14), 0x8e, 1);
        machine.enterKernel();
        machine.run("mov $0x60ff0, %esp; ud2");
        assertEquals(Vector.PAGE_FAULT, machine.vector());
        assertEquals(2, machine.stacked(0));
    }

    @Test
    void faultWhileDeliveringDoubleFaultShutsDown() {
        cpu.segments.idtLimit = 0;
        TripleFault fault = assertThrows(TripleFault.class, () -> machine.run("nop; ud2"));
        assertEquals(CODE + 1, fault.rip());
    }

    @Test
    void interruptWaitsForTheInstructionAfterSti() {
        machine.pendingVector = 0x21;
        machine.run("cli; sti; nop; nop; hlt");
        assertEquals(0x21, machine.vector());
        assertEquals(CODE + 3, machine.stacked(0));
        assertEquals(Flags.FIXED | Flags.IF, machine.stacked(2));
    }

    @Test
    void stiHltIsWokenByAPendingInterrupt() {
        machine.pendingVector = 0x21;
        machine.run("sti; hlt");
        assertEquals(0x21, machine.vector());
        assertEquals(CODE + 2, machine.stacked(0));
    }

    @Test
    void interruptsOfExceptionVectorsPushNoErrorCode() {
        Exceptions.interrupt(cpu, 14);
        assertEquals(KERNEL_STACK - 40, cpu.r[Cpu.RSP]);
    }

    @Test
    void singleStepTrapsAfterEachInstructionThatBeganWithTf() {
        machine.run("pushf; orl $0x100, (%rsp); popf; nop; nop; hlt");
        assertEquals(Vector.DEBUG, machine.vector());
        assertEquals(CODE + 10, machine.stacked(0));
        assertEquals(Flags.FIXED | Flags.TF, machine.stacked(2));
        assertEquals(0xffff0ff0L | 0x4000, cpu.debug.get(6));
        assertEquals(0, cpu.rflags() & Flags.TF);
    }

    @Test
    void instructionBreakpointIsAFaultThatResumeFlagLifts() {
        machine.run("nop; mov $0x20001, %eax; mov %rax, %db0; mov $0x401, %eax; mov %rax, %db7; jmp 0x20001");
        assertEquals(Vector.DEBUG, machine.vector());
        assertEquals(CODE + 1, machine.stacked(0));
        assertEquals(0xffff0ff1L, cpu.debug.get(6));
        assertEquals(0, machine.stacked(2) & Flags.RF);
        machine.place(BareMachine.handler(1), "orl $0x10000, 16(%rsp); iretq");
        cpu.jump(BareMachine.handler(1));
        machine.place(CODE + 6, "hlt");
        machine.resume();
        assertEquals(CODE + 7, cpu.rip());
    }

    @Test
    void misalignedAccessInUserModeIsAlignmentCheckWhereAskedFor() {
        cpu.control.cr0 |= Cr0.AM;
        machine.enterUser();
        String access = "pushf; orl $0x40000, (%rsp); popf; mov 0x60004, %eax; mov 0x60002, %eax; hlt";
        machine.run(access);
        assertEquals(Vector.ALIGNMENT_CHECK, machine.vector());
        assertEquals(0, machine.stacked(0));
        assertEquals(0x8b, machine.memory.read(machine.stacked(1), 1));
        assertEquals(0x02, machine.memory.read(machine.stacked(1) + 3, 1));
        // Not in the kernel, and not without CR0.AM.
        machine.enterKernel();
        machine.run(access);
        assertEquals(-1, machine.vector());
        cpu.control.cr0 &= ~Cr0.AM;
        machine.enterUser();
        machine.run(access);
        assertEquals(Vector.GENERAL_PROTECTION, machine.vector());
    }
}
