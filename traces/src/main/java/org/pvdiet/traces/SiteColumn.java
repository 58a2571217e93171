package org.pvdiet.traces;

/** Columns of {@code sites}: one row per place that invokes a hook. */
public enum SiteColumn implements Column {
    ID(ColumnSpec.int32("", "Number of the site, from 0")),
    ADDRESS(ColumnSpec.uint64("", "Address of its first byte")),
    LENGTH(ColumnSpec.int32("bytes", "A call ends at address + length")),
    HOOK(ColumnSpec.int32("", "hooks.id")),
    SYMBOL(ColumnSpec.string("The function it is in, as name+0xoffset").orNull()),
    LISTED(ColumnSpec.bool("In the kernel's own table of sites; else found by a scan of the text")),
    FORM(ColumnSpec.name(SiteForm.class, "What it was in the end").orNull()),
    ORIGINAL_BYTES(ColumnSpec.bytes("Bytes in the image")),
    FINAL_BYTES(ColumnSpec.bytes("Bytes at the end of the run").orNull()),
    CODE_BEFORE(ColumnSpec.string("The last instructions before it, after patching, one a line")
            .orNull()
            .addedLater()),
    CODE_AFTER(ColumnSpec.string("The first instructions after it, to a return or jump, likewise")
            .orNull()
            .addedLater());

    private final ColumnSpec spec;

    SiteColumn(ColumnSpec spec) {
        this.spec = spec;
    }

    @Override
    public ColumnSpec spec() {
        return spec;
    }
}
