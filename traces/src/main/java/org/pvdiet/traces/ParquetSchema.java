package org.pvdiet.traces;

import java.util.List;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Types;

/** Columns in Parquet's words. */
final class ParquetSchema {
    private ParquetSchema() {}

    static MessageType of(Table table, List<? extends Column> columns) {
        return new MessageType(
                table.tableName(), columns.stream().map(ParquetSchema::type).toList());
    }

    static Type type(Column column) {
        Types.PrimitiveBuilder<PrimitiveType> builder =
                Types.primitive(primitive(column.spec().type()), repetition(column.spec()));
        LogicalTypeAnnotation annotation = switch (column.spec().type()) {
            case UINT64 -> LogicalTypeAnnotation.intType(64, false);
            case NAME, STRING -> LogicalTypeAnnotation.stringType();
            case INT32, INT64, BOOL, BYTES -> null;
        };
        return (annotation == null ? builder : builder.as(annotation)).named(column.columnName());
    }

    private static Type.Repetition repetition(ColumnSpec spec) {
        return spec.nullable() ? Type.Repetition.OPTIONAL : Type.Repetition.REQUIRED;
    }

    private static PrimitiveTypeName primitive(ColumnType type) {
        return switch (type) {
            case INT32 -> PrimitiveTypeName.INT32;
            case INT64, UINT64 -> PrimitiveTypeName.INT64;
            case BOOL -> PrimitiveTypeName.BOOLEAN;
            case NAME, STRING, BYTES -> PrimitiveTypeName.BINARY;
        };
    }
}
