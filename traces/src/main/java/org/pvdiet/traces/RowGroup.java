package org.pvdiet.traces;

/**
 * A unit of reading: consecutive rows of a table.
 *
 * @param table {@link Table#CALLS} or {@link Table#EFFECTS}
 * @param part number of the file
 * @param index number of the group in the file
 * @param rows its rows
 * @param bytes that it takes in the file
 * @param firstSeq least {@code seq} in it, or 0 where no row has one
 * @param lastSeq greatest {@code seq} in it, or -1 where no row has one
 * @param firstIcount least {@code icount} in it, that of its first row
 * @param lastIcount greatest {@code icount} in it, that of its last row
 */
public record RowGroup(
        Table table,
        int part,
        int index,
        int rows,
        long bytes,
        long firstSeq,
        long lastSeq,
        long firstIcount,
        long lastIcount) {}
