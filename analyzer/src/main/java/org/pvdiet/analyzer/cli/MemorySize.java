package org.pvdiet.analyzer.cli;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** {@code 256M}, {@code 1G}, {@code 262144K} or bytes. */
final class MemorySize implements ITypeConverter<Long> {
    private static final Pattern SIZE = Pattern.compile("(\\d{1,12})([KMG]?)", Pattern.CASE_INSENSITIVE);
    private static final long LEAST = 32L << 20;
    private static final long MOST = 1920L << 20;

    @Override
    public Long convert(String text) {
        Matcher matcher = SIZE.matcher(text);
        if (!matcher.matches()) {
            throw new TypeConversionException("'" + text + "' is no size of memory; write 256M or 1G");
        }
        int shift = switch (matcher.group(2).toUpperCase(Locale.ROOT)) {
            case "K" -> 10;
            case "M" -> 20;
            case "G" -> 30;
            default -> 0;
        };
        long bytes = Long.parseLong(matcher.group(1)) << shift;
        if (bytes < LEAST || bytes > MOST || bytes % 4096 != 0) {
            throw new TypeConversionException(
                    "memory of " + text + " is not possible; from 32M to 1920M, in whole pages of 4K");
        }
        return bytes;
    }
}
