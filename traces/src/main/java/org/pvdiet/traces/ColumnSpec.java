package org.pvdiet.traces;

import com.google.common.base.Ascii;
import com.google.common.base.Preconditions;
import com.google.common.collect.ImmutableList;
import java.util.Optional;

/**
 * What is true of a column.
 *
 * @param type what it holds
 * @param nullable whether a row may have no value
 * @param encoding how it is stored
 * @param registers the least register mode in which the column exists
 * @param names for {@link ColumnType#NAME} the possible values by ordinal, else empty
 * @param unchangedFrom what a null stands for in the file, if for anything (the reader of this package fills it in)
 * @param later whether traces recorded before the column was added lack it; all its values are null there
 * @param unit the unit, or an empty string
 * @param meaning one or two sentences
 */
public record ColumnSpec(
        ColumnType type,
        boolean nullable,
        Encoding encoding,
        RegisterMode registers,
        ImmutableList<String> names,
        Optional<Unchanged> unchangedFrom,
        boolean later,
        String unit,
        String meaning) {

    /**
     * A null stands for the value of column {@code from} in rows where column {@code where} has a value.
     *
     * @param from a column of the same table
     * @param where a column of the same table
     */
    public record Unchanged(String from, String where) {}

    private static ColumnSpec of(ColumnType type, Encoding encoding, String unit, String meaning) {
        return new ColumnSpec(
                type, false, encoding, RegisterMode.ARGS, ImmutableList.of(), Optional.empty(), false, unit, meaning);
    }

    static ColumnSpec int32(String unit, String meaning) {
        return of(ColumnType.INT32, Encoding.DICTIONARY, unit, meaning);
    }

    static ColumnSpec int64(String unit, String meaning) {
        return of(ColumnType.INT64, Encoding.DICTIONARY, unit, meaning);
    }

    static ColumnSpec uint64(String unit, String meaning) {
        return of(ColumnType.UINT64, Encoding.DICTIONARY, unit, meaning);
    }

    static ColumnSpec bool(String meaning) {
        return of(ColumnType.BOOL, Encoding.PLAIN, "", meaning);
    }

    static ColumnSpec string(String meaning) {
        return of(ColumnType.STRING, Encoding.DICTIONARY, "", meaning);
    }

    static ColumnSpec bytes(String meaning) {
        return of(ColumnType.BYTES, Encoding.DICTIONARY, "", meaning);
    }

    static <E extends Enum<E>> ColumnSpec name(Class<E> values, String meaning) {
        ImmutableList.Builder<String> names = ImmutableList.builder();
        for (E value : values.getEnumConstants()) {
            names.add(Ascii.toLowerCase(value.name()));
        }
        return new ColumnSpec(
                ColumnType.NAME,
                false,
                Encoding.DICTIONARY,
                RegisterMode.ARGS,
                names.build(),
                Optional.empty(),
                false,
                "",
                meaning);
    }

    ColumnSpec orNull() {
        return new ColumnSpec(type, true, encoding, registers, names, unchangedFrom, later, unit, meaning);
    }

    ColumnSpec encoded(Encoding other) {
        return new ColumnSpec(type, nullable, other, registers, names, unchangedFrom, later, unit, meaning);
    }

    ColumnSpec full() {
        return new ColumnSpec(type, nullable, encoding, RegisterMode.FULL, names, unchangedFrom, later, unit, meaning);
    }

    ColumnSpec nullIfUnchanged(String from, String where) {
        Preconditions.checkState(nullable, "only a nullable column can be null");
        return new ColumnSpec(
                type, true, encoding, registers, names, Optional.of(new Unchanged(from, where)), later, unit, meaning);
    }

    /** For a column that was added to the format without a new version. */
    ColumnSpec addedLater() {
        Preconditions.checkState(nullable, "only a nullable column can be absent");
        return new ColumnSpec(type, true, encoding, registers, names, unchangedFrom, true, unit, meaning);
    }
}
