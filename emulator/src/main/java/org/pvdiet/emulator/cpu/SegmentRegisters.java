package org.pvdiet.emulator.cpu;

import org.pvdiet.emulator.cpu.decode.Segment;

/** The six segment registers, LDTR and TR, and the descriptor-table registers. */
public final class SegmentRegisters {
    private final SegmentRegister[] registers = new SegmentRegister[6];
    public final SegmentRegister ldtr = new SegmentRegister();
    public final SegmentRegister tr = new SegmentRegister();
    public long gdtBase;
    public int gdtLimit;
    public long idtBase;
    public int idtLimit;

    SegmentRegisters() {
        for (int i = 0; i < registers.length; i++) {
            registers[i] = new SegmentRegister();
        }
    }

    public SegmentRegister get(Segment segment) {
        return registers[segment.ordinal()];
    }

    public SegmentRegister cs() {
        return registers[Segment.CS.ordinal()];
    }

    public SegmentRegister ss() {
        return registers[Segment.SS.ordinal()];
    }

    public SegmentRegister fs() {
        return registers[Segment.FS.ordinal()];
    }

    public SegmentRegister gs() {
        return registers[Segment.GS.ordinal()];
    }
}
