package org.pvdiet.traces;

import com.google.common.base.Preconditions;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.util.MemoryUtil;
import org.jspecify.annotations.Nullable;

/**
 * Consecutive rows of one table as they were read, column by column, words in Arrow's memory. Every value but text and bytes is
 * a 64-bit word: a number, 1 or 0 for a boolean, or the ordinal of a {@link ColumnType#NAME}'s enum constant.
 *
 * <p>Of a column that is stored with a dictionary, as most are, the dictionary is held and a code of each row. Rows with the same
 * code have the same word; that there is none has a code as well.
 *
 * <p>Not safe for use by several threads at once while it is filled.
 *
 * @param <C> the table's columns
 */
public final class Batch<C extends Enum<C> & Column> implements AutoCloseable {
    private final BufferAllocator allocator;
    private final int capacity;
    private final Set<C> columns;
    private final List<ArrowBuf> memory = new ArrayList<>();
    // Addresses of words and of bits that say which rows have one; 0 where the column has codes, or is not there.
    private final long[] valueAddresses;
    private final long[] validityAddresses;
    /** Words by code; null where the column has none. */
    private final long @Nullable [][] dictionaries;
    /** Address of the codes; 0 where all rows have the same. */
    private final long[] codeAddresses;
    /** The code of rows without a value; -1 where all have one. */
    private final int[] nullCodes;

    /** By column and row. */
    private final byte @Nullable [] @Nullable [][] bytes;

    private long firstRow;
    private int rows;

    /**
     * @param allocator where the memory comes from
     * @param all all columns of the table
     * @param present those that this batch has
     * @param capacity the most rows it can hold
     */
    Batch(BufferAllocator allocator, C[] all, Set<C> present, int capacity) {
        this.allocator = allocator;
        this.capacity = capacity;
        this.columns = present;
        this.valueAddresses = new long[all.length];
        this.validityAddresses = new long[all.length];
        this.dictionaries = new long[all.length][];
        this.codeAddresses = new long[all.length];
        this.nullCodes = new int[all.length];
        this.bytes = new byte[all.length][][];
        for (C column : present) {
            if (column.spec().type().isBytes()) {
                bytes[column.ordinal()] = new byte[capacity][];
            } else {
                // No row has a value.
                dictionaries[column.ordinal()] = new long[1];
            }
        }
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
        return columns.contains(column);
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
     * @param values the values that there are, one after the other
     * @param present for each row 1 if it has a value and 0 if not; null if all have
     */
    void fill(C column, int from, int count, long[] values, int @Nullable [] present) {
        Objects.checkFromIndexSize(from, count, rows);
        holdWords(column);
        long address = valueAddresses[column.ordinal()];
        long validity = validityAddresses[column.ordinal()];
        if (present == null) {
            longs(address + ((long) from << 3), count).put(values, 0, count);
            for (int row = from; row < from + count; row++) {
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
    }

    /**
     * Sets all rows of a column.
     *
     * @param codes the code of each row; null if it is 0 in all
     * @param dictionary the words by code; that of rows without a value has no meaning
     * @param nullCode the code of these; -1 if there are none
     */
    void fill(C column, int @Nullable [] codes, long[] dictionary, int nullCode) {
        int c = column.ordinal();
        dictionaries[c] = dictionary;
        nullCodes[c] = nullCode;
        if (codes != null) {
            if (codeAddresses[c] == 0) {
                codeAddresses[c] = allocate((long) capacity * Integer.BYTES);
            }
            ints(codeAddresses[c], rows).put(codes, 0, rows);
        }
    }

    private long allocate(long size) {
        ArrowBuf buffer = allocator.buffer(size);
        memory.add(buffer);
        return buffer.memoryAddress();
    }

    private static LongBuffer longs(long address, int count) {
        return MemoryUtil.directBuffer(address, count << 3)
                .order(ByteOrder.nativeOrder())
                .asLongBuffer();
    }

    private static IntBuffer ints(long address, int count) {
        return MemoryUtil.directBuffer(address, count << 2)
                .order(ByteOrder.nativeOrder())
                .asIntBuffer();
    }

    /** Holds words from now on, if it does not yet. */
    private void holdWords(C column) {
        int c = column.ordinal();
        if (valueAddresses[c] == 0) {
            valueAddresses[c] = allocate((long) capacity * Long.BYTES);
            validityAddresses[c] = allocate((capacity + 7L) / 8);
            MemoryUtil.setMemory(validityAddresses[c], (capacity + 7L) / 8, (byte) 0);
            dictionaries[c] = null;
        }
    }

    private static void setPresent(long validity, int row) {
        long at = validity + (row >> 3);
        MemoryUtil.putByte(at, (byte) (MemoryUtil.getByte(at) | (1 << (row & 7))));
    }

    /** Gives the rows without a value in {@code column} that of {@code from}, where {@code where} has one. All have codes. */
    void fillNulls(C column, C from, C where) {
        int none = nullCodes[column.ordinal()];
        if (none < 0) {
            return;
        }
        WordDictionary words = new WordDictionary();
        long[] mine = dictionary(column);
        long[] theirs = dictionary(from);
        int[] own = new int[mine.length];
        int[] taken = new int[theirs.length];
        // The first is that of rows without a value.
        Arrays.setAll(own, i -> i == none ? 0 : 1 + words.index(mine[i]));
        Arrays.setAll(taken, i -> i == nullCodes[from.ordinal()] ? 0 : 1 + words.index(theirs[i]));
        int[] codes = new int[rows];
        for (int row = 0; row < rows; row++) {
            int code = own[code(column.ordinal(), row)];
            codes[row] = code == 0 && !isNull(where, row) ? taken[code(from.ordinal(), row)] : code;
        }
        long[] dictionary = new long[1 + words.size()];
        Arrays.setAll(dictionary, i -> i == 0 ? 0 : words.word(i - 1));
        fill(column, codes, dictionary, 0);
    }

    /** Sets a word of a batch that was filled row by row. */
    public void set(C column, int row, long value) {
        Objects.checkIndex(row, rows);
        int c = column.ordinal();
        holdWords(column);
        MemoryUtil.putLong(valueAddresses[c] + ((long) row << 3), value);
        setPresent(validityAddresses[c], row);
    }

    /** Sets a column of type {@link ColumnType#STRING} (UTF-8) or {@link ColumnType#BYTES}. */
    public void set(C column, int row, byte[] value) {
        bytes[column.ordinal()][row] = value;
    }

    public boolean isNull(C column, int row) {
        Objects.checkIndex(row, rows);
        int c = column.ordinal();
        if (dictionaries[c] != null) {
            return nullCodes[c] >= 0 && code(c, row) == nullCodes[c];
        }
        if (bytes[c] != null) {
            return bytes[c][row] == null;
        }
        return (MemoryUtil.getByte(present(column, validityAddresses[c]) + (row >> 3)) & (1 << (row & 7))) == 0;
    }

    /** The value as a 64-bit word; unspecified where {@link #isNull}. */
    public long get(C column, int row) {
        Objects.checkIndex(row, rows);
        int c = column.ordinal();
        long[] dictionary = dictionaries[c];
        return dictionary != null
                ? dictionary[code(c, row)]
                : MemoryUtil.getLong(present(column, valueAddresses[c]) + ((long) row << 3));
    }

    private int code(int c, int row) {
        return codeAddresses[c] == 0 ? 0 : MemoryUtil.getInt(codeAddresses[c] + ((long) row << 2));
    }

    /**
     * Copies the words of a row in some columns. Behind them come numbers with a bit for each that says whether there is one,
     * the first word's lowest; a word of no value is unspecified.
     */
    public void copyRow(int row, C[] of, long[] to) {
        int count = of.length;
        Arrays.fill(to, count, to.length, 0);
        for (int i = 0; i < count; i++) {
            int c = of[i].ordinal();
            long[] dictionary = dictionaries[c];
            if (dictionary == null) {
                to[i] = get(of[i], row);
                to[count + (i >> 6)] |= (isNull(of[i], row) ? 0L : 1L) << i;
            } else {
                int code = code(c, row);
                to[i] = dictionary[code];
                to[count + (i >> 6)] |= (code == nullCodes[c] ? 0L : 1L) << i;
            }
        }
    }

    /** Copies the words of consecutive rows, and {@code none} where there is none. */
    public void copy(C column, int from, long[] to, long none) {
        Objects.checkFromIndexSize(from, to.length, rows);
        int c = column.ordinal();
        long[] dictionary = dictionaries[c];
        if (dictionary != null) {
            for (int i = 0; i < to.length; i++) {
                int code = code(c, from + i);
                to[i] = code == nullCodes[c] ? none : dictionary[code];
            }
            return;
        }
        longs(present(column, valueAddresses[c]) + ((long) from << 3), to.length)
                .get(to);
        for (int i = 0; i < to.length; i++) {
            int row = from + i;
            if ((MemoryUtil.getByte(validityAddresses[c] + (row >> 3)) & (1 << (row & 7))) == 0) {
                to[i] = none;
            }
        }
    }

    /** How many codes there are in a column that has them: 1 if all rows have the same word, or all none. */
    public int codes(C column) {
        return dictionary(column).length;
    }

    /** The words by code; that of rows without a value has no meaning. */
    public long[] dictionary(C column) {
        long[] dictionary = dictionaries[column.ordinal()];
        if (dictionary == null) {
            throw new IllegalArgumentException("this batch has no codes of column " + column.columnName());
        }
        return dictionary;
    }

    /** Adds the codes in a column of consecutive rows to numbers, from bit {@code shift} on. */
    public void addCodes(C column, int from, long[] to, int shift) {
        Objects.checkFromIndexSize(from, to.length, rows);
        if (codes(column) == 1) {
            return;
        }
        long address = codeAddresses[column.ordinal()] + ((long) from << 2);
        for (int i = 0; i < to.length; i++) {
            to[i] |= (long) MemoryUtil.getInt(address + ((long) i << 2)) << shift;
        }
    }

    /** The same, only of rows without a value in {@code other}, which has codes as well. */
    public void addCodesWithout(C other, C column, int from, long[] to, int shift) {
        Objects.checkFromIndexSize(from, to.length, rows);
        int none = nullCodes[other.ordinal()];
        if (codes(column) == 1 || (codes(other) == 1 && none < 0)) {
            return;
        }
        for (int i = 0; i < to.length; i++) {
            if (code(other.ordinal(), from + i) == none) {
                to[i] |= (long) code(column.ordinal(), from + i) << shift;
            }
        }
    }

    public int getInt(C column, int row) {
        return (int) get(column, row);
    }

    /** The bytes of a {@link ColumnType#STRING} or {@link ColumnType#BYTES}, or null. */
    public byte[] getBytes(C column, int row) {
        return bytes[column.ordinal()][row];
    }

    private static long present(Column column, long address) {
        if (address == 0) {
            throw new IllegalArgumentException("this batch has no words of column " + column.columnName());
        }
        return address;
    }

    /** Says that the first row has number {@code first} in the table. */
    void startAt(long first) {
        firstRow = first;
    }

    @Override
    public void close() {
        Arrays.fill(valueAddresses, 0);
        Arrays.fill(validityAddresses, 0);
        Arrays.fill(codeAddresses, 0);
        Arrays.fill(dictionaries, null);
        rows = 0;
        memory.forEach(ArrowBuf::close);
        memory.clear();
        Arrays.fill(bytes, null);
    }
}
