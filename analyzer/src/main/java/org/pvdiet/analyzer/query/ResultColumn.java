package org.pvdiet.analyzer.query;

/**
 * A column of a result.
 *
 * @param name as the query has it
 * @param kind how its values are written
 */
record ResultColumn(String name, Kind kind) {

    /** How values are written. */
    enum Kind {
        NUMBER,
        BOOLEAN,
        /** Text, and whatever else: DuckDB's text for it. */
        TEXT
    }

    /** The column of a DuckDB type. */
    static ResultColumn of(String name, String type) {
        Kind kind = switch (type) {
            case "TINYINT",
                    "SMALLINT",
                    "INTEGER",
                    "BIGINT",
                    "HUGEINT",
                    "UTINYINT",
                    "USMALLINT",
                    "UINTEGER",
                    "UBIGINT",
                    "UHUGEINT",
                    "FLOAT",
                    "DOUBLE" -> Kind.NUMBER;
            case "BOOLEAN" -> Kind.BOOLEAN;
            default -> type.startsWith("DECIMAL") ? Kind.NUMBER : Kind.TEXT;
        };
        return new ResultColumn(name, kind);
    }
}
