package org.pvdiet.traces;

/** The format as a whole: its version and its documentation. The tables are {@link Table}, their columns the enums there. */
public final class TraceSchema {
    /** Raised when a reader of an older version would misunderstand a trace. */
    public static final int FORMAT_VERSION = 1;

    private TraceSchema() {}

    /** All tables and columns as Markdown. */
    public static String markdown() {
        StringBuilder out = new StringBuilder();
        for (Table table : Table.values()) {
            out.append("### ").append(table.tableName()).append("\n\n").append(table.meaning());
            out.append(" File: `").append(table.inParts() ? table.tableName() + "-NNNNN" : table.tableName());
            out.append(".parquet`.\n\n| column | type | unit | meaning |\n| --- | --- | --- | --- |\n");
            for (Column column : table.columns()) {
                ColumnSpec spec = column.spec();
                out.append("| ").append(column.columnName()).append(" | ");
                out.append(spec.type().inFile()).append(spec.nullable() ? ", nullable" : "");
                out.append(spec.later() ? ", later" : "");
                out.append(spec.registers() == RegisterMode.FULL ? ", full only" : "")
                        .append(" | ");
                out.append(spec.unit()).append(" | ").append(spec.meaning());
                if (!spec.names().isEmpty()) {
                    out.append(": ").append(String.join(", ", spec.names()));
                }
                out.append(" |\n");
            }
            out.append('\n');
        }
        return out.toString();
    }
}
