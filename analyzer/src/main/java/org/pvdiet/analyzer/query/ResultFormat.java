package org.pvdiet.analyzer.query;

import com.google.common.base.Ascii;
import com.google.common.io.MoreFiles;
import java.nio.file.Path;

/** What a result is written as. */
public enum ResultFormat {
    TEXT,
    CSV,
    JSON,
    PARQUET;

    /** What a file's name ends in says; text for other endings. */
    public static ResultFormat ofFile(Path file) {
        String ending = MoreFiles.getFileExtension(file);
        for (ResultFormat format : values()) {
            if (Ascii.equalsIgnoreCase(format.name(), ending)) {
                return format;
            }
        }
        return TEXT;
    }
}
