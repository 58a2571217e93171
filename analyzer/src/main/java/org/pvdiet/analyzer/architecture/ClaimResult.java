package org.pvdiet.analyzer.architecture;

/**
 * How one claim of the catalogue fared in a trace. On bare metal a contradiction is an error of the catalogue or of the
 * machine; on another platform it says where that platform parts from the bare instruction.
 *
 * @param hook {@code cpu.write_cr4}
 * @param claim in words, {@code CR4 becomes val}
 * @param held calls in which it held
 * @param contradicted calls in which it did not
 * @param silent calls that do not tell
 * @param witness the first call that contradicts it, else the first in which it held; -1 where it was not exercised
 * @param instead what the first call that contradicts it did, {@code returned 0x66}, {@code wrote 0x80}; empty where it returned or
 *     wrote no such value
 */
public record ClaimResult(
        String hook, String claim, long held, long contradicted, long silent, long witness, String instead) {
    /** Whether any call tells. */
    public boolean exercised() {
        return held + contradicted > 0;
    }
}
