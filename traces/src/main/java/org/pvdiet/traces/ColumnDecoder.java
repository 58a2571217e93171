package org.pvdiet.traces;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.LongSupplier;
import org.apache.parquet.bytes.ByteBufferInputStream;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.Dictionary;
import org.apache.parquet.column.ValuesType;
import org.apache.parquet.column.page.DataPageV1;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.column.page.PageReader;
import org.apache.parquet.column.values.ValuesReader;
import org.apache.parquet.io.api.Binary;

/**
 * Decodes columns, a page at a time. (parquet-java's own way, value by value, takes several times as long: most of
 * what we store is long runs of one index into a dictionary.)
 */
final class ColumnDecoder {
    private final int rows;
    /** Of a page: by row, whether there is a value. */
    private final int[] present;
    /** Of a page: which of the dictionary's each value is. */
    private final int[] indices;
    /** Of a page: the values that there are. */
    private final long[] values;
    /** By row. */
    private final int[] codes;

    /**
     * @param rows of the row group
     */
    ColumnDecoder(int rows) {
        this.rows = rows;
        this.present = new int[rows + HybridRuns.GROUP];
        this.indices = new int[rows + HybridRuns.GROUP];
        this.values = new long[rows + HybridRuns.GROUP];
        this.codes = new int[rows];
    }

    /** Puts all of a column's values into a batch of as many rows, which has none in this column yet. */
    <C extends Enum<C> & Column> void decode(PageReader pages, ColumnDescriptor descriptor, C column, Batch<C> batch)
            throws IOException {
        DictionaryPage page = pages.readDictionaryPage();
        if (column.spec().type().isBytes()) {
            bytes(pages, descriptor, column, page == null ? new byte[0][] : bytes(page, descriptor), batch);
            return;
        }
        long[] dictionary = page == null ? new long[0] : dictionary(page, descriptor, column.spec());
        if (column.spec().encoding() == Encoding.DICTIONARY) {
            codes(pages, descriptor, column, dictionary, batch);
        } else {
            words(pages, descriptor, column, dictionary, batch);
        }
    }

    private <C extends Enum<C> & Column> void bytes(
            PageReader pages, ColumnDescriptor descriptor, C column, byte[][] dictionary, Batch<C> batch)
            throws IOException {
        for (int row = 0; row < rows; ) {
            DataPageV1 page = page(pages, column, row);
            int count = page.getValueCount();
            ByteBuffer bytes = page.getBytes().toByteBuffer().slice();
            int found = column.spec().nullable() ? readPresent(bytes, count) : count;
            byte[][] values = bytes(page, descriptor, bytes, dictionary, found);
            for (int i = 0, next = 0; i < count; i++) {
                if (found == count || present[i] != 0) {
                    batch.set(column, row + i, values[next++]);
                }
            }
            row += count;
        }
    }

    private byte[][] bytes(
            DataPageV1 page, ColumnDescriptor descriptor, ByteBuffer bytes, byte[][] dictionary, int count)
            throws IOException {
        byte[][] values = new byte[count][];
        if (page.getValueEncoding().usesDictionary()) {
            readIndices(bytes, dictionary.length, count);
            Arrays.setAll(values, i -> dictionary[indices[i]]);
        } else if (count > 0) {
            ValuesReader reader = page.getValueEncoding().getValuesReader(descriptor, ValuesType.VALUES);
            reader.initFromPage(count, ByteBufferInputStream.wrap(bytes));
            Arrays.setAll(values, i -> reader.readBytes().getBytes());
        }
        return values;
    }

    private static byte[][] bytes(DictionaryPage page, ColumnDescriptor descriptor) throws IOException {
        Dictionary dictionary = page.getEncoding().initDictionary(descriptor, page);
        byte[][] bytes = new byte[dictionary.getMaxId() + 1][];
        Arrays.setAll(bytes, i -> dictionary.decodeToBinary(i).getBytes());
        return bytes;
    }

    private <C extends Enum<C> & Column> void words(
            PageReader pages, ColumnDescriptor descriptor, C column, long[] dictionary, Batch<C> batch)
            throws IOException {
        for (int row = 0; row < rows; ) {
            DataPageV1 page = page(pages, column, row);
            int count = page.getValueCount();
            int found = read(page, descriptor, column.spec(), dictionary);
            if (page.getValueEncoding().usesDictionary()) {
                for (int i = 0; i < found; i++) {
                    values[i] = dictionary[indices[i]];
                }
            }
            batch.fill(column, row, count, values, found == count ? null : present);
            row += count;
        }
    }

    /** Reads a page: which rows have a value, and those, as indices where it uses the dictionary. Returns how many there are. */
    private int read(DataPageV1 page, ColumnDescriptor descriptor, ColumnSpec spec, long[] dictionary)
            throws IOException {
        int count = page.getValueCount();
        ByteBuffer bytes = page.getBytes().toByteBuffer().slice();
        int found = spec.nullable() ? readPresent(bytes, count) : count;
        if (page.getValueEncoding().usesDictionary()) {
            readIndices(bytes, dictionary.length, found);
        } else if (found > 0) {
            readValues(page, descriptor, spec, bytes, found);
        }
        return found;
    }

    private <C extends Enum<C> & Column> void codes(
            PageReader pages, ColumnDescriptor descriptor, C column, long[] dictionary, Batch<C> batch)
            throws IOException {
        // What comes after the dictionary: that there is no value, and values that were stored as they are.
        int none = dictionary.length;
        WordDictionary others = new WordDictionary();
        boolean isFull = true;
        for (int row = 0; row < rows; ) {
            DataPageV1 page = page(pages, column, row);
            int count = page.getValueCount();
            int found = read(page, descriptor, column.spec(), dictionary);
            if (!page.getValueEncoding().usesDictionary()) {
                for (int i = 0; i < found; i++) {
                    indices[i] = none + 1 + others.index(values[i]);
                }
            }
            if (found == count) {
                System.arraycopy(indices, 0, codes, row, count);
            } else {
                isFull = false;
                for (int i = 0, next = 0; i < count; i++) {
                    codes[row + i] = present[i] == 0 ? none : indices[next++];
                }
            }
            row += count;
        }
        boolean isOne = isFull ? none == 1 && others.size() == 0 : none + others.size() == 0;
        long[] all = Arrays.copyOf(dictionary, isOne ? 1 : none + 1 + others.size());
        for (int i = 0; i < others.size(); i++) {
            all[none + 1 + i] = others.word(i);
        }
        batch.fill(column, isOne ? null : codes, all, isFull ? -1 : none);
    }

    private DataPageV1 page(PageReader pages, Column column, int row) {
        if (pages.readPage() instanceof DataPageV1 page
                && page.getValueCount() > 0
                && page.getValueCount() <= rows - row) {
            return page;
        }
        throw new IllegalStateException("column " + column.columnName() + " has a wrong number of values");
    }

    /** How many rows have a value. */
    private int readPresent(ByteBuffer bytes, int count) {
        int length = bytes.order(ByteOrder.LITTLE_ENDIAN).getInt();
        HybridRuns.decode(bytes.slice(bytes.position(), length), 1, count, present);
        bytes.position(bytes.position() + length);
        int sum = 0;
        for (int i = 0; i < count; i++) {
            sum += present[i];
        }
        return sum;
    }

    private void readIndices(ByteBuffer bytes, int distinct, int count) {
        if (distinct == 1 || count == 0) {
            Arrays.fill(indices, 0, count, 0);
            return;
        }
        int width = bytes.get();
        HybridRuns.decode(bytes, width, count, indices);
        for (int i = 0; i < count; i++) {
            Objects.checkIndex(indices[i], distinct);
        }
    }

    private void readValues(DataPageV1 page, ColumnDescriptor descriptor, ColumnSpec spec, ByteBuffer bytes, int count)
            throws IOException {
        if (page.getValueEncoding() == org.apache.parquet.column.Encoding.DELTA_BINARY_PACKED) {
            DeltaRuns.decode(bytes, count, values);
            for (int i = 0; spec.type() == ColumnType.INT32 && i < count; i++) {
                // Differences of 32 bits, which may have overflowed.
                values[i] = (int) values[i];
            }
            return;
        }
        ValuesReader reader = page.getValueEncoding().getValuesReader(descriptor, ValuesType.VALUES);
        reader.initFromPage(count, ByteBufferInputStream.wrap(bytes));
        LongSupplier next = words(reader, spec);
        for (int i = 0; i < count; i++) {
            values[i] = next.getAsLong();
        }
    }

    private static LongSupplier words(ValuesReader reader, ColumnSpec spec) {
        return switch (spec.type()) {
            case INT32 -> reader::readInteger;
            case INT64, UINT64 -> reader::readLong;
            case BOOL -> () -> reader.readBoolean() ? 1 : 0;
            case NAME -> () -> ordinal(reader.readBytes(), spec);
            case STRING, BYTES -> throw new AssertionError(spec.type());
        };
    }

    private static long[] dictionary(DictionaryPage page, ColumnDescriptor descriptor, ColumnSpec spec)
            throws IOException {
        Dictionary dictionary = page.getEncoding().initDictionary(descriptor, page);
        long[] words = new long[dictionary.getMaxId() + 1];
        for (int i = 0; i < words.length; i++) {
            words[i] = switch (spec.type()) {
                case INT32 -> dictionary.decodeToInt(i);
                case INT64, UINT64 -> dictionary.decodeToLong(i);
                case BOOL -> dictionary.decodeToBoolean(i) ? 1 : 0;
                case NAME -> ordinal(dictionary.decodeToBinary(i), spec);
                case STRING, BYTES -> throw new AssertionError(spec.type());
            };
        }
        return words;
    }

    private static int ordinal(Binary name, ColumnSpec spec) {
        int ordinal = spec.names().indexOf(name.toStringUsingUTF8());
        if (ordinal < 0) {
            throw new IllegalStateException("there is the value " + name.toStringUsingUTF8() + ", which is not known");
        }
        return ordinal;
    }
}
