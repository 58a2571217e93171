package org.pvdiet.emulator.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.pvdiet.emulator.cpu.BareMachine.CODE;
import static org.pvdiet.emulator.cpu.BareMachine.DATA;
import static org.pvdiet.emulator.cpu.BareMachine.KERNEL_DATA;
import static org.pvdiet.emulator.cpu.BareMachine.TSS;
import static org.pvdiet.emulator.cpu.BareMachine.USER_DATA;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pvdiet.emulator.cpu.CpuModel.Feature;
import org.pvdiet.emulator.cpu.decode.Segment;

/** System instructions: SDM volume 2 under each name. */
@Timeout(60)
class SystemInstructionsTest {
    private final BareMachine machine = new BareMachine();
    private final Cpu cpu = machine.cpu;

    /** What a paravirtual kernel's hypervisor relies on: all that is privileged traps in user mode. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "cli",
                "sti",
                "hlt",
                "clts",
                "mov %cr0, %rax",
                "mov %rax, %cr3",
                "mov %cr2, %rax",
                "mov %rax, %cr4",
                "mov %cr8, %rax",
                "mov %db7, %rax",
                "mov %rax, %db0",
                "rdmsr",
                "wrmsr",
                "wbinvd",
                "invd",
                "swapgs",
                "invlpg (%rax)",
                "lgdt (%rsp)",
                "lidt (%rsp)",
                "lldt %ax",
                "ltr %ax",
                "lmsw %ax",
                "iretq; .fill 0",
                "in $0x80, %al",
                "out %al, %dx",
                "insb",
                "outsl",
                "rdpmc",
                "sysretq"
            })
    void privilegedInstructionsAreGeneralProtectionInUserMode(String instruction) {
        machine.enterUser();
        cpu.r[Cpu.RDI] = DATA;
        cpu.r[Cpu.RSI] = DATA;
        machine.run(instruction);
        assertEquals(Vector.GENERAL_PROTECTION, machine.vector());
        assertEquals(0, machine.stacked(0));
        assertEquals(CODE, machine.stacked(1));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ud2",
                "vmcall",
                "vmmcall",
                "xgetbv",
                "xsave (%rsp)",
                "monitor",
                "mwait",
                "rdrand %eax",
                "rdtscp",
                "rdfsbase %rax",
                "stac",
                "clac",
                "invpcid (%rsp), %rax",
                "mov %rax, %cr1",
                "mov %cr5, %rax",
                "rdpid %rax",
                "vmrun",
                "serialize",
                "clflushopt (%rsp)"
            })
    void whatTheModelDoesNotAnnounceIsUndefined(String instruction) {
        machine.run(instruction);
        assertEquals(Vector.INVALID_OPCODE, machine.vector());
        assertEquals(CODE, machine.stacked(0));
    }

    @ParameterizedTest
    @CsvSource({
        "mov %cr0; 0x80010033, %cr0, 0x100000000",
        "PE off with PG, %cr0, 0x80010032",
        "NW without CD, %cr0, 0xa0010033",
        "PG off in 64-bit mode, %cr0, 0x10033",
        "PAE off, %cr4, 0x200",
        "SMEP not announced, %cr4, 0x1000a0",
        "reserved, %cr4, 0x80000000000000a0",
        "beyond physical width, %cr3, 0x10000000000",
        "reserved, %cr8, 0x10",
        "upper half, %db7, 0x100000400",
    })
    void reservedBitsOfControlRegistersAreGeneralProtection(String why, String register, String value) {
        machine.run("nop; movabs $" + value + ", %rax; mov %rax, " + register);
        assertEquals(Vector.GENERAL_PROTECTION, machine.vector(), why);
        assertEquals(0, machine.stacked(0));
    }

    @Test
    void writeProtectTakesEffectAtOnce() {
        machine.setPage(DATA, DATA | 5);
        machine.run("movb $1, 0x60000");
        assertEquals(Vector.PAGE_FAULT, machine.vector());
        machine.enterKernel();
        machine.run("mov %cr0, %rax; and $~0x10000, %rax; mov %rax, %cr0; movb $1, 0x60000; hlt");
        assertEquals(-1, machine.vector());
        assertEquals(1, machine.memory.read(DATA, 1));
    }

    @Test
    void loadOfCr3KeepsGlobalTranslationsAndCr4PgeDropsThem() {
        machine.setPage(DATA, DATA | 0x103);
        machine.setPage(DATA + 0x1000, DATA + 0x1000 | 3);
        machine.memory.write(DATA, 1, 0x11);
        machine.memory.write(DATA + 0x1000, 1, 0x22);
        String remap = "movq $0, %s; movq $0, %s; mov %%cr3, %%rax; mov %%rax, %%cr3; %s; "
                + "mov 0x60000, %%al; mov 0x61000, %%al; hlt";
        String entry = "0x103300";
        String next = "0x103308";
        machine.run("mov 0x60000, %al; mov 0x61000, %al; " + String.format(remap, entry, next, "nop"));
        assertEquals(Vector.PAGE_FAULT, machine.vector());
        assertEquals(DATA + 0x1000, cpu.control.cr2);
        machine.enterKernel();
        machine.run("mov %cr4, %rax; xor $0x80, %rax; mov %rax, %cr4; mov 0x60000, %al; hlt");
        assertEquals(Vector.PAGE_FAULT, machine.vector());
        assertEquals(DATA, cpu.control.cr2);
    }

    /**
     * SDM volume 3, 4.10.4.1: MOV to CR3 leaves entries for global pages, INVLPG does not. What was made of the instructions at an
     * address goes with them.
     */
    @ParameterizedTest
    @CsvSource({"0x103, 1, 1, 2", "0x003, 1, 2, 2"})
    void instructionsOfAGlobalPageOutliveALoadOfCr3ButNotInvlpg(
            String flags, long first, long afterCr3, long afterInvlpg) {
        // mov $1, %eax; ret, and in the next frame mov $2, %eax; ret
        machine.memory.writeLong(DATA, 0xc3_0000_0001_b8L);
        machine.memory.writeLong(DATA + 0x1000, 0xc3_0000_0002_b8L);
        machine.setPage(DATA, DATA | Long.decode(flags));
        machine.run("mov $0x60000, %rbx; call *%rbx; mov %rax, %r12;"
                + "movq $0x61000 + " + flags + ", 0x103300; mov %cr3, %rax; mov %rax, %cr3; call *%rbx; mov %rax, %r13;"
                + "invlpg (%rbx); call *%rbx; mov %rax, %r14; hlt");
        assertEquals(-1, machine.vector());
        assertEquals(List.of(first, afterCr3, afterInvlpg), List.of(cpu.r[12], cpu.r[13], cpu.r[14]));
    }

    @Test
    void invlpgDropsOnePage() {
        machine.run("mov 0x60000, %al; movq $0, 0x103300; invlpg 0x60000; mov 0x60000, %al; hlt");
        assertEquals(Vector.PAGE_FAULT, machine.vector());
    }

    @Test
    void invlpgDropsAllPiecesOfALargePage() {
        machine.memory.writeLong(BareMachine.TABLES + 0x2010, 0x40_0083);
        machine.run("mov 0x400000, %al; mov 0x5ff000, %bl; movq $0, 0x102010; mov 0x5ff000, %bl; "
                + "invlpg 0x401000; mov 0x5ff000, %bl; hlt");
        assertEquals(Vector.PAGE_FAULT, machine.vector());
        assertEquals(0x5f_f000, cpu.control.cr2);
        assertEquals(0x0f, machine.memory.read(machine.stacked(1) - 8, 1));
    }

    @Test
    void lmswSetsButDoesNotClearPe() {
        machine.run("mov $0xfff8, %ax; lmsw %ax; smsw %rbx; hlt");
        assertEquals(0x8001_0039L, cpu.r[Cpu.RBX]);
    }

    @Test
    void nullAndDataSelectorsLoad() {
        machine.run("mov $3, %eax; mov %eax, %ds; mov %eax, %fs; mov $0x23, %eax; mov %eax, %es; mov %es, %ebx; hlt");
        assertEquals(-1, machine.vector());
        assertEquals(3, cpu.segments.get(Segment.DS).selector);
        assertEquals(USER_DATA, cpu.r[Cpu.RBX]);
    }

    @ParameterizedTest
    @CsvSource({
        "beyond the table, 0x98, %ds, 13, 0x98",
        "no LDT, 0x4, %ds, 13, 0x4",
        "code that cannot be loaded: system, 0x30, %ds, 13, 0x30",
        "not present, 0x50, %ds, 11, 0x50",
        "RPL above DPL, 0x13, %ds, 13, 0x10",
        "stack not present, 0x50, %ss, 13, 0x50",
        "stack read-only, 0x60, %ss, 13, 0x60",
        "stack of another DPL, 0x88, %ss, 13, 0x88",
        "null stack with RPL of another level, 0x3, %ss, 13, 0",
    })
    void selectorsThatDoNotFit(String why, String selector, String segment, int vector, String code) {
        machine.run("mov $" + selector + ", %eax; mov %eax, " + segment);
        assertEquals(vector, machine.vector(), why);
        assertEquals(Integer.decode(code).longValue(), machine.stacked(0), why);
        assertEquals(KERNEL_DATA, cpu.segments.get(Segment.DS).selector);
    }

    @Test
    void loadingADescriptorSetsItsAccessedBit() {
        machine.setDescriptor(BareMachine.READ_ONLY, 0x00cf_f000_0000_ffffL);
        machine.run("mov $0x63, %eax; mov %eax, %ds; hlt");
        assertEquals(0x00cf_f100_0000_ffffL, machine.memory.readLong(BareMachine.GDT + BareMachine.READ_ONLY));
    }

    @Test
    void segmentFromTheLocalTableHasItsBase() {
        machine.memory.write(DATA + 8, 4, 0x1234_5678);
        machine.run("mov $0x40, %eax; lldt %ax; mov $7, %eax; mov %eax, %gs; mov %gs:8, %ebx; sldt %ecx; hlt");
        assertEquals(-1, machine.vector());
        assertEquals(DATA, cpu.segments.gs().base);
        assertEquals(0x1234_5678, cpu.r[Cpu.RBX]);
        assertEquals(0x40, cpu.r[Cpu.RCX]);
    }

    @Test
    void ltrMarksTheTaskBusyAndRefusesABusyOne() {
        machine.run("mov $0x30, %eax; ltr %ax; str %ebx; hlt");
        assertEquals(0x8b, machine.memory.read(BareMachine.GDT + 0x35, 1));
        assertEquals(TSS, cpu.segments.tr.base);
        assertEquals(0x30, cpu.r[Cpu.RBX]);
        machine.run("mov $0x30, %eax; ltr %ax");
        assertEquals(Vector.GENERAL_PROTECTION, machine.vector());
        assertEquals(0x30, machine.stacked(0));
    }

    @Test
    void tablesAreStoredAsLoaded() {
        machine.run("sgdt 0x60000; movw $0x7f, 0x60000; lgdt 0x60000; sgdt 0x60010; sidt 0x60020; hlt");
        assertEquals(0x7f, cpu.segments.gdtLimit);
        assertEquals(0x7f, machine.memory.read(DATA + 0x10, 2));
        assertEquals(BareMachine.GDT, machine.memory.readLong(DATA + 0x12));
        assertEquals(0xfff, machine.memory.read(DATA + 0x20, 2));
        assertEquals(BareMachine.IDT, machine.memory.readLong(DATA + 0x22));
    }

    @Test
    void larAndLslTellWhatIsVisible() {
        machine.enterUser();
        machine.run("mov $0x7b, %eax; mov $0x2b, %ecx; lar %ecx, %edx; setz %bl; lsl %ecx, %esi; "
                + "mov $8, %ecx; lar %ecx, %edi; setz %bh; verr %cx; setz %al; mov $0x63, %ecx; verr %cx; setz %r8b; "
                + "verw %cx; setz %r9b; hlt");
        assertEquals(0x00a0_fb00, cpu.r[Cpu.RDX]);
        assertEquals(0xffff_ffffL, cpu.r[Cpu.RSI]);
        assertEquals(0x0001, cpu.r[Cpu.RBX]);
        assertEquals(0, cpu.r[Cpu.RAX] & 0xff);
        assertEquals(1, cpu.r[Cpu.R8]);
        assertEquals(0, cpu.r[Cpu.R9]);
    }

    @Test
    void swapgsExchangesTheBases() {
        cpu.segments.gs().base = 0x1000;
        cpu.msrs.write(Msrs.KERNEL_GS_BASE, 0x2000);
        machine.run("swapgs; hlt");
        assertEquals(0x2000, cpu.segments.gs().base);
        assertEquals(0x1000, cpu.msrs.read(Msrs.KERNEL_GS_BASE));
    }

    @Test
    void msrsRefuseWhatTheyDoNotTake() {
        assertThrows(Fault.class, () -> cpu.msrs.read(0x1234));
        assertThrows(Fault.class, () -> cpu.msrs.write(Msrs.LSTAR, 0x8000_0000_0000L));
        assertThrows(Fault.class, () -> cpu.msrs.write(Msrs.GS_BASE, 0x8000_0000_0000L));
        assertThrows(Fault.class, () -> cpu.msrs.write(Msrs.PAT, 2));
        assertThrows(Fault.class, () -> cpu.msrs.write(Msrs.EFER, 0x1_0000));
        assertThrows(Fault.class, () -> cpu.msrs.write(Msrs.EFER, 0));
        cpu.msrs.write(Msrs.EFER, Efer.LME | Efer.NXE);
        assertEquals(Efer.LME | Efer.LMA | Efer.NXE, cpu.msrs.read(Msrs.EFER));
    }

    @Test
    void timestampCountsInstructionsFromWhatWasWritten() {
        machine.run("mov $0x10, %ecx; mov $1000, %eax; xor %edx, %edx; wrmsr; nop; rdtsc; hlt");
        assertEquals(1002, cpu.r[Cpu.RAX]);
    }

    @Test
    void poppedFlagsDependOnPrivilege() {
        machine.enterUser();
        cpu.setRflags(Flags.FIXED | Flags.IF);
        machine.run("pushq $0x3cd5; popfq; pushfq; pop %rax; hlt");
        assertEquals(0xed7, cpu.r[Cpu.RAX]);
        machine.enterKernel();
        machine.run("pushq $0x243002; popfq; pushfq; pop %rax; hlt");
        assertEquals(0x24_3002, cpu.r[Cpu.RAX]);
    }

    @Test
    void portsNeedIoplOrThePermissionBitmap() {
        machine.ports.put(0x80, 0x1122_3344);
        machine.memory.write(TSS + 104 + 0x10, 1, 0xfe);
        machine.enterUser();
        machine.run("in $0x80, %al; hlt");
        assertEquals(0x44, cpu.r[Cpu.RAX]);
        assertEquals(CODE + 2, machine.stacked(1));
        machine.enterUser();
        machine.run("in $0x80, %ax; hlt");
        assertEquals(CODE, machine.stacked(1));
        machine.enterUser();
        cpu.setRflags(Flags.FIXED | Flags.IOPL);
        machine.run("in $0x80, %eax; hlt");
        assertEquals(0x1122_3344, cpu.r[Cpu.RAX]);
        assertEquals(CODE + 2, machine.stacked(1));
    }

    @Test
    void repeatedOutsStopsPreciselyAtAFault() {
        machine.setPage(DATA + 0x1000, 0);
        machine.run("mov $0x60ffe, %esi; mov $5, %ecx; mov $0x3f8, %edx; rep outsb; hlt");
        assertEquals(Vector.PAGE_FAULT, machine.vector());
        assertEquals(DATA + 0x1000, cpu.r[Cpu.RSI]);
        assertEquals(3, cpu.r[Cpu.RCX]);
    }

    @Test
    void dataBreakpointTrapsAfterTheAccess() {
        machine.run("mov $0x60010, %eax; mov %rax, %db1; mov $0xd00404, %eax; mov %rax, %db7; "
                + "movl $7, 0x6000c; movl $8, 0x60010; nop; hlt");
        assertEquals(Vector.DEBUG, machine.vector());
        assertEquals(0xffff_0ff2L, cpu.debug.get(6));
        assertEquals(8, machine.memory.read(DATA + 0x10, 4));
        assertEquals(0x90, machine.memory.read(machine.stacked(0), 1));
    }

    @Test
    void generalDetectFaultsOnAccessToDebugRegisters() {
        machine.run("mov $0x2400, %eax; mov %rax, %db7; mov %db0, %rax");
        assertEquals(Vector.DEBUG, machine.vector());
        assertEquals(CODE + 8, machine.stacked(0));
        assertEquals(0xffff_2ff0L, cpu.debug.get(6));
        assertEquals(0x400, cpu.debug.get(7));
    }

    @Test
    void cpuidAnswersAsTheModel() {
        machine.run("xor %eax, %eax; cpuid; hlt");
        assertEquals(0x6874_7541, cpu.r[Cpu.RBX]);
        machine.run("mov $1, %eax; cpuid; hlt");
        assertEquals(0x078b_fbfd, cpu.r[Cpu.RDX]);
        assertTrue(CpuModel.named("qemu64").has(Feature.APIC));
        BareMachine without = new BareMachine(CpuModel.named("qemu64").without(Feature.APIC));
        without.run("mov $1, %eax; cpuid; hlt");
        assertEquals(0x078b_f9fd, without.cpu.r[Cpu.RDX]);
    }

    @Test
    void leafAboveTheHighestIsTheHighestOnIntelAndZeroOnAmd() {
        CpuModel intel = CpuModel.named("nehalem");
        assertEquals(intel.leaf(0xb, 1), intel.leaf(0x4000_0000, 1));
        assertEquals(CpuModel.Leaf.ZERO, CpuModel.named("qemu64").leaf(0x4000_0000, 0));
    }
}
