package org.pvdiet.emulator.cpu;

import java.util.EnumSet;
import java.util.Set;
import org.pvdiet.emulator.cpu.CpuModel.Feature;
import org.pvdiet.emulator.cpu.decode.Mnemonic;

/** All of the x87, MMX and SSE instructions there are, up to SSE4.2. */
final class FpuInstructions {
    private static final Set<Mnemonic> SSSE3 = EnumSet.of(
            Mnemonic.PSHUFB,
            Mnemonic.PHADDW,
            Mnemonic.PHADDD,
            Mnemonic.PHADDSW,
            Mnemonic.PMADDUBSW,
            Mnemonic.PHSUBW,
            Mnemonic.PHSUBD,
            Mnemonic.PHSUBSW,
            Mnemonic.PSIGNB,
            Mnemonic.PSIGNW,
            Mnemonic.PSIGND,
            Mnemonic.PMULHRSW,
            Mnemonic.PABSB,
            Mnemonic.PABSW,
            Mnemonic.PABSD,
            Mnemonic.PALIGNR);

    private static final Set<Mnemonic> SSE4_1 = EnumSet.of(
            Mnemonic.BLENDPS,
            Mnemonic.BLENDPD,
            Mnemonic.BLENDVPS,
            Mnemonic.BLENDVPD,
            Mnemonic.ROUNDPS,
            Mnemonic.ROUNDPD,
            Mnemonic.ROUNDSS,
            Mnemonic.ROUNDSD,
            Mnemonic.DPPS,
            Mnemonic.DPPD,
            Mnemonic.INSERTPS,
            Mnemonic.EXTRACTPS,
            Mnemonic.MOVNTDQA,
            Mnemonic.PACKUSDW,
            Mnemonic.PCMPEQQ,
            Mnemonic.PMULLD,
            Mnemonic.PMULDQ,
            Mnemonic.PMINUW,
            Mnemonic.PMINUD,
            Mnemonic.PMINSB,
            Mnemonic.PMINSD,
            Mnemonic.PMAXUW,
            Mnemonic.PMAXUD,
            Mnemonic.PMAXSB,
            Mnemonic.PMAXSD,
            Mnemonic.PHMINPOSUW,
            Mnemonic.PTEST,
            Mnemonic.PBLENDW,
            Mnemonic.PBLENDVB,
            Mnemonic.MPSADBW,
            Mnemonic.PMOVSXBW,
            Mnemonic.PMOVSXBD,
            Mnemonic.PMOVSXBQ,
            Mnemonic.PMOVSXWD,
            Mnemonic.PMOVSXWQ,
            Mnemonic.PMOVSXDQ,
            Mnemonic.PMOVZXBW,
            Mnemonic.PMOVZXBD,
            Mnemonic.PMOVZXBQ,
            Mnemonic.PMOVZXWD,
            Mnemonic.PMOVZXWQ,
            Mnemonic.PMOVZXDQ,
            Mnemonic.PINSRB,
            Mnemonic.PINSRD,
            Mnemonic.PINSRQ,
            Mnemonic.PEXTRB,
            Mnemonic.PEXTRD,
            Mnemonic.PEXTRQ);

    private static final Set<Mnemonic> SSE4_2 = EnumSet.of(
            Mnemonic.PCMPGTQ, Mnemonic.PCMPESTRM, Mnemonic.PCMPESTRI, Mnemonic.PCMPISTRM, Mnemonic.PCMPISTRI);

    /** Of features that no model here announces. */
    static final Set<Mnemonic> ABSENT = EnumSet.of(
            Mnemonic.MOVNTSS,
            Mnemonic.MOVNTSD,
            Mnemonic.EXTRQ,
            Mnemonic.INSERTQ,
            Mnemonic.AESENC,
            Mnemonic.AESENCLAST,
            Mnemonic.AESDEC,
            Mnemonic.AESDECLAST,
            Mnemonic.AESIMC,
            Mnemonic.AESKEYGENASSIST,
            Mnemonic.PCLMULQDQ,
            Mnemonic.SHA1RNDS4,
            Mnemonic.SHA1NEXTE,
            Mnemonic.SHA1MSG1,
            Mnemonic.SHA1MSG2,
            Mnemonic.SHA256RNDS2,
            Mnemonic.SHA256MSG1,
            Mnemonic.SHA256MSG2,
            Mnemonic.GF2P8AFFINEQB,
            Mnemonic.GF2P8AFFINEINVQB,
            Mnemonic.GF2P8MULB);

    private FpuInstructions() {}

    static void define(InstructionSet set, CpuModel model) {
        FpuStateInstructions.define(set);
        X87Instructions.define(set);
        X87Transcendentals.define(set);
        SimdMoves.define(set);
        SimdIntegers.define(set);
        SimdFloats.define(set);
        SimdApproximations.define(set);
        Sse4.define(set);
        SimdStrings.define(set);
        set.forbid(ABSENT);
        if (!model.has(Feature.SSSE3)) {
            set.forbid(SSSE3);
        }
        if (!model.has(Feature.SSE4_1)) {
            set.forbid(SSE4_1);
        }
        if (!model.has(Feature.SSE4_2)) {
            set.forbid(SSE4_2);
        }
    }
}
