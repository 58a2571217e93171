package org.pvdiet.emulator.cpu;

import java.util.EnumSet;
import java.util.Set;
import org.pvdiet.emulator.cpu.Emitter.Flow;
import org.pvdiet.emulator.cpu.decode.Mnemonic;

/** The meanings of all system instructions, by topic in the classes beside this one. */
public final class SystemInstructions {
    /** What no model announces: #UD at every privilege level. */
    private static final Set<Mnemonic> UNDEFINED = EnumSet.of(
            Mnemonic.CLFLUSHOPT,
            Mnemonic.CLWB,
            Mnemonic.CLZERO,
            Mnemonic.SERIALIZE,
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
            Mnemonic.PVALIDATE,
            Mnemonic.PSMASH,
            Mnemonic.RMPADJUST,
            Mnemonic.RMPUPDATE,
            Mnemonic.INCSSP,
            Mnemonic.SAVEPREVSSP,
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
        // A hint where there are no shadow stacks (SDM volume 2, RDSSP).
        set.define(Mnemonic.RDSSP, (i, e) -> e.operation((cpu, address) -> {}, Flow.NEXT));
        for (Mnemonic mnemonic : UNDEFINED) {
            set.define(mnemonic, (i, e) -> e.operation(SystemInstructions::undefined, Flow.END));
        }
    }

    private static void undefined(Cpu cpu, long address) {
        throw Fault.invalidOpcode();
    }
}
