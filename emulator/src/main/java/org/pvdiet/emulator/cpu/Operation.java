package org.pvdiet.emulator.cpu;

/**
 * The whole of an instruction's meaning in one call, for instructions that are not worth micro-operations of their own:
 * system, x87 and SIMD instructions. It reads and writes the processor's state directly. Where it throws, it has changed
 * nothing.
 */
public interface Operation {
    /**
     * RIP is the address of the instruction itself while this runs; an operation that transfers control sets RIP and must
     * have been emitted as one that ends the block.
     *
     * @param address the effective linear address of the memory operand, 0 where there is none
     */
    void execute(Cpu cpu, long address);
}
