package org.pvdiet.traces;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
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
 * Decodes columns of words, a page at a time. (parquet-java's own way, value by value, takes several times as long: most of
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

    /**
     * @param rows of the row group
     */
    ColumnDecoder(int rows) {
        this.rows = rows;
        this.present = new int[rows + HybridRuns.GROUP];
        this.indices = new int[rows + HybridRuns.GROUP];
        this.values = new long[rows + HybridRuns.GROUP];
    }

    /** Puts all of a column's values into a batch of as many rows, which has none in this column yet. */
    <C extends Enum<C> & Column> void decode(PageReader pages, ColumnDescriptor descriptor, C column, Batch<C> batch)
            throws IOException {
        DictionaryPage dictionaryPage = pages.readDictionaryPage();
        long[] dictionary = dictionaryPage == null ? null : dictionary(dictionaryPage, descriptor, column.spec());
        for (int row = 0; row < rows; ) {
            if (!(pages.readPage() instanceof DataPageV1 page)
                    || page.getValueCount() == 0
                    || page.getValueCount() > rows - row) {
                throw new IllegalStateException("column " + column.columnName() + " has a wrong number of values");
            }
            int count = page.getValueCount();
            ByteBuffer bytes = page.getBytes().toByteBuffer().slice();
            int values = column.spec().nullable() ? readPresent(bytes, count) : count;
            if (values > 0) {
                readValues(page, descriptor, column.spec(), dictionary, bytes, values);
                batch.fill(column, row, count, this.values, values == count ? null : present);
                if (values == rows && isOneValue(page, dictionary)) {
                    batch.setConstant(column);
                }
            }
            row += count;
        }
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

    private void readValues(
            DataPageV1 page,
            ColumnDescriptor descriptor,
            ColumnSpec spec,
            long[] dictionary,
            ByteBuffer bytes,
            int count)
            throws IOException {
        if (isOneValue(page, dictionary)) {
            Arrays.fill(values, 0, count, dictionary[0]);
            return;
        }
        if (page.getValueEncoding().usesDictionary()) {
            int width = bytes.get();
            HybridRuns.decode(bytes, width, count, indices);
            for (int i = 0; i < count; i++) {
                values[i] = dictionary[indices[i]];
            }
            return;
        }
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

    private static boolean isOneValue(DataPageV1 page, long[] dictionary) {
        return page.getValueEncoding().usesDictionary() && dictionary.length == 1;
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
