package org.pvdiet.emulator.cpu;

import java.util.ArrayList;
import java.util.List;
import org.pvdiet.emulator.cpu.decode.Instruction;
import org.pvdiet.emulator.cpu.decode.Operand;

/** Lowers instructions to micro-operations, one after another. */
final class InstructionLowering implements Emitter {
    /** The lowest register number that is a temporary. */
    static final int FIRST_TEMPORARY = 16;

    private final InstructionSet instructionSet;
    private List<MicroOp> ops;
    private Instruction instruction;
    private int index;
    private int temporaries;

    InstructionLowering(InstructionSet instructionSet) {
        this.instructionSet = instructionSet;
    }

    /**
     * The micro-operations of an instruction.
     *
     * @param position of the instruction in its block
     */
    List<MicroOp> lower(Instruction decoded, int position) {
        List<MicroOp> lowered = new ArrayList<>();
        lower(decoded, position, lowered);
        return lowered;
    }

    /** Appends them to a list. */
    void lower(Instruction decoded, int position, List<MicroOp> to) {
        instruction = decoded;
        index = position;
        temporaries = FIRST_TEMPORARY;
        ops = to;
        Meaning meaning = instructionSet.meaning(decoded);
        if (meaning == null) {
            emit(new MicroOp.Unimplemented(decoded));
        } else {
            meaning.lower(decoded, this);
        }
    }

    @Override
    public void emit(MicroOp op) {
        ops.add(op);
    }

    @Override
    public int temporary() {
        return temporaries++;
    }

    @Override
    public void operation(Operation operation, Flow flow) {
        Address address = null;
        for (int i = 0; i < instruction.operandCount() && address == null; i++) {
            if (instruction.operand(i) instanceof Operand.Memory memory) {
                address = Lowering.address(instruction, memory);
            }
        }
        emit(new MicroOp.Whole(operation, flow, instruction.address(), instruction.next(), index, address));
    }
}
