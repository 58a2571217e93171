package org.pvdiet.emulator.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.pvdiet.emulator.cpu.BareMachine.CODE;
import static org.pvdiet.emulator.cpu.BareMachine.DATA;
import static org.pvdiet.emulator.cpu.BareMachine.KERNEL_CODE;
import static org.pvdiet.emulator.cpu.BareMachine.KERNEL_DATA;
import static org.pvdiet.emulator.cpu.BareMachine.KERNEL_STACK;
import static org.pvdiet.emulator.cpu.BareMachine.USER_CODE;
import static org.pvdiet.emulator.cpu.BareMachine.USER_CODE_32;
import static org.pvdiet.emulator.cpu.BareMachine.USER_DATA;
import static org.pvdiet.emulator.cpu.BareMachine.USER_STACK;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.pvdiet.emulator.cpu.decode.Mode;
import org.pvdiet.emulator.cpu.decode.Segment;

/** IRET, SYSCALL and their returns, far branches: SDM volume 2 under each name. */
@Timeout(60)
class FarTransfersTest {
    private BareMachine machine = new BareMachine();

    private Cpu cpu() {
        return machine.cpu;
    }

    private void iret(long ss, long rsp, long flags, long cs, String target) {
        machine.run(String.format(
                "push $%#x; pushq $%#x; pushq $%#x; pushq $%#x; lea 1f(%%rip), %%rax; push %%rax; iretq; 1: %s",
                ss, rsp, flags, cs, target));
    }

    @Test
    void iretGoesToUserModeAndDropsInnerSegments() {
        cpu().segments.fs().set(KERNEL_DATA, 0x1234, 0xffff, 0xc093);
        iret(USER_DATA, USER_STACK, 0x3246, USER_CODE, "hlt");
        assertEquals(Vector.GENERAL_PROTECTION, machine.vector());
        assertEquals(USER_CODE, machine.stacked(2));
        // IOPL 3 was popped at CPL 0, and IF with it.
        assertEquals(0x3246 | Flags.RF, machine.stacked(3));
        assertEquals(USER_STACK, machine.stacked(4));
        assertEquals(USER_DATA, machine.stacked(5));
        assertEquals(0, cpu().segments.fs().selector);
        assertEquals(0, cpu().segments.get(Segment.DS).selector);
    }

    @Test
    void iretToCompatibilityModeRunsThirtyTwoBitCode() {
        // 32-bit: dec %eax (48 in 64-bit mode would be a prefix); hlt
        iret(USER_DATA, 0xffff_0000L & 0x7fff_ffff | 0x3_0000, 0x2, USER_CODE_32, ".byte 0x48, 0xf4");
        assertEquals(Vector.GENERAL_PROTECTION, machine.vector());
        assertEquals(USER_CODE_32, machine.stacked(2));
        assertEquals(machine.stacked(1) - 2, cpu().r[Cpu.RAX]);
    }

    @Test
    void iretAlwaysPopsTheStackIn64BitMode() {
        iret(KERNEL_DATA, DATA + 0x100, 0x2, KERNEL_CODE, "hlt");
        assertEquals(-1, machine.vector());
        assertEquals(DATA + 0x100, cpu().r[Cpu.RSP]);
    }

    /** Five words are popped, or none by SYSRET: what lay above them is another's. */
    @Test
    void returnsTellWhereTheirFrameWas() {
        List<Long> frames = new ArrayList<>();
        cpu().setObserver(new Observer() {
            @Override
            public void returned(long frame) {
                frames.add(frame);
                frames.add(cpu().r[Cpu.RSP]);
            }
        });
        long before = cpu().r[Cpu.RSP];
        iret(KERNEL_DATA, DATA + 0x100, 0x2, KERNEL_CODE, "hlt");
        assertEquals(List.of(before - 40, DATA + 0x100), frames);

        frames.clear();
        setSystemCalls();
        machine.enterKernel();
        machine.run("mov $0x30000, %rsp; lea 1f(%rip), %rcx; sysretq; 1: hlt");
        assertEquals(List.of(USER_STACK, USER_STACK), frames);
    }

    @Test
    void iretTakesANullStackInKernelModeButNotInUserMode() {
        iret(0, DATA + 0x100, 0x2, KERNEL_CODE, "hlt");
        assertEquals(-1, machine.vector());
        assertEquals(0, cpu().segments.ss().selector);
        machine.enterKernel();
        iret(3, USER_STACK, 0x2, USER_CODE, "hlt");
        assertEquals(Vector.GENERAL_PROTECTION, machine.vector());
        assertEquals(0, machine.stacked(0));
        assertEquals(KERNEL_CODE, machine.stacked(2));
    }

    @Test
    void iretNamesTheSelectorThatDoesNotFit() {
        iret(KERNEL_DATA, USER_STACK, 0x2, USER_CODE, "hlt");
        assertEquals(Vector.GENERAL_PROTECTION, machine.vector());
        assertEquals(KERNEL_DATA, machine.stacked(0));
        machine.enterKernel();
        iret(USER_DATA, USER_STACK, 0x2, USER_DATA, "hlt");
        assertEquals(USER_DATA & ~3, machine.stacked(0));
        machine.enterKernel();
        iret(USER_DATA, USER_STACK, 0x2, 0xfff3, "hlt");
        assertEquals(0xfff0, machine.stacked(0));
        machine.enterKernel();
        iret(BareMachine.ABSENT | 3, USER_STACK, 0x2, USER_CODE, "hlt");
        assertEquals(Vector.STACK_FAULT, machine.vector());
        assertEquals(BareMachine.ABSENT, machine.stacked(0));
    }

    @Test
    void iretWithNestedTaskFaults() {
        cpu().setRflags(Flags.FIXED | Flags.NT);
        iret(KERNEL_DATA, KERNEL_STACK, 0x2, KERNEL_CODE, "hlt");
        assertEquals(Vector.GENERAL_PROTECTION, machine.vector());
        assertEquals(0, machine.stacked(0));
    }

    @Test
    void iretInUserModeChangesNeitherIoplNorIf() {
        machine.enterUser();
        cpu().setRflags(Flags.FIXED | Flags.IF);
        iret(USER_DATA, USER_STACK, 0x3044, USER_CODE, "hlt");
        assertEquals(0x246 | Flags.RF, machine.stacked(3));
    }

    private void setSystemCalls() {
        cpu().msrs.write(Msrs.STAR, (long) USER_CODE_32 << 48 | (long) KERNEL_CODE << 32);
        cpu().msrs.write(Msrs.LSTAR, DATA);
        cpu().msrs.write(Msrs.CSTAR, DATA + 0x100);
        cpu().msrs.write(Msrs.SFMASK, Flags.IF | Flags.TF | Flags.DF | Flags.NT | Flags.AC | Flags.IOPL);
        machine.place(DATA, "hlt");
        machine.place(DATA + 0x100, "hlt");
    }

    @Test
    void syscallSavesRipAndFlagsAndMasksThem() {
        setSystemCalls();
        machine.enterUser();
        cpu().setRflags(Flags.FIXED | Flags.IF | Flags.CF | Flags.DF);
        machine.run("nop; syscall");
        assertEquals(DATA + 1, cpu().rip());
        assertEquals(CODE + 3, cpu().r[Cpu.RCX]);
        assertEquals(Flags.FIXED | Flags.IF | Flags.CF | Flags.DF, cpu().r[Cpu.R11]);
        assertEquals(Flags.FIXED | Flags.CF, cpu().rflags());
        assertEquals(KERNEL_CODE, cpu().segments.cs().selector);
        assertEquals(KERNEL_DATA, cpu().segments.ss().selector);
        assertEquals(USER_STACK, cpu().r[Cpu.RSP]);
        assertEquals(0, cpu().cpl());
    }

    @Test
    void syscallIsUndefinedWithoutSce() {
        cpu().control.efer &= ~Efer.SCE;
        machine.enterUser();
        machine.run("syscall");
        assertEquals(Vector.INVALID_OPCODE, machine.vector());
        assertEquals(CODE, machine.stacked(0));
    }

    @Test
    void sysretReturnsToUserModeOf64Or32Bits() {
        setSystemCalls();
        machine.place(DATA + 0x200, "hlt");
        machine.run("mov $0x60200, %ecx; mov $0x13246, %r11d; sysretq");
        assertEquals(Vector.GENERAL_PROTECTION, machine.vector());
        assertEquals(DATA + 0x200, machine.stacked(1));
        assertEquals(USER_CODE, machine.stacked(2));
        assertEquals(0x3246 | Flags.RF, machine.stacked(3));
        assertEquals(USER_DATA, machine.stacked(5));

        machine.enterKernel();
        machine.run("mov $0x60200, %ecx; mov $0x2, %r11d; sysretl");
        assertEquals(USER_CODE_32, machine.stacked(2));
    }

    @Test
    void sysretToANonCanonicalAddressFaultsInKernelModeOnIntelAndInUserModeOnAmd() {
        String code = "movabs $0x800000000000, %rcx; mov $2, %r11d; sysretq";
        machine = new BareMachine("nehalem");
        setSystemCalls();
        machine.run(code);
        assertEquals(Vector.GENERAL_PROTECTION, machine.vector());
        assertEquals(KERNEL_CODE, machine.stacked(2));

        machine = new BareMachine("qemu64");
        setSystemCalls();
        machine.run(code);
        assertEquals(Vector.GENERAL_PROTECTION, machine.vector());
        assertEquals(USER_CODE, machine.stacked(2));
        assertEquals(0x8000_0000_0000L, machine.stacked(1));
    }

    @Test
    void sysretInUserModeIsGeneralProtection() {
        machine.enterUser();
        machine.run("sysretq");
        assertEquals(Vector.GENERAL_PROTECTION, machine.vector());
    }

    @Test
    void compatibilityModeEntersBySyscallOnAmdAndSysenterOnIntel() {
        setSystemCalls();
        machine.enterUser(USER_CODE_32);
        machine.run("syscall");
        assertEquals(DATA + 0x101, cpu().rip());
        assertEquals(Mode.BITS_64, cpu().mode());
        machine.enterUser(USER_CODE_32);
        machine.run("sysenter");
        assertEquals(Vector.INVALID_OPCODE, machine.vector());

        machine = new BareMachine("nehalem");
        setSystemCalls();
        cpu().msrs.write(Msrs.SYSENTER_CS, KERNEL_CODE);
        cpu().msrs.write(Msrs.SYSENTER_ESP, KERNEL_STACK);
        cpu().msrs.write(Msrs.SYSENTER_EIP, DATA + 0x100);
        machine.enterUser(USER_CODE_32);
        cpu().setRflags(Flags.FIXED | Flags.IF);
        machine.run("sysenter");
        assertEquals(DATA + 0x101, cpu().rip());
        assertEquals(KERNEL_STACK, cpu().r[Cpu.RSP]);
        assertEquals(Flags.FIXED, cpu().rflags());
        machine.enterUser(USER_CODE_32);
        machine.run("syscall");
        assertEquals(Vector.INVALID_OPCODE, machine.vector());
    }

    @Test
    void farReturnAndJumpChangeTheMode() {
        machine.enterUser();
        machine.run("pushq $0x1b; lea 1f(%rip), %rax; push %rax; lretq; 1: .byte 0x48, 0xf4");
        assertEquals(USER_CODE_32, machine.stacked(2));
        assertEquals(machine.stacked(1) - 2, cpu().r[Cpu.RAX]);
        assertEquals(USER_STACK, machine.stacked(4));

        // 32-bit: ljmp $0x2b, $CODE + 7; hlt, in 64-bit mode again
        machine.enterUser(USER_CODE_32);
        machine.run(".byte 0xea, 7, 0, 2, 0, 0x2b, 0; hlt");
        assertEquals(USER_CODE, machine.stacked(2));
        assertEquals(CODE + 7, machine.stacked(1));
    }

    @Test
    void intInCompatibilityModePushesA64BitFrame() {
        machine.setGate(0x80, KERNEL_CODE, BareMachine.handler(0x80), 0xee, 0);
        machine.enterUser(USER_CODE_32);
        machine.run("int $0x80");
        assertEquals(0x80, machine.vector());
        assertEquals(CODE + 2, machine.stacked(0));
        assertEquals(USER_CODE_32, machine.stacked(1));
        assertEquals(USER_STACK, machine.stacked(3));
        assertEquals(KERNEL_STACK - 40, cpu().r[Cpu.RSP]);
    }

    @Test
    void callGateSwitchesStackAndFarReturnComesBack() {
        machine.setDescriptor(BareMachine.CALL_GATE, 0x0006_ec00_0008_0000L);
        machine.setDescriptor(BareMachine.CALL_GATE + 8, 0);
        machine.place(DATA, "mov %rsp, %rbx; mov (%rsp), %rdx; lretq");
        machine.enterUser();
        machine.run("sub $16, %rsp; movl $0, (%rsp); movw $0x70, 4(%rsp); lcall *(%rsp); hlt");
        assertEquals(Vector.GENERAL_PROTECTION, machine.vector());
        assertEquals(USER_CODE, machine.stacked(2));
        assertEquals(USER_STACK - 16, machine.stacked(4));
        assertEquals(KERNEL_STACK - 32, cpu().r[Cpu.RBX]);
        assertEquals(machine.stacked(1), cpu().r[Cpu.RDX]);
    }
}
