package org.pvdiet.traces;

import com.google.common.base.Preconditions;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Objects;
import java.util.Set;

/**
 * Consecutive rows of one table on their way to a file. Every value but text and bytes is a 64-bit word: a number, 1 or 0 for
 * a boolean, or the ordinal of a {@link ColumnType#NAME}'s enum constant.
 *
 * <p>A row's words are side by side: who fills a row touches few cache lines, and the thread that encodes it takes the
 * columns apart.
 *
 * <p>Not safe for use by several threads at once.
 *
 * @param <C> the table's columns
 */
public final class RowBatch<C extends Enum<C> & Column> {
    private final int capacity;
    /** Columns have room up to the last that is present, at their ordinals. */
    private final int columns;
    /** Words of a row after its values: a bit for each column that has one. */
    private final int masks;

    private final int stride;
    private final long[] words;
    /** By column of text or bytes. */
    private final byte[][][] bytes;
    // Not a BitSet, which looks for its last bit whenever that is cleared.
    private final long[] open;
    private int openCount;
    private long firstRow;
    private int rows;

    /**
     * @param present the columns that it has: the first of the table, without gaps
     * @param capacity the most rows it can hold
     */
    RowBatch(Set<C> present, int capacity) {
        this.capacity = capacity;
        this.columns = present.size();
        this.masks = (columns + Long.SIZE - 1) / Long.SIZE;
        this.stride = columns + masks;
        this.words = new long[Math.multiplyExact(capacity, stride)];
        this.bytes = new byte[columns][][];
        this.open = new long[(capacity + Long.SIZE - 1) / Long.SIZE];
        for (C column : present) {
            Preconditions.checkArgument(column.ordinal() < columns, "no column before %s may be left out", column);
            if (column.spec().type().isBytes()) {
                bytes[column.ordinal()] = new byte[capacity][];
            }
        }
    }

    /** Number of rows. */
    public int rows() {
        return rows;
    }

    /** Number in the table of this batch's first row; for calls, the {@code seq} of row 0. */
    public long firstRow() {
        return firstRow;
    }

    /** Adds a row without values and returns its index. */
    public int append() {
        Preconditions.checkState(rows < capacity, "batch is full");
        for (int i = 0; i < masks; i++) {
            words[rows * stride + columns + i] = 0;
        }
        return rows++;
    }

    /** Adds a row that is to be completed later: the batch is not written before {@link #finish} is called for it. */
    public int open() {
        int row = append();
        open[row >> 6] |= 1L << row;
        openCount++;
        return row;
    }

    /** Says that an open row is complete. */
    public void finish(int row) {
        if (isOpen(row)) {
            open[row >> 6] &= ~(1L << row);
            openCount--;
        }
    }

    /** Whether a row was opened and is not finished. */
    public boolean isOpen(int row) {
        return (open[row >> 6] & 1L << row) != 0;
    }

    public void set(C column, int row, long value) {
        int c = column.ordinal();
        words[at(c, row)] = value;
        words[mask(c, row)] |= 1L << c;
    }

    /** Sets a column of type {@link ColumnType#NAME}. */
    public void set(C column, int row, Enum<?> value) {
        set(column, row, value.ordinal());
    }

    /** Sets a column of type {@link ColumnType#STRING} (UTF-8) or {@link ColumnType#BYTES}. */
    public void set(C column, int row, byte[] value) {
        set(column, row, value.length);
        bytes[column.ordinal()][row] = value;
    }

    /**
     * Sets columns that stand side by side, at once.
     *
     * @param values for {@code first} and those after it, none of text or bytes; at most 64
     * @param present a bit for each of them, the lowest for {@code first}: whether it is set. One that is not must have no
     *     value yet
     */
    public void set(C first, int row, long[] values, long present) {
        int c = first.ordinal();
        at(c + values.length - 1, row);
        System.arraycopy(values, 0, words, at(c, row), values.length);
        int mask = mask(c, row);
        words[mask] |= present << c;
        if (values.length > Long.SIZE - c % Long.SIZE) {
            words[mask + 1] |= present >>> Long.SIZE - c % Long.SIZE;
        }
    }

    public void setNull(C column, int row) {
        int c = column.ordinal();
        at(c, row);
        words[mask(c, row)] &= ~(1L << c);
    }

    public boolean isNull(C column, int row) {
        int c = column.ordinal();
        at(c, row);
        return (words[mask(c, row)] & 1L << c) == 0;
    }

    /** The value as a 64-bit word; unspecified where {@link #isNull}. */
    public long get(C column, int row) {
        return words[at(column.ordinal(), row)];
    }

    /** The bytes of a {@link ColumnType#STRING} or {@link ColumnType#BYTES}; unspecified where {@link #isNull}. */
    byte[] getBytes(C column, int row) {
        return bytes[column.ordinal()][row];
    }

    // Small enough for HotSpot's fast compiler to inline.

    /** Where a value is. */
    private int at(int column, int row) {
        if (column >= columns || row >= rows) {
            throw outside(column, row);
        }
        return row * stride + column;
    }

    /** Where the bit is that says whether there is one. */
    private int mask(int column, int row) {
        return row * stride + columns + (column >> 6);
    }

    private IndexOutOfBoundsException outside(int column, int row) {
        return new IndexOutOfBoundsException(
                String.format("no column %d in row %d: a batch of %d columns and %d rows", column, row, columns, rows));
    }

    /** Takes the value of {@code column} from rows that have one in {@code where}, and the same in {@code from}. */
    void dropUnchanged(C column, C from, C where, int start, int end) {
        int c = column.ordinal();
        for (int row = start; row < end; row++) {
            // Most have none.
            if ((words[mask(c, row)] & 1L << c) != 0
                    && !isNull(where, row)
                    && !isNull(from, row)
                    && get(from, row) == get(column, row)) {
                setNull(column, row);
            }
        }
    }

    /** Told of a column's rows, several at once where they are alike. */
    interface Runs {
        /**
         * Rows without a value.
         *
         * @param row the number of the first in the table
         */
        void nulls(long row, int count);

        /** Rows with the same value. */
        void values(long value, int count);
    }

    /** Tells of rows {@code from} (inclusive) to {@code to} (exclusive) of a column of words. */
    void runs(C column, int from, int to, Runs runs) {
        Objects.checkFromToIndex(from, to, rows);
        int c = column.ordinal();
        long bit = 1L << c;
        int mask = mask(c, from);
        int value = from * stride + c;
        for (int row = from; row < to; ) {
            int start = row;
            if ((words[mask] & bit) == 0) {
                do {
                    row++;
                    mask += stride;
                } while (row < to && (words[mask] & bit) == 0);
                value += (row - start) * stride;
                runs.nulls(firstRow + start, row - start);
            } else {
                long same = words[value];
                do {
                    row++;
                    mask += stride;
                    value += stride;
                } while (row < to && (words[mask] & bit) != 0 && words[value] == same);
                runs.values(same, row - start);
            }
        }
    }

    int capacity() {
        return capacity;
    }

    boolean isFull() {
        return rows == capacity;
    }

    boolean anyOpen() {
        return openCount > 0;
    }

    BitSet openRows() {
        return BitSet.valueOf(open);
    }

    /** Empties the batch for rows that begin at number {@code first} of the table. */
    void restart(long first) {
        Arrays.fill(open, 0);
        openCount = 0;
        firstRow = first;
        rows = 0;
    }
}
