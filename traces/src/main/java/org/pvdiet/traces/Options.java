package org.pvdiet.traces;

import com.google.common.base.Preconditions;

/**
 * How a trace is written.
 *
 * @param overwrite whether an existing trace may be replaced
 * @param partRows rows of {@code calls} or {@code effects} to a file; what a killed run loses is at most this
 * @param rowGroupRows rows to a row group, the unit of reading
 * @param batchRows rows to a batch in memory
 * @param compressionLevel of Zstandard
 */
public record Options(boolean overwrite, int partRows, int rowGroupRows, int batchRows, int compressionLevel) {
    public Options {
        Preconditions.checkArgument(partRows > 0 && rowGroupRows > 0 && batchRows > 0, "rows must be positive");
    }

    public static Options defaults() {
        return new Options(false, 1 << 17, 1 << 17, 1 << 11, 3);
    }

    public Options withOverwrite(boolean value) {
        return new Options(value, partRows, rowGroupRows, batchRows, compressionLevel);
    }

    public Options withPartRows(int value) {
        return new Options(overwrite, value, rowGroupRows, batchRows, compressionLevel);
    }

    public Options withRowGroupRows(int value) {
        return new Options(overwrite, partRows, value, batchRows, compressionLevel);
    }

    public Options withBatchRows(int value) {
        return new Options(overwrite, partRows, rowGroupRows, value, compressionLevel);
    }

    public Options withCompressionLevel(int value) {
        return new Options(overwrite, partRows, rowGroupRows, batchRows, value);
    }
}
