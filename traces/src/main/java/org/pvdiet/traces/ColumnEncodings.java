package org.pvdiet.traces;

import com.google.common.collect.ImmutableMap;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.ParquetProperties;
import org.apache.parquet.column.values.ValuesWriter;
import org.apache.parquet.column.values.bytestreamsplit.ByteStreamSplitValuesWriter;
import org.apache.parquet.column.values.delta.DeltaBinaryPackingValuesWriterForInteger;
import org.apache.parquet.column.values.delta.DeltaBinaryPackingValuesWriterForLong;
import org.apache.parquet.column.values.deltastrings.DeltaByteArrayWriter;
import org.apache.parquet.column.values.dictionary.DictionaryValuesWriter;
import org.apache.parquet.column.values.factory.ValuesWriterFactory;
import org.apache.parquet.column.values.fallback.FallbackValuesWriter;
import org.apache.parquet.column.values.plain.BooleanPlainValuesWriter;

/** Gives each column the encoding that its {@link ColumnSpec} asks for. */
final class ColumnEncodings implements ValuesWriterFactory {
    private static final int SLAB_BYTES = 1 << 16;
    private static final int PAGE_BYTES = 1 << 26;
    private static final int DICTIONARY_BYTES = 1 << 22;

    private final ImmutableMap<String, ColumnSpec> specs;
    private ParquetProperties properties;

    ColumnEncodings(ImmutableMap<String, ColumnSpec> specs) {
        this.specs = specs;
    }

    @Override
    public void initialize(ParquetProperties properties) {
        this.properties = properties;
    }

    @Override
    public ValuesWriter newValuesWriter(ColumnDescriptor column) {
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
            case DELTA ->
                new DeltaBinaryPackingValuesWriterForInteger(SLAB_BYTES, PAGE_BYTES, properties.getAllocator());
            case DICTIONARY ->
                FallbackValuesWriter.of(
                        new DictionaryValuesWriter.PlainIntegerDictionaryValuesWriter(
                                DICTIONARY_BYTES,
                                org.apache.parquet.column.Encoding.RLE_DICTIONARY,
                                org.apache.parquet.column.Encoding.PLAIN,
                                properties.getAllocator()),
                        int32(Encoding.DELTA));
            case SPLIT, PLAIN ->
                new ByteStreamSplitValuesWriter.IntegerByteStreamSplitValuesWriter(
                        SLAB_BYTES, PAGE_BYTES, properties.getAllocator());
        };
    }

    private ValuesWriter int64(Encoding encoding) {
        return switch (encoding) {
            case DELTA -> new DeltaBinaryPackingValuesWriterForLong(SLAB_BYTES, PAGE_BYTES, properties.getAllocator());
            case DICTIONARY ->
                FallbackValuesWriter.of(
                        new DictionaryValuesWriter.PlainLongDictionaryValuesWriter(
                                DICTIONARY_BYTES,
                                org.apache.parquet.column.Encoding.RLE_DICTIONARY,
                                org.apache.parquet.column.Encoding.PLAIN,
                                properties.getAllocator()),
                        int64(Encoding.SPLIT));
            case SPLIT, PLAIN ->
                new ByteStreamSplitValuesWriter.LongByteStreamSplitValuesWriter(
                        SLAB_BYTES, PAGE_BYTES, properties.getAllocator());
        };
    }

    private ValuesWriter binary(Encoding encoding) {
        ValuesWriter strings = new DeltaByteArrayWriter(SLAB_BYTES, PAGE_BYTES, properties.getAllocator());
        if (encoding != Encoding.DICTIONARY) {
            return strings;
        }
        return FallbackValuesWriter.of(
                new DictionaryValuesWriter.PlainBinaryDictionaryValuesWriter(
                        DICTIONARY_BYTES,
                        org.apache.parquet.column.Encoding.RLE_DICTIONARY,
                        org.apache.parquet.column.Encoding.PLAIN,
                        properties.getAllocator()),
                strings);
    }
}
