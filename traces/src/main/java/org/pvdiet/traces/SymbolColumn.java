package org.pvdiet.traces;

/** Columns of {@code symbols}: the kernel's symbol table, by address. */
public enum SymbolColumn implements Column {
    ADDRESS(ColumnSpec.uint64("", "Address of the symbol").encoded(Encoding.DELTA)),
    NAME(ColumnSpec.string("Its name").encoded(Encoding.DELTA)),
    TYPE(ColumnSpec.string("One letter as in /proc/kallsyms"));

    private final ColumnSpec spec;

    SymbolColumn(ColumnSpec spec) {
        this.spec = spec;
    }

    @Override
    public ColumnSpec spec() {
        return spec;
    }
}
