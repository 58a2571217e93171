package org.pvdiet.traces;

import com.google.common.base.Ascii;

/** A column of one of the tables; implemented by one enum per table, whose constants are the columns in file order. */
public sealed interface Column permits HookColumn, SiteColumn, SymbolColumn, FrameColumn, CallColumn, EffectColumn {

    /** The enum constant's name. */
    String name();

    /** The position of the column in its table. */
    int ordinal();

    /** The column's type, encoding and meaning. */
    ColumnSpec spec();

    /** The column's name in the file: the constant's in lower case. */
    default String columnName() {
        return Ascii.toLowerCase(name());
    }
}
