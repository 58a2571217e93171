package org.pvdiet.traces;

import java.lang.reflect.Constructor;
import java.util.Map;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.bytes.ByteBufferAllocator;
import org.apache.parquet.bytes.HeapByteBufferAllocator;
import org.apache.parquet.compression.CompressionCodecFactory;
import org.apache.parquet.conf.ParquetConfiguration;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.crypto.FileDecryptionProperties;
import org.apache.parquet.filter2.compat.FilterCompat;
import org.apache.parquet.format.converter.ParquetMetadataConverter;
import org.apache.parquet.hadoop.ParquetMetricsCallback;

/**
 * Options for reading without Hadoop. The builder of parquet-java 1.18 makes a Hadoop codec factory even when it is given
 * another, so the constructor behind it is called.
 */
final class HadoopFreeOptions {
    static final ParquetReadOptions OPTIONS = make();

    private HadoopFreeOptions() {}

    private static ParquetReadOptions make() {
        try {
            Constructor<ParquetReadOptions> constructor = ParquetReadOptions.class.getDeclaredConstructor(
                    boolean.class,
                    boolean.class,
                    boolean.class,
                    boolean.class,
                    boolean.class,
                    boolean.class,
                    boolean.class,
                    boolean.class,
                    boolean.class,
                    FilterCompat.Filter.class,
                    ParquetMetadataConverter.MetadataFilter.class,
                    CompressionCodecFactory.class,
                    ByteBufferAllocator.class,
                    int.class,
                    Map.class,
                    FileDecryptionProperties.class,
                    ParquetMetricsCallback.class,
                    ParquetConfiguration.class);
            constructor.setAccessible(true);
            return constructor.newInstance(
                    /* useSignedStringMinMax */ false,
                    /* useStatsFilter */ false,
                    /* useDictionaryFilter */ false,
                    /* useRecordFilter */ false,
                    /* useColumnIndexFilter */ false,
                    /* usePageChecksumVerification */ true,
                    /* useBloomFilter */ false,
                    /* useOffHeapDecryptBuffer */ false,
                    /* useHadoopVectoredIo */ false,
                    FilterCompat.NOOP,
                    ParquetMetadataConverter.NO_FILTER,
                    new ZstdCodec(1),
                    new HeapByteBufferAllocator(),
                    8 << 20,
                    Map.of(),
                    null,
                    null,
                    new PlainParquetConfiguration());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("parquet-java is not the version we know", e);
        }
    }
}
