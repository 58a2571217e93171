package org.pvdiet.traces;

import com.google.common.collect.ImmutableList;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;

/**
 * A made-up run with the statistics of a real one as far as they are known: code paths that repeat, a few hooks with most
 * calls, arguments from small sets (flags, locks) and growing ones (page-table entries), registers of which most survive
 * a call.
 */
final class SyntheticRun {
    static final int HOOKS = 84;
    static final int SITES = 3676;
    private static final int PATHS = 400;

    final long[] call = new long[CallColumn.values().length];
    final boolean[] callHas = new boolean[call.length];
    final long[] effect = new long[EffectColumn.values().length];
    final boolean[] effectHas = new boolean[effect.length];

    private final Random random;
    private final RegisterMode registers;
    private final int[][] paths = new int[PATHS][];
    private final int[] siteHook = new int[SITES];
    private final long[] locks = new long[300];
    private final long[] stacks = new long[40];
    private final long[] gpr = new long[16];
    private int path;
    private int step;
    private long seq;
    private long icount;
    private long lastOuter;
    private int depth;
    private long flags = 0x246;
    private long cr3 = 0x1234000;
    private long cr2;
    private long pfn = 0x1000;
    private long table = 0xffff888003001000L;

    SyntheticRun(long seed, RegisterMode registers) {
        this.random = new Random(seed);
        this.registers = registers;
        for (int i = 0; i < SITES; i++) {
            // Few hooks have most sites.
            siteHook[i] = (int) (HOOKS * Math.pow(random.nextDouble(), 4));
        }
        for (int i = 0; i < PATHS; i++) {
            paths[i] = random.ints(3 + random.nextInt(12), 0, SITES).toArray();
        }
        for (int i = 0; i < locks.length; i++) {
            locks[i] = 0xffff888000000000L + (random.nextInt(1 << 24) << 3);
        }
        for (int i = 0; i < stacks.length; i++) {
            stacks[i] = 0xffffc90000000000L + (random.nextInt(1 << 10) << 14) + 0x3f00;
        }
        for (int i = 0; i < 16; i++) {
            gpr[i] = random.nextLong();
        }
    }

    /** Makes the next call in {@link #call}; says how many effects it has. */
    int nextCall() {
        if (step == paths[path].length) {
            step = 0;
            // Paths follow each other with some regularity.
            path = random.nextInt(4) == 0 ? (int) (PATHS * Math.pow(random.nextDouble(), 3)) : (path * 7 + 3) % PATHS;
            icount += random.nextInt(2000);
            if (random.nextInt(50) == 0) {
                cr3 = 0x1000000 + (random.nextInt(64) << 12);
            }
        }
        int site = paths[path][step++];
        int hook = siteHook[site];
        Random local = new Random(site);
        icount += 20 + local.nextInt(200) + (random.nextInt(5) == 0 ? random.nextInt(64) : 0);
        Arrays.fill(callHas, false);
        set(CallColumn.SEQ, seq);
        boolean nested = depth == 0 && hook % 11 == 5;
        if (depth > 0) {
            set(CallColumn.PARENT, lastOuter);
        }
        set(CallColumn.DEPTH, depth);
        set(CallColumn.ICOUNT, icount);
        set(CallColumn.VCPU, 0);
        set(CallColumn.HOOK, hook);
        set(CallColumn.SITE, site);
        set(CallColumn.MODE, (flags & 0x200) != 0 ? 4 : 0);
        set(CallColumn.PHASE, seq < 20_000 ? 0 : seq < 60_000 ? 2 : 3);
        int kind = hook % 6;
        flags = (flags & ~0x8d5L) | (local.nextInt() & 0x8d5) ^ (random.nextInt(4) == 0 ? 0x40 : 0);
        int effects = 0;
        switch (kind) {
            case 0 -> set(CallColumn.RESULT, flags);
            case 1, 2 -> flags ^= 0x200;
            case 3 -> set(CallColumn.ARG0, locks[(local.nextInt(300) + random.nextInt(3)) % 300]);
            case 4 -> {
                table += 8;
                pfn += 1;
                set(CallColumn.ARG0, table);
                set(CallColumn.ARG1, pfn << 12 | 0x8000000000000063L);
                effects = 1;
            }
            default -> {
                long pte = (pfn - random.nextInt(4)) << 12 | 0x63;
                set(CallColumn.ARG0, pte);
                set(CallColumn.RESULT, pte);
            }
        }
        long before = flags ^ (kind == 1 || kind == 2 ? 0x200 : 0);
        state(CallColumn.RFLAGS, before);
        state(CallColumn.RFLAGS_AFTER, flags);
        cr2 = random.nextInt(200) == 0 ? 0x7ffff000L + (random.nextInt(1000) << 12) : cr2;
        set(CallColumn.INSTRUCTIONS, local.nextInt(12));
        set(CallColumn.HYPERCALLS, 0);
        set(CallColumn.TRAPS, 0);
        set(CallColumn.OUTCOME, random.nextInt(10_000) == 0 ? Outcome.SWITCHED.ordinal() : 0);
        if (registers == RegisterMode.FULL) {
            fullRegisters(local);
        }
        if (depth > 0) {
            depth--;
        } else if (nested) {
            lastOuter = seq;
            depth = 1;
        }
        seq++;
        return effects;
    }

    private void state(CallColumn flagsColumn, long value) {
        set(flagsColumn, value);
        CallColumn[] all = CallColumn.values();
        int at = flagsColumn.ordinal();
        set(all[at + 1], 0x80050033L);
        set(all[at + 2], cr2);
        set(all[at + 3], cr3);
        set(all[at + 4], 0x3406f0);
    }

    private void fullRegisters(Random local) {
        for (int i = 0; i < 16; i++) {
            switch (local.nextInt(4)) {
                case 0 -> gpr[i] = local.nextInt(100);
                case 1 -> gpr[i] = 0xffff888000000000L + (random.nextInt(1 << 20) << 6);
                default -> {}
            }
        }
        gpr[4] = stacks[(path + random.nextInt(2)) % 40] - (local.nextInt(64) << 3);
        for (int i = 0; i < 16; i++) {
            set(CallColumn.gpr(i), gpr[i]);
            set(CallColumn.gprAfter(i), gpr[i]);
        }
        if (callHas[CallColumn.RESULT.ordinal()]) {
            set(CallColumn.RAX_AFTER, call[CallColumn.RESULT.ordinal()]);
        }
        for (int i = 0; i < 6; i++) {
            set(CallColumn.segment(i), i == 1 ? 0x10 : i == 2 ? 0x18 : 0);
            set(CallColumn.segmentAfter(i), i == 1 ? 0x10 : i == 2 ? 0x18 : 0);
        }
        set(CallColumn.FS_BASE, 0x4c0380);
        set(CallColumn.GS_BASE, 0xffff88800f600000L);
        set(CallColumn.KERNEL_GS_BASE, 0);
        set(CallColumn.FS_BASE_AFTER, 0x4c0380);
        set(CallColumn.GS_BASE_AFTER, 0xffff88800f600000L);
        set(CallColumn.KERNEL_GS_BASE_AFTER, 0);
    }

    /** Makes an effect of the last call in {@link #effect}. */
    void nextEffect(int ordinal) {
        Arrays.fill(effectHas, false);
        set(EffectColumn.SEQ, seq - 1);
        set(EffectColumn.ORDINAL, ordinal);
        set(EffectColumn.ICOUNT, icount + 3);
        set(EffectColumn.KIND, EffectKind.PAGE_TABLE_ENTRY.ordinal());
        set(EffectColumn.ADDRESS, table);
        set(EffectColumn.LEVEL, 1);
        set(EffectColumn.OLD, 0);
        set(EffectColumn.NEW, pfn << 12 | 0x8000000000000063L);
        set(EffectColumn.OUTCOME, EffectOutcome.DONE.ordinal());
    }

    private void set(CallColumn column, long value) {
        call[column.ordinal()] = value;
        callHas[column.ordinal()] = true;
    }

    private void set(EffectColumn column, long value) {
        effect[column.ordinal()] = value;
        effectHas[column.ordinal()] = true;
    }

    private static final CallColumn[] CALL = CallColumn.values();
    private static final EffectColumn[] EFFECT = EffectColumn.values();

    /** Writes the next {@code count} calls with their effects. */
    void write(TraceWriter writer, long count) {
        for (long i = 0; i < count; i++) {
            int effects = nextCall();
            RowBatch<CallColumn> batch = writer.callBatch();
            int row = batch.open();
            for (int c = 1; c < CALL.length; c++) {
                if (callHas[c]) {
                    batch.set(CALL[c], row, call[c]);
                }
            }
            batch.finish(row);
            for (int e = 0; e < effects; e++) {
                nextEffect(e);
                RowBatch<EffectColumn> out = writer.effectBatch();
                int effectRow = out.append();
                for (int c = 0; c < EFFECT.length; c++) {
                    if (effectHas[c]) {
                        out.set(EFFECT[c], effectRow, effect[c]);
                    }
                }
            }
        }
    }

    static TraceInfo info(RegisterMode registers) {
        return new TraceInfo(
                "pvdiet test",
                new TraceInfo.Image("vmlinuz", "ab".repeat(32), Optional.of("cd".repeat(20)), "Linux version 6.1"),
                "native",
                "qemu64",
                "console=ttyS0 quote=\"x\"",
                256L << 20,
                1,
                new TraceInfo.Initrd(Optional.empty(), "ef".repeat(32)),
                "start-up",
                registers,
                OptionalLong.empty(),
                Optional.of("^done"));
    }

    static Ending ending() {
        return new Ending("halted", "The guest halted.", OptionalInt.of(0), 1_000_000, List.of("a", "b"), List.of());
    }

    static List<Hook> hooks() {
        List<Hook> hooks = new ArrayList<>();
        for (int i = 0; i < HOOKS; i++) {
            Hook.Target target = new Hook.Target(
                    0xffffffff81000000L + i * 64, i % 7 == 0 ? Optional.empty() : Optional.of("native_" + i));
            hooks.add(new Hook(
                    i,
                    i < 40 ? "cpu" : "mmu",
                    "hook_" + i,
                    "void (*)(long)",
                    i * 8,
                    i % 3 == 0,
                    Optional.of(target),
                    i % 2 == 0 ? Optional.empty() : Optional.of(target),
                    Optional.empty(),
                    i % 4 == 0 ? Optional.empty() : Optional.of("mov    %rdi,%rax\nret"),
                    i % 5 == 0 ? OptionalLong.of(1_000L * i) : OptionalLong.empty()));
        }
        return ImmutableList.copyOf(hooks);
    }

    static List<Site> sites() {
        List<Site> sites = new ArrayList<>();
        for (int i = 0; i < SITES; i++) {
            sites.add(new Site(
                    i,
                    0xffffffff81000000L + i * 1000,
                    6,
                    i % HOOKS,
                    i % 9 == 0 ? Optional.empty() : Optional.of("func_" + i + "+0x12"),
                    i % 100 != 0,
                    i % 5 == 0 ? Optional.empty() : Optional.of(SiteForm.values()[i % 3]),
                    "ff1425804a2382",
                    i % 5 == 0 ? Optional.empty() : Optional.of("e8112233" + String.format("%02x", i % 256)),
                    i % 5 == 0 ? Optional.empty() : Optional.of("mov    $0x" + i + ",%edi"),
                    i % 6 == 0 ? Optional.empty() : Optional.of("ret\nint3")));
        }
        return ImmutableList.copyOf(sites);
    }

    static List<Symbol> symbols() {
        List<Symbol> symbols = new ArrayList<>();
        for (int i = 0; i < 5000; i++) {
            symbols.add(new Symbol(0xffffffff81000000L + i * 48, "sym_" + i + "é", "tTdDbB".charAt(i % 6)));
        }
        return ImmutableList.copyOf(symbols);
    }

    static List<FrameRun> frames() {
        return ImmutableList.of(
                new FrameRun(0, 0, OptionalLong.of(0x8000), 0x4000),
                new FrameRun(5, 0x4000, OptionalLong.empty(), 16),
                new FrameRun(5, 0x5000, OptionalLong.of(-1), 1));
    }

    static void record(Path path, long seed, RegisterMode registers, long calls, Options options) {
        try (TraceWriter writer = TraceWriter.create(path, info(registers), options, OpenCalls.ABANDON)) {
            writer.hooks(hooks());
            writer.sites(sites());
            writer.symbols(symbols());
            writer.frames(frames());
            new SyntheticRun(seed, registers).write(writer, calls);
            writer.complete(ending());
        }
    }
}
