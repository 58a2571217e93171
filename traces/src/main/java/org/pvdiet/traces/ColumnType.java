package org.pvdiet.traces;

/** What a column holds, in memory and in the file. */
public enum ColumnType {
    /** A count or identifier that fits 31 bits; Parquet INT32, in memory a 64-bit word. */
    INT32("int32"),
    /** A count; Parquet INT64. */
    INT64("int64"),
    /** An address, register or other 64-bit pattern; Parquet INT64 marked unsigned, so that it prints as one. */
    UINT64("uint64"),
    /** Yes or no; in memory 1 or 0. */
    BOOL("boolean"),
    /** One of the named values of an enum: its lower-case name in the file, its ordinal in memory. */
    NAME("string"),
    /** UTF-8 text. */
    STRING("string"),
    /** Raw bytes. */
    BYTES("binary");

    private final String inFile;

    ColumnType(String inFile) {
        this.inFile = inFile;
    }

    /** The type as a reader of the file sees it. */
    public String inFile() {
        return inFile;
    }

    /** Whether values are held in memory as bytes and not as 64-bit words. */
    public boolean isBytes() {
        return this == STRING || this == BYTES;
    }
}
