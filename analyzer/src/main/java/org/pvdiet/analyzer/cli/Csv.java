package org.pvdiet.analyzer.cli;

/** Comma-separated values as in RFC 4180. */
final class Csv {
    private Csv() {}

    static String quote(String value) {
        return value.matches("[^,\"\n]*") ? value : '"' + value.replace("\"", "\"\"") + '"';
    }
}
