package org.pvdiet.emulator.cpu;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import org.pvdiet.emulator.cpu.decode.Decoder;
import org.pvdiet.emulator.cpu.decode.Instruction;
import org.pvdiet.emulator.cpu.decode.Mode;
import org.pvdiet.emulator.memory.LinearMemory;
import org.pvdiet.emulator.memory.PhysicalMemory;

/** Decodes and lowers the instructions of a block. */
final class BlockBuilder {
    private static final int LONGEST = 64;

    private final InstructionLowering lowering;
    private final NavigableMap<Long, Probe> probes;
    private final BlockCode code;
    private final Decoder decoder;

    private final List<MicroOp> ops = new ArrayList<>();
    private final List<Step> steps = new ArrayList<>();
    private final short[] firstSteps = new short[LONGEST + 1];
    private final short[] offsets = new short[LONGEST + 1];
    private int count;

    BlockBuilder(InstructionSet instructionSet, NavigableMap<Long, Probe> probes, PhysicalMemory physicalMemory) {
        this.lowering = new InstructionLowering(instructionSet);
        this.probes = probes;
        this.code = new BlockCode(physicalMemory);
        this.decoder = new Decoder(code);
    }

    /**
     * Builds the block that starts at {@code rip}.
     *
     * @param base of CS, added to instruction pointers
     * @param physical address of the first byte
     * @throws org.pvdiet.emulator.memory.MemoryFault where the first instruction goes on in a page that may not be executed
     */
    Block build(long rip, long base, long physical, Mode mode, int modeKey, LinearMemory memory) {
        code.start(rip, base, physical, mode, memory);
        long pageEnd = code.pageEnd();
        steps.clear();
        count = 0;
        long at = rip;
        long probed = nextProbe(rip);
        Probe probe = probed == rip ? probes.get(rip) : null;
        Block.Exit exit = null;
        MicroOp before = null;
        Step lastAlone = null;
        while (count < LONGEST && exit == null && at < pageEnd) {
            if (at > probed) {
                probed = nextProbe(at);
            }
            if (count > 0 && at == probed) {
                break;
            }
            code.setMayCross(count == 0);
            Instruction decoded = decode(at, mode);
            if (decoded == null) {
                break;
            }
            firstSteps[count] = (short) steps.size();
            offsets[count] = (short) (at - rip);
            ops.clear();
            lowering.lower(decoded, count, ops);
            Steps.append(ops, steps);
            count++;
            at += decoded.length();
            if (!ops.isEmpty()) {
                MicroOp last = ops.get(ops.size() - 1);
                exit = exit(last);
                if (last instanceof MicroOp.JumpIf jump && before != null) {
                    lastAlone = fuse(before, jump);
                }
            }
            before = ops.size() == 1 ? ops.get(0) : null;
        }
        firstSteps[count] = (short) steps.size();
        offsets[count] = (short) (at - rip);
        if (exit == null) {
            exit = Block.Exit.DIRECT;
            steps.add(Steps.of(new MicroOp.Jump(mode == Mode.BITS_64 ? at : at & 0xffffffffL)));
        }
        return new Block(
                rip,
                modeKey,
                steps.toArray(new Step[steps.size()]),
                Arrays.copyOf(firstSteps, count + 1),
                Arrays.copyOf(offsets, count + 1),
                lastAlone,
                exit,
                probe,
                physical,
                (int) (Math.min(at, pageEnd) - rip),
                code.crossed());
    }

    /** Where the first probe is from an address on; no address of code where there is none. */
    private long nextProbe(long from) {
        Long address = probes.ceilingKey(from);
        return address == null ? Long.MAX_VALUE : address;
    }

    /** Makes the last two steps one if they are a comparison and a conditional jump; gives the comparison's alone. */
    private Step fuse(MicroOp before, MicroOp.JumpIf jump) {
        Step fused = Steps.fusedBranch(before, jump);
        if (fused == null) {
            return null;
        }
        steps.remove(steps.size() - 1);
        Step alone = steps.set(steps.size() - 1, fused);
        firstSteps[count - 1] = (short) steps.size();
        return alone;
    }

    /** Null where the instruction leaves the page and is not the block's first. */
    private Instruction decode(long at, Mode mode) {
        try {
            return decoder.decode(at, mode);
        } catch (BlockCode.LeavesPage e) {
            return null;
        }
    }

    /** How control leaves a block that ends with a micro-operation; null where the block goes on after it. */
    private static Block.Exit exit(MicroOp op) {
        if (op instanceof MicroOp.JumpIf
                || op instanceof MicroOp.Jump
                || op instanceof MicroOp.Call
                || op instanceof MicroOp.JumpCounted) {
            return Block.Exit.DIRECT;
        }
        if (op instanceof MicroOp.Return || op instanceof MicroOp.JumpRegister || op instanceof MicroOp.CallRegister) {
            return Block.Exit.INDIRECT;
        }
        boolean ends = op instanceof MicroOp.Raise
                || op instanceof MicroOp.Unimplemented
                || op instanceof MicroOp.Whole whole && whole.flow() == Emitter.Flow.END;
        return ends ? Block.Exit.CHANGED : null;
    }
}
