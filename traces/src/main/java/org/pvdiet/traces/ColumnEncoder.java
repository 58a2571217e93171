package org.pvdiet.traces;

import java.io.IOException;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.bytes.BytesUtils;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.column.page.PageWriter;
import org.apache.parquet.column.statistics.SizeStatistics;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.column.values.ValuesWriter;
import org.apache.parquet.io.api.Binary;

/**
 * Encodes a column of one row group, as one page. (parquet-java's own way, value by value, takes several times as long; the
 * bytes are the same.)
 */
final class ColumnEncoder<C extends Enum<C> & Column> {
    private static final int LENGTH_BYTES = 4;

    private final C column;
    private final ColumnDescriptor descriptor;
    private final ColumnEncodings encodings;
    private final Binary[] names;
    private final C unchangedFrom;
    private final C where;
    private final Statistics<?> statistics;
    private final boolean counted;
    private final HybridRunsWriter levels = new HybridRunsWriter(1);
    private final WordDictionary dictionary;
    private final ValuesWriter plain;
    private int rows;
    private int values;

    /**
     * @param names of {@link ColumnType#NAME}, as Parquet has them
     * @param unchangedFrom what a null stands for, and where; or null
     * @param counted whether to keep the least and greatest value
     */
    ColumnEncoder(
            C column,
            ColumnDescriptor descriptor,
            ColumnEncodings encodings,
            Binary[] names,
            C unchangedFrom,
            C where,
            boolean counted) {
        this.column = column;
        this.descriptor = descriptor;
        this.encodings = encodings;
        this.names = names;
        this.unchangedFrom = unchangedFrom;
        this.where = where;
        this.counted = counted;
        this.statistics = counted
                ? Statistics.createStats(descriptor.getPrimitiveType())
                : Statistics.noopStats(descriptor.getPrimitiveType());
        boolean words =
                !column.spec().type().isBytes() && column.spec().encoding() == org.pvdiet.traces.Encoding.DICTIONARY;
        this.dictionary = words ? new WordDictionary() : null;
        this.plain = words ? null : encodings.newValuesWriter(descriptor);
    }

    /** Adds rows {@code from} (inclusive) to {@code to} (exclusive) of a batch. */
    void add(Batch<C> batch, int from, int to) {
        boolean nullable = column.spec().nullable();
        boolean bytes = column.spec().type().isBytes();
        int level = 1;
        int run = 0;
        for (int row = from; row < to; row++) {
            boolean present = !batch.isNull(column, row) && !isUnchanged(batch, row);
            if (!present && !nullable) {
                throw new IllegalStateException(
                        "row " + (batch.firstRow() + row) + " has no value for column " + column.columnName());
            }
            int now = present ? 1 : 0;
            if (now != level) {
                levels.write(level, run);
                level = now;
                run = 0;
            }
            run++;
            if (!present) {
                continue;
            }
            values++;
            if (bytes) {
                plain.writeBytes(Binary.fromConstantByteArray(batch.getBytes(column, row)));
            } else if (dictionary != null) {
                dictionary.add(batch.get(column, row));
            } else {
                write(plain, batch.get(column, row));
            }
            if (counted) {
                count(batch.get(column, row));
            }
        }
        levels.write(level, run);
        rows += to - from;
    }

    private boolean isUnchanged(Batch<C> batch, int row) {
        return unchangedFrom != null
                && !batch.isNull(where, row)
                && !batch.isNull(unchangedFrom, row)
                && batch.get(unchangedFrom, row) == batch.get(column, row);
    }

    private void count(long value) {
        if (column.spec().type() == ColumnType.INT32) {
            statistics.updateStats((int) value);
        } else {
            statistics.updateStats(value);
        }
    }

    private void write(ValuesWriter out, long value) {
        switch (column.spec().type()) {
            case INT64, UINT64 -> out.writeLong(value);
            case INT32 -> out.writeInteger(Math.toIntExact(value));
            case NAME -> out.writeBytes(names[(int) value]);
            case BOOL -> out.writeBoolean(value != 0);
            case STRING, BYTES -> throw new AssertionError(column.spec().type());
        }
    }

    /** Writes the page, and the dictionary where there is one. */
    void finish(PageWriter out) throws IOException {
        if (counted) {
            statistics.incrementNumNulls(rows - values);
        }
        byte[] indices = dictionary == null ? null : indices();
        if (indices != null) {
            page(out, BytesInput.from(indices), Encoding.RLE_DICTIONARY);
            ValuesWriter words = encodings.plain(descriptor);
            for (int i = 0; i < dictionary.size(); i++) {
                write(words, dictionary.word(i));
            }
            out.writeDictionaryPage(new DictionaryPage(words.getBytes(), dictionary.size(), Encoding.PLAIN).copy());
            words.close();
            return;
        }
        ValuesWriter written = plain;
        if (dictionary != null) {
            written = encodings.withoutDictionary(descriptor);
            for (int i = 0; i < dictionary.runs(); i++) {
                for (int n = dictionary.length(i); n > 0; n--) {
                    write(written, dictionary.word(dictionary.run(i)));
                }
            }
        }
        BytesInput bytes = written.getBytes();
        page(out, bytes, written.getEncoding());
        DictionaryPage page = written.toDictPageAndClose();
        if (page != null) {
            out.writeDictionaryPage(page);
        }
        written.close();
    }

    private void page(PageWriter out, BytesInput bytes, Encoding encoding) throws IOException {
        BytesInput content = bytes;
        if (column.spec().nullable()) {
            byte[] present = levels.finish();
            content = BytesInput.concat(BytesInput.fromInt(present.length), BytesInput.from(present), bytes);
        }
        out.writePage(
                content,
                rows,
                rows,
                statistics,
                SizeStatistics.noopBuilder(descriptor.getPrimitiveType(), 0, descriptor.getMaxDefinitionLevel())
                        .build(),
                null,
                Encoding.BIT_PACKED,
                column.spec().nullable() ? Encoding.RLE : Encoding.BIT_PACKED,
                encoding);
    }

    /** The values as indices into the dictionary; null if that takes no less than the values themselves. */
    private byte[] indices() {
        long dictionaryBytes = 0;
        for (int i = 0; i < dictionary.size(); i++) {
            dictionaryBytes += bytes(dictionary.word(i));
        }
        if (dictionaryBytes > ColumnEncodings.DICTIONARY_BYTES) {
            return null;
        }
        int width = BytesUtils.getWidthFromMaxInt(dictionary.size() - 1);
        HybridRunsWriter writer = new HybridRunsWriter(width);
        long rawBytes = 0;
        for (int i = 0; i < dictionary.runs(); i++) {
            writer.write(dictionary.run(i), dictionary.length(i));
            rawBytes += (long) dictionary.length(i) * bytes(dictionary.word(dictionary.run(i)));
        }
        byte[] encoded = writer.finish();
        if (1 + encoded.length + dictionaryBytes >= rawBytes) {
            return null;
        }
        byte[] page = new byte[1 + encoded.length];
        page[0] = (byte) width;
        System.arraycopy(encoded, 0, page, 1, encoded.length);
        return page;
    }

    private long bytes(long word) {
        return switch (column.spec().type()) {
            case INT64, UINT64 -> Long.BYTES;
            case INT32 -> Integer.BYTES;
            case NAME -> LENGTH_BYTES + names[(int) word].length();
            case BOOL, STRING, BYTES -> throw new AssertionError(column.spec().type());
        };
    }
}
