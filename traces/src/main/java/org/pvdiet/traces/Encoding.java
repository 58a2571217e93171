package org.pvdiet.traces;

/** How a column's values are encoded before compression. Chosen per column by measurement; readers need not know. */
enum Encoding {
    /** Distinct values once, then run-length and bit-packed indices; falls back to {@link #SPLIT} when it does not pay. */
    DICTIONARY,
    /** Bit-packed differences of neighbours: for columns that only grow. */
    DELTA,
    /** Bytes of equal significance together: for values that share their upper bytes. */
    SPLIT,
    /** As they are. */
    PLAIN
}
