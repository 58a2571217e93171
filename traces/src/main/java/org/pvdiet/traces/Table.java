package org.pvdiet.traces;

import com.google.common.base.Ascii;
import com.google.common.collect.ImmutableList;
import java.util.Locale;

/** The tables of a trace. */
public enum Table {
    HOOKS("The entries of the kernel's table.", false, HookColumn.values()),
    SITES("The places that invoke them.", false, SiteColumn.values()),
    SYMBOLS("The kernel's symbols, so that analysis needs no image.", false, SymbolColumn.values()),
    FRAMES("Pseudo-physical to machine frames; empty where they are the same.", false, FrameColumn.values()),
    CALLS("The recorded calls.", true, CallColumn.values()),
    EFFECTS("What happened inside them.", true, EffectColumn.values());

    private final String meaning;
    private final boolean inParts;
    private final ImmutableList<Column> columns;

    Table(String meaning, boolean inParts, Column[] columns) {
        this.meaning = meaning;
        this.inParts = inParts;
        this.columns = ImmutableList.copyOf(columns);
    }

    /** The table's name in file names and in words. */
    public String tableName() {
        return Ascii.toLowerCase(name());
    }

    public String meaning() {
        return meaning;
    }

    /** Whether the table is written as numbered parts while the guest runs, and not as one file. */
    public boolean inParts() {
        return inParts;
    }

    /** All columns in file order. */
    public ImmutableList<Column> columns() {
        return columns;
    }

    /** The columns that a file of a recording in {@code mode} has. */
    public ImmutableList<Column> columns(RegisterMode mode) {
        return columns.stream()
                .filter(column -> column.spec().registers().compareTo(mode) <= 0)
                .collect(ImmutableList.toImmutableList());
    }

    /** The file's name; {@code part} is 0 for a table that is not in parts. */
    String fileName(int part) {
        return inParts ? String.format(Locale.ROOT, "%s-%05d.parquet", tableName(), part) : tableName() + ".parquet";
    }
}
