package org.pvdiet.emulator.platform.xenpv;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which page tables the guest's initial mappings take and which of its frames they are in: of each mapping those that no
 * earlier one has, the highest level first (count_pgtables of tools/libs/guest/xg_dom_x86.c).
 */
final class InitialPageTables {
    /** One table: its level and the first linear address that it is for. */
    record Table(int level, long start, long pfn) {}

    /** Linear addresses up to {@code last}, which frames from {@code pfn} on stand behind. */
    private record Mapping(long first, long last, long pfn) {}

    private final List<Table> tables = new ArrayList<>();
    private final Map<Integer, Map<Long, Table>> byLevel = new HashMap<>();
    private final List<Mapping> mappings = new ArrayList<>();

    InitialPageTables() {
        for (int level = 1; level <= 4; level++) {
            byLevel.put(level, new HashMap<>());
        }
    }

    /** Bits of an address below what one table of a level covers. */
    private static int shift(int level) {
        return 12 + 9 * level;
    }

    private static long start(int level, long linear) {
        return level == 4 ? 0 : linear >> shift(level) << shift(level);
    }

    /** How many tables a mapping would add. */
    int count(long first, long last) {
        int count = 0;
        for (int level = 4; level >= 1; level--) {
            for (long at : starts(level, first, last)) {
                count += byLevel.get(level).containsKey(at) ? 0 : 1;
            }
        }
        return count;
    }

    private static List<Long> starts(int level, long first, long last) {
        List<Long> starts = new ArrayList<>();
        long end = start(level, last);
        for (long at = start(level, first); ; at += 1L << shift(level)) {
            starts.add(at);
            if (at == end) {
                return starts;
            }
        }
    }

    /** Adds a mapping of frames from {@code pfn} on, whose new tables are in frames from {@code tablePfn} on. */
    void add(long first, long last, long pfn, long tablePfn) {
        mappings.add(new Mapping(first, last, pfn));
        long next = tablePfn;
        for (int level = 4; level >= 1; level--) {
            for (long at : starts(level, first, last)) {
                if (!byLevel.get(level).containsKey(at)) {
                    Table table = new Table(level, at, next++);
                    byLevel.get(level).put(at, table);
                    tables.add(table);
                }
            }
        }
    }

    List<Table> tables() {
        return List.copyOf(tables);
    }

    /** The frame behind the {@code slot}th entry of a table: the next table or a page; -1 where nothing is mapped. */
    long target(Table table, int slot) {
        long at = table.start + ((long) slot << shift(table.level - 1));
        if (table.level == 4) {
            // Slots of the upper half stand for addresses that are sign-extended.
            at = at << 16 >> 16;
        }
        if (table.level > 1) {
            Table next = byLevel.get(table.level - 1).get(at);
            return next == null ? -1 : next.pfn;
        }
        for (Mapping mapping : mappings) {
            if (at >= mapping.first && at <= mapping.last) {
                return mapping.pfn + (at - mapping.first >> 12);
            }
        }
        return -1;
    }
}
