package org.pvdiet.emulator.cpu;

import java.util.EnumSet;
import java.util.Set;
import org.pvdiet.emulator.cpu.Emitter.Flow;
import org.pvdiet.emulator.cpu.decode.Instruction;
import org.pvdiet.emulator.cpu.decode.Mnemonic;
import org.pvdiet.emulator.cpu.decode.Operand;
import org.pvdiet.emulator.cpu.decode.RegisterFile;

/** The meanings of all system instructions, by topic in the classes beside this one. */
public final class SystemInstructions {
    /** What no model announces, or the decoder does not know: #UD at every privilege level. */
    private static final Set<Mnemonic> UNDEFINED = EnumSet.of(
            Mnemonic.INVALID,
            Mnemonic.UNKNOWN,
            Mnemonic.VEX,
            Mnemonic.EVEX,
            Mnemonic.UD0,
            Mnemonic.UD1,
            Mnemonic.UD2,
            Mnemonic.WBNOINVD,
            Mnemonic.INVLPGA,
            Mnemonic.INVLPGB,
            Mnemonic.TLBSYNC,
            Mnemonic.RDPID,
            Mnemonic.RDPRU,
            Mnemonic.RDRAND,
            Mnemonic.RDSEED,
            Mnemonic.RDPKRU,
            Mnemonic.WRPKRU,
            Mnemonic.XGETBV,
            Mnemonic.XSETBV,
            Mnemonic.XSAVE,
            Mnemonic.XSAVEC,
            Mnemonic.XSAVEOPT,
            Mnemonic.XSAVES,
            Mnemonic.XRSTOR,
            Mnemonic.XRSTORS,
            Mnemonic.MONITOR,
            Mnemonic.MWAIT,
            Mnemonic.MONITORX,
            Mnemonic.MWAITX,
            Mnemonic.UMONITOR,
            Mnemonic.UMWAIT,
            Mnemonic.TPAUSE,
            Mnemonic.RSM,
            Mnemonic.GETSEC,
            Mnemonic.ENCLS,
            Mnemonic.ENCLU,
            Mnemonic.ENCLV,
            Mnemonic.PCONFIG,
            Mnemonic.PTWRITE,
            Mnemonic.XBEGIN,
            Mnemonic.XEND,
            Mnemonic.XABORT,
            Mnemonic.XTEST,
            Mnemonic.ENQCMD,
            Mnemonic.ENQCMDS,
            Mnemonic.VMCALL,
            Mnemonic.VMLAUNCH,
            Mnemonic.VMRESUME,
            Mnemonic.VMXOFF,
            Mnemonic.VMXON,
            Mnemonic.VMCLEAR,
            Mnemonic.VMPTRLD,
            Mnemonic.VMPTRST,
            Mnemonic.VMREAD,
            Mnemonic.VMWRITE,
            Mnemonic.VMFUNC,
            Mnemonic.INVEPT,
            Mnemonic.INVVPID,
            Mnemonic.VMRUN,
            Mnemonic.VMMCALL,
            Mnemonic.VMLOAD,
            Mnemonic.VMSAVE,
            Mnemonic.STGI,
            Mnemonic.CLGI,
            Mnemonic.SKINIT,
            Mnemonic.VMGEXIT,
            Mnemonic.RSTORSSP,
            Mnemonic.WRSS,
            Mnemonic.WRUSS,
            Mnemonic.SETSSBSY,
            Mnemonic.CLRSSBSY);

    private SystemInstructions() {}

    public static void define(InstructionSet set) {
        ControlInstructions.define(set);
        SegmentInstructions.define(set);
        FarTransfers.define(set);
        PortInstructions.define(set);
        ProcessorInstructions.define(set);
        set.define(Mnemonic.TOO_LONG, (i, e) -> refuse(e, Fault.generalProtection()));
        for (Mnemonic mnemonic : UNDEFINED) {
            set.define(mnemonic, (i, e) -> refuse(e, Fault.invalidOpcode()));
        }
    }

    private static void refuse(Emitter emitter, Fault fault) {
        emitter.operation(
                (cpu, address) -> {
                    throw fault;
                },
                Flow.END);
    }

    private static boolean usesFile(Instruction instruction, RegisterFile file) {
        for (Operand operand : instruction.operands()) {
            if (operand instanceof Operand.Register register && register.file() == file) {
                return true;
            }
        }
        return false;
    }

    /** True for the forms of MOV, PUSH and POP with a segment, control or debug register, which {@link #lower} knows. */
    static boolean isSystemForm(Instruction instruction) {
        return switch (instruction.mnemonic()) {
            case MOV ->
                usesFile(instruction, RegisterFile.SEGMENT)
                        || usesFile(instruction, RegisterFile.CONTROL)
                        || usesFile(instruction, RegisterFile.DEBUG);
            case PUSH, POP -> usesFile(instruction, RegisterFile.SEGMENT);
            default -> false;
        };
    }

    /** The meaning of an instruction that {@link #isSystemForm}. */
    static void lower(Instruction instruction, Emitter emitter) {
        switch (instruction.mnemonic()) {
            case PUSH -> SegmentInstructions.push(instruction, emitter);
            case POP -> SegmentInstructions.pop(instruction, emitter);
            default -> {
                if (usesFile(instruction, RegisterFile.SEGMENT)) {
                    SegmentInstructions.move(instruction, emitter);
                } else {
                    ControlInstructions.move(instruction, emitter);
                }
            }
        }
    }
}
