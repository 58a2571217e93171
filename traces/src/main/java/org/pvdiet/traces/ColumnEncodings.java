package org.pvdiet.traces;

import com.google.common.collect.ImmutableMap;
import org.apache.parquet.bytes.ByteBufferAllocator;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.values.ValuesWriter;
import org.apache.parquet.column.values.bytestreamsplit.ByteStreamSplitValuesWriter;
import org.apache.parquet.column.values.delta.DeltaBinaryPackingValuesWriterForInteger;
import org.apache.parquet.column.values.delta.DeltaBinaryPackingValuesWriterForLong;
import org.apache.parquet.column.values.deltastrings.DeltaByteArrayWriter;
import org.apache.parquet.column.values.dictionary.DictionaryValuesWriter;
import org.apache.parquet.column.values.fallback.FallbackValuesWriter;
import org.apache.parquet.column.values.plain.BooleanPlainValuesWriter;
import org.apache.parquet.column.values.plain.PlainValuesWriter;

/** Gives each column the encoding that its {@link ColumnSpec} asks for. */
final class ColumnEncodings {
    private static final int SLAB_BYTES = 1 << 16;
    private static final int PAGE_BYTES = 1 << 26;
    /** The largest dictionary. */
    static final int DICTIONARY_BYTES = 1 << 22;

    private final ImmutableMap<String, ColumnSpec> specs;
    private final ByteBufferAllocator allocator;

    ColumnEncodings(ImmutableMap<String, ColumnSpec> specs, ByteBufferAllocator allocator) {
        this.specs = specs;
        this.allocator = allocator;
    }

    /** Of a dictionary's words. */
    ValuesWriter plain(ColumnDescriptor column) {
        return new PlainValuesWriter(SLAB_BYTES, PAGE_BYTES, allocator);
    }

    /** For a column of words whose dictionary would be too large. */
    ValuesWriter withoutDictionary(ColumnDescriptor column) {
        return switch (specs.get(column.getPath()[0]).type()) {
            case INT32 -> int32(Encoding.DELTA);
            case INT64, UINT64 -> int64(Encoding.SPLIT);
            case NAME -> binary(Encoding.PLAIN);
            case BOOL, STRING, BYTES -> throw new AssertionError(column);
        };
    }

    ValuesWriter newValuesWriter(ColumnDescriptor column) {
        ColumnSpec spec = specs.get(column.getPath()[0]);
        return switch (spec.type()) {
            case BOOL -> new BooleanPlainValuesWriter();
            case INT32 -> int32(spec.encoding());
            case INT64, UINT64 -> int64(spec.encoding());
            case NAME, STRING, BYTES -> binary(spec.encoding());
        };
    }

    private ValuesWriter int32(Encoding encoding) {
        return switch (encoding) {
            case DELTA -> new DeltaBinaryPackingValuesWriterForInteger(SLAB_BYTES, PAGE_BYTES, allocator);
            case SPLIT, PLAIN, DICTIONARY ->
                new ByteStreamSplitValuesWriter.IntegerByteStreamSplitValuesWriter(SLAB_BYTES, PAGE_BYTES, allocator);
        };
    }

    private ValuesWriter int64(Encoding encoding) {
        return switch (encoding) {
            case DELTA -> new DeltaBinaryPackingValuesWriterForLong(SLAB_BYTES, PAGE_BYTES, allocator);
            case SPLIT, PLAIN, DICTIONARY ->
                new ByteStreamSplitValuesWriter.LongByteStreamSplitValuesWriter(SLAB_BYTES, PAGE_BYTES, allocator);
        };
    }

    private ValuesWriter binary(Encoding encoding) {
        ValuesWriter strings = new DeltaByteArrayWriter(SLAB_BYTES, PAGE_BYTES, allocator);
        if (encoding != Encoding.DICTIONARY) {
            return strings;
        }
        return FallbackValuesWriter.of(
                new DictionaryValuesWriter.PlainBinaryDictionaryValuesWriter(
                        DICTIONARY_BYTES,
                        org.apache.parquet.column.Encoding.RLE_DICTIONARY,
                        org.apache.parquet.column.Encoding.PLAIN,
                        allocator),
                strings);
    }
}
