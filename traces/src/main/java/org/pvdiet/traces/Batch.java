package org.pvdiet.traces;

import com.google.common.base.Preconditions;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.util.MemoryUtil;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.ipc.message.ArrowFieldNode;
import org.jspecify.annotations.Nullable;

/**
 * Consecutive rows of one table as they were read, column by column in Arrow vectors. Every value but text and bytes is a 64-bit word: a
 * number, 1 or 0 for a boolean, or the ordinal of a {@link ColumnType#NAME}'s enum constant.
 *
 * <p>Not safe for use by several threads at once.
 *
 * @param <C> the table's columns
 */
public final class Batch<C extends Enum<C> & Column> implements AutoCloseable {
    /** Odd, with bits all over: the golden ratio's first 64. */
    private static final long MIX = 0x9e3779b97f4a7c15L;

    private static final long NO_VALUE = 0x5bd1e995a5a5a5a5L;

    private final int capacity;
    private final BigIntVector[] words;
    // The memory of the vectors in words: going through Arrow's checks for every value doubles the cost of a row.
    private final long[] valueAddresses;
    private final long[] validityAddresses;
    private final VarBinaryVector[] bytes;
    /** How many rows have a value in a column of words. */
    private final int[] valued;
    /** Whether all of these are known to be the same. */
    private final boolean[] constant;

    private final List<C> columns;
    private long firstRow;
    private int rows;

    /**
     * @param allocator where the vectors' memory comes from
     * @param all all columns of the table
     * @param present those that this batch has
     * @param capacity the most rows it can hold
     */
    Batch(BufferAllocator allocator, C[] all, Set<C> present, int capacity) {
        this.capacity = capacity;
        this.words = new BigIntVector[all.length];
        this.valueAddresses = new long[all.length];
        this.validityAddresses = new long[all.length];
        this.bytes = new VarBinaryVector[all.length];
        this.valued = new int[all.length];
        this.constant = new boolean[all.length];
        this.columns = new ArrayList<>(present);
        for (C column : present) {
            if (column.spec().type().isBytes()) {
                VarBinaryVector vector = new VarBinaryVector(column.columnName(), allocator);
                vector.allocateNew(capacity);
                bytes[column.ordinal()] = vector;
            } else {
                BigIntVector vector = words(column, allocator, capacity);
                vector.getValidityBuffer().setZero(0, vector.getValidityBuffer().capacity());
                words[column.ordinal()] = vector;
                valueAddresses[column.ordinal()] = vector.getDataBufferAddress();
                validityAddresses[column.ordinal()] = vector.getValidityBufferAddress();
            }
        }
    }

    /** A vector whose memory is as it comes: to clear it takes as long as to decode a column. */
    private static BigIntVector words(Column column, BufferAllocator allocator, int capacity) {
        BigIntVector vector = new BigIntVector(column.columnName(), allocator);
        try (ArrowBuf validity = allocator.buffer((capacity + Long.SIZE - 1L) / Long.SIZE * Long.BYTES);
                ArrowBuf values = allocator.buffer((long) capacity * Long.BYTES)) {
            vector.loadFieldBuffers(new ArrowFieldNode(capacity, 1), List.of(validity, values));
        }
        return vector;
    }

    /** Number of rows. */
    public int rows() {
        return rows;
    }

    /** The most rows this batch can hold. */
    public int capacity() {
        return capacity;
    }

    /** Number in the table of this batch's first row; for calls, the {@code seq} of row 0. */
    public long firstRow() {
        return firstRow;
    }

    /** The columns this batch has, in file order. */
    public List<C> columns() {
        return List.copyOf(columns);
    }

    public boolean has(C column) {
        return words[column.ordinal()] != null || bytes[column.ordinal()] != null;
    }

    /** Adds a row without values and returns its index. */
    public int append() {
        Preconditions.checkState(rows < capacity, "batch is full");
        return rows++;
    }

    /** Adds rows without values. */
    void append(int count) {
        Preconditions.checkState(count <= capacity - rows, "batch is full");
        rows += count;
    }

    /**
     * Sets consecutive rows, which have no value yet, of a column of words.
     *
     * @param values the values, one after the other
     * @param present for each row 1 if it has a value and 0 if not; null if all have
     */
    void fill(C column, int from, int count, long[] values, int @Nullable [] present) {
        Objects.checkFromIndexSize(from, count, rows);
        long address = present(column, valueAddresses[column.ordinal()]);
        long validity = validityAddresses[column.ordinal()];
        constant[column.ordinal()] = false;
        if (present == null) {
            valued[column.ordinal()] += count;
            MemoryUtil.directBuffer(address + ((long) from << 3), count << 3)
                    .order(ByteOrder.nativeOrder())
                    .asLongBuffer()
                    .put(values, 0, count);
            int row = from;
            for (; row < from + count && ((row & 7) != 0 || row + 8 > from + count); row++) {
                setPresent(validity, row);
            }
            for (; row + 8 <= from + count; row += 8) {
                MemoryUtil.putByte(validity + (row >> 3), (byte) -1);
            }
            for (; row < from + count; row++) {
                setPresent(validity, row);
            }
            return;
        }
        int next = 0;
        for (int row = from; row < from + count; row++) {
            if (present[row - from] != 0) {
                MemoryUtil.putLong(address + ((long) row << 3), values[next++]);
                setPresent(validity, row);
            }
        }
        valued[column.ordinal()] += next;
    }

    private static void setPresent(long validity, int row) {
        long at = validity + (row >> 3);
        MemoryUtil.putByte(at, (byte) (MemoryUtil.getByte(at) | (1 << (row & 7))));
    }

    /** Gives the rows without a value in {@code column} that of {@code from}, where {@code where} has one. */
    void fillNulls(C column, C from, C where) {
        long to = validityAddresses[column.ordinal()];
        for (int row = 0; row < rows; row++) {
            // Eight rows at once: most have no value or need none.
            if ((row & 7) == 0) {
                byte missing = (byte) (~MemoryUtil.getByte(to + (row >> 3))
                        & MemoryUtil.getByte(validityAddresses[from.ordinal()] + (row >> 3))
                        & MemoryUtil.getByte(validityAddresses[where.ordinal()] + (row >> 3)));
                if (missing == 0) {
                    row += 7;
                    continue;
                }
            }
            if (isNull(column, row) && !isNull(where, row) && !isNull(from, row)) {
                set(column, row, get(from, row));
            }
        }
    }

    public void set(C column, int row, long value) {
        Objects.checkIndex(row, rows);
        int c = column.ordinal();
        valued[c] += isNull(column, row) ? 1 : 0;
        constant[c] = false;
        MemoryUtil.putLong(present(column, valueAddresses[c]) + ((long) row << 3), value);
        setPresent(validityAddresses[c], row);
    }

    /** Sets a column of type {@link ColumnType#STRING} (UTF-8) or {@link ColumnType#BYTES}. */
    public void set(C column, int row, byte[] value) {
        bytes[column.ordinal()].setSafe(row, value);
    }

    public boolean isNull(C column, int row) {
        Objects.checkIndex(row, rows);
        int c = column.ordinal();
        if (bytes[c] != null) {
            return bytes[c].isNull(row);
        }
        return (MemoryUtil.getByte(present(column, validityAddresses[c]) + (row >> 3)) & (1 << (row & 7))) == 0;
    }

    /** The value as a 64-bit word; unspecified where {@link #isNull}. */
    public long get(C column, int row) {
        Objects.checkIndex(row, rows);
        return MemoryUtil.getLong(present(column, valueAddresses[column.ordinal()]) + ((long) row << 3));
    }

    /**
     * Mixes values in a column, or that there is none, into the hashes of their rows.
     *
     * @param from the row of the first hash
     */
    public void hash(C column, int from, long[] hashes) {
        Objects.checkFromIndexSize(from, hashes.length, rows);
        long values = present(column, valueAddresses[column.ordinal()]);
        long validity = validityAddresses[column.ordinal()];
        boolean isFull = isFull(column);
        for (int i = 0; i < hashes.length; i++) {
            int row = from + i;
            boolean isNull = !isFull && (MemoryUtil.getByte(validity + (row >> 3)) & (1 << (row & 7))) == 0;
            // An odd factor and a shift: every bit of the value counts, and 0 is not the same as none.
            long mixed = (hashes[i] ^ (isNull ? NO_VALUE : MemoryUtil.getLong(values + ((long) row << 3)))) * MIX;
            hashes[i] = mixed ^ mixed >>> 32;
        }
    }

    /**
     * Whether each row has the same value in a column as the row that {@code others} gives for it, or both have none.
     *
     * @param from the row of the first of these, and that from which they count
     */
    public boolean allAlike(C column, int from, int[] others) {
        Objects.checkFromIndexSize(from, others.length, rows);
        long values = present(column, valueAddresses[column.ordinal()]);
        long validity = validityAddresses[column.ordinal()];
        if (isFull(column)) {
            for (int i = 0; i < others.length; i++) {
                int row = from + i;
                int other = from + Objects.checkIndex(others[i], others.length);
                if (MemoryUtil.getLong(values + ((long) row << 3))
                        != MemoryUtil.getLong(values + ((long) other << 3))) {
                    return false;
                }
            }
            return true;
        }
        for (int i = 0; i < others.length; i++) {
            int row = from + i;
            int other = from + Objects.checkIndex(others[i], others.length);
            int isPresent = MemoryUtil.getByte(validity + (row >> 3)) >>> (row & 7) & 1;
            if (isPresent != (MemoryUtil.getByte(validity + (other >> 3)) >>> (other & 7) & 1)
                    || (isPresent != 0
                            && MemoryUtil.getLong(values + ((long) row << 3))
                                    != MemoryUtil.getLong(values + ((long) other << 3)))) {
                return false;
            }
        }
        return true;
    }

    private boolean isFull(C column) {
        return valued[column.ordinal()] == rows;
    }

    /** Whether all rows are known to have the same value in a column of words, or all none. */
    public boolean isConstant(C column) {
        return valued[column.ordinal()] == 0 || (isFull(column) && constant[column.ordinal()]);
    }

    /** Says that all values in a column are the same. */
    void setConstant(C column) {
        constant[column.ordinal()] = true;
    }

    public int getInt(C column, int row) {
        return (int) get(column, row);
    }

    /** The bytes of a {@link ColumnType#STRING} or {@link ColumnType#BYTES}, or null. */
    public byte[] getBytes(C column, int row) {
        return bytes[column.ordinal()].get(row);
    }

    private static long present(Column column, long address) {
        if (address == 0) {
            throw new IllegalArgumentException("this batch has no words of column " + column.columnName());
        }
        return address;
    }

    /** Empties the batch for rows that begin at number {@code first} of the table. */
    void restart(long first) {
        for (C column : columns) {
            if (column.spec().type().isBytes()) {
                bytes[column.ordinal()].reset();
            } else {
                words[column.ordinal()]
                        .getValidityBuffer()
                        .setZero(0, words[column.ordinal()].getValidityBuffer().capacity());
            }
        }
        Arrays.fill(valued, 0);
        Arrays.fill(constant, false);
        firstRow = first;
        rows = 0;
    }

    @Override
    public void close() {
        Arrays.fill(valueAddresses, 0);
        Arrays.fill(validityAddresses, 0);
        for (C column : columns) {
            (column.spec().type().isBytes() ? bytes[column.ordinal()] : words[column.ordinal()]).close();
        }
    }
}
