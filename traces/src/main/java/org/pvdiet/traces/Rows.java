package org.pvdiet.traces;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;
import java.util.OptionalLong;

/** Records as rows of the tables that are small enough to be held whole, and back. */
final class Rows {
    /** Sets all columns of a row from a record. */
    interface Put<C extends Enum<C> & Column, R> {
        void put(RowBatch<C> batch, int row, R value);
    }

    /** Makes a record from a row. */
    interface Get<C extends Enum<C> & Column, R> {
        R get(Batch<C> batch, int row);
    }

    private Rows() {}

    static void put(RowBatch<HookColumn> batch, int row, Hook hook) {
        batch.set(HookColumn.ID, row, hook.id());
        text(batch, HookColumn.GROUP_NAME, row, hook.group());
        text(batch, HookColumn.NAME, row, hook.name());
        text(batch, HookColumn.PROTOTYPE, row, hook.prototype());
        batch.set(HookColumn.OFFSET, row, hook.offset());
        batch.set(HookColumn.CALLEE_SAVE, row, hook.calleeSave() ? 1 : 0);
        target(batch, HookColumn.ENTRY_ADDRESS, HookColumn.ENTRY_SYMBOL, row, hook.entry());
        target(batch, HookColumn.SETUP_ADDRESS, HookColumn.SETUP_SYMBOL, row, hook.setup());
        target(batch, HookColumn.PATCHED_ADDRESS, HookColumn.PATCHED_SYMBOL, row, hook.patched());
        hook.patchedCode().ifPresent(code -> text(batch, HookColumn.PATCHED_CODE, row, code));
        hook.patchedSince().ifPresent(icount -> batch.set(HookColumn.PATCHED_SINCE, row, icount));
    }

    static Hook hook(Batch<HookColumn> batch, int row) {
        return new Hook(
                batch.getInt(HookColumn.ID, row),
                text(batch, HookColumn.GROUP_NAME, row),
                text(batch, HookColumn.NAME, row),
                text(batch, HookColumn.PROTOTYPE, row),
                batch.getInt(HookColumn.OFFSET, row),
                batch.get(HookColumn.CALLEE_SAVE, row) != 0,
                target(batch, HookColumn.ENTRY_ADDRESS, HookColumn.ENTRY_SYMBOL, row),
                target(batch, HookColumn.SETUP_ADDRESS, HookColumn.SETUP_SYMBOL, row),
                target(batch, HookColumn.PATCHED_ADDRESS, HookColumn.PATCHED_SYMBOL, row),
                optionalText(batch, HookColumn.PATCHED_CODE, row),
                batch.isNull(HookColumn.PATCHED_SINCE, row)
                        ? OptionalLong.empty()
                        : OptionalLong.of(batch.get(HookColumn.PATCHED_SINCE, row)));
    }

    static void put(RowBatch<SiteColumn> batch, int row, Site site) {
        batch.set(SiteColumn.ID, row, site.id());
        batch.set(SiteColumn.ADDRESS, row, site.address());
        batch.set(SiteColumn.LENGTH, row, site.length());
        batch.set(SiteColumn.HOOK, row, site.hook());
        site.symbol().ifPresent(symbol -> text(batch, SiteColumn.SYMBOL, row, symbol));
        batch.set(SiteColumn.LISTED, row, site.listed() ? 1 : 0);
        site.form().ifPresent(form -> batch.set(SiteColumn.FORM, row, form));
        batch.set(SiteColumn.ORIGINAL_BYTES, row, HexFormat.of().parseHex(site.originalBytes()));
        site.finalBytes()
                .ifPresent(hex ->
                        batch.set(SiteColumn.FINAL_BYTES, row, HexFormat.of().parseHex(hex)));
        site.codeBefore().ifPresent(code -> text(batch, SiteColumn.CODE_BEFORE, row, code));
        site.codeAfter().ifPresent(code -> text(batch, SiteColumn.CODE_AFTER, row, code));
    }

    static Site site(Batch<SiteColumn> batch, int row) {
        return new Site(
                batch.getInt(SiteColumn.ID, row),
                batch.get(SiteColumn.ADDRESS, row),
                batch.getInt(SiteColumn.LENGTH, row),
                batch.getInt(SiteColumn.HOOK, row),
                optionalText(batch, SiteColumn.SYMBOL, row),
                batch.get(SiteColumn.LISTED, row) != 0,
                batch.isNull(SiteColumn.FORM, row)
                        ? Optional.empty()
                        : Optional.of(SiteForm.values()[batch.getInt(SiteColumn.FORM, row)]),
                HexFormat.of().formatHex(batch.getBytes(SiteColumn.ORIGINAL_BYTES, row)),
                Optional.ofNullable(batch.getBytes(SiteColumn.FINAL_BYTES, row)).map(HexFormat.of()::formatHex),
                optionalText(batch, SiteColumn.CODE_BEFORE, row),
                optionalText(batch, SiteColumn.CODE_AFTER, row));
    }

    static void put(RowBatch<SymbolColumn> batch, int row, Symbol symbol) {
        batch.set(SymbolColumn.ADDRESS, row, symbol.address());
        text(batch, SymbolColumn.NAME, row, symbol.name());
        text(batch, SymbolColumn.TYPE, row, String.valueOf(symbol.type()));
    }

    static Symbol symbol(Batch<SymbolColumn> batch, int row) {
        String type = text(batch, SymbolColumn.TYPE, row);
        return new Symbol(
                batch.get(SymbolColumn.ADDRESS, row),
                text(batch, SymbolColumn.NAME, row),
                type.isEmpty() ? '?' : type.charAt(0));
    }

    static void put(RowBatch<FrameColumn> batch, int row, FrameRun run) {
        batch.set(FrameColumn.ICOUNT, row, run.icount());
        batch.set(FrameColumn.PFN, row, run.pfn());
        run.mfn().ifPresent(mfn -> batch.set(FrameColumn.MFN, row, mfn));
        batch.set(FrameColumn.COUNT, row, run.count());
    }

    static FrameRun frames(Batch<FrameColumn> batch, int row) {
        return new FrameRun(
                batch.get(FrameColumn.ICOUNT, row),
                batch.get(FrameColumn.PFN, row),
                batch.isNull(FrameColumn.MFN, row)
                        ? OptionalLong.empty()
                        : OptionalLong.of(batch.get(FrameColumn.MFN, row)),
                batch.get(FrameColumn.COUNT, row));
    }

    private static void target(
            RowBatch<HookColumn> batch, HookColumn address, HookColumn symbol, int row, Optional<Hook.Target> target) {
        target.ifPresent(t -> {
            batch.set(address, row, t.address());
            t.symbol().ifPresent(name -> text(batch, symbol, row, name));
        });
    }

    private static Optional<Hook.Target> target(
            Batch<HookColumn> batch, HookColumn address, HookColumn symbol, int row) {
        return batch.isNull(address, row)
                ? Optional.empty()
                : Optional.of(new Hook.Target(batch.get(address, row), optionalText(batch, symbol, row)));
    }

    private static <C extends Enum<C> & Column> void text(RowBatch<C> batch, C column, int row, String value) {
        batch.set(column, row, value.getBytes(StandardCharsets.UTF_8));
    }

    private static <C extends Enum<C> & Column> String text(Batch<C> batch, C column, int row) {
        return new String(batch.getBytes(column, row), StandardCharsets.UTF_8);
    }

    private static <C extends Enum<C> & Column> Optional<String> optionalText(Batch<C> batch, C column, int row) {
        return batch.isNull(column, row) ? Optional.empty() : Optional.of(text(batch, column, row));
    }
}
