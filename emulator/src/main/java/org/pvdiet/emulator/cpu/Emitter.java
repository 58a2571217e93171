package org.pvdiet.emulator.cpu;

/**
 * Takes the micro-operations of one instruction. This is the part that system, x87 and SIMD instructions need; integer
 * instructions use the richer builder behind it.
 */
public interface Emitter {
    /** How an {@link Operation} leaves the block it is in. */
    enum Flow {
        /** Goes on with the next instruction; may fault, and changes nothing that decoding depends on. */
        NEXT,
        /**
         * Ends the block: the operation may change RIP, privilege, paging, the interrupt flag or time. RIP is the next
         * instruction's address after it unless it said otherwise by {@link Cpu#jump}.
         */
        END
    }

    /** The instruction's meaning is this operation, with its memory operand's effective address, if any. */
    void operation(Operation operation, Flow flow);

    /** The instruction's meaning goes on with this. */
    void emit(MicroOp op);

    /** A register that the instruction may use for itself; 14 per instruction. */
    int temporary();
}
