package org.pvdiet.emulator.cpu;

import static org.pvdiet.emulator.memory.PhysicalMemory.FRAME_SIZE;

import com.google.common.cache.Cache;
import com.google.common.cache.CacheBuilder;
import com.google.common.util.concurrent.ThreadFactoryBuilder;
import java.lang.invoke.MethodHandles;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;
import org.pvdiet.emulator.cpu.decode.CodeSource;
import org.pvdiet.emulator.cpu.decode.Decoder;
import org.pvdiet.emulator.cpu.decode.Mode;
import org.pvdiet.emulator.memory.LinearMemory;
import org.pvdiet.emulator.memory.Mmu;
import org.pvdiet.emulator.memory.PhysicalMemory;

/**
 * Chooses what is translated, and has it done on other threads. Guests run with HotSpot's fast compiler alone: a boot is over
 * before the work of its best one pays, and runs much code a little rather than a little code much.
 */
final class Translator {
    /** HotSpot never compiles longer methods. */
    private static final int LONGEST_METHOD = 7_900;

    /** Bounds what is compiled in vain: a region of more is left at one of its calls or returns before it comes to its end. */
    private static final int MOST_INSTRUCTIONS = 80;

    /**
     * Executions of a block before it is translated, if no region holds it by then: some 1,400 of a boot's 73,000. With twice as
     * many executions a native boot takes 5 to 8 % longer to its first line; with fewer the compiler has more to do, and
     * the guest gains nothing.
     */
    private static final int FREQUENT = 500;

    /** The same where the guest waits for the translation. */
    private static final int FREQUENT_AT_ONCE = 16;

    /** A successor belongs to a region if it was executed at least this part of the times that the first block was. */
    private static final int RARE = 8;

    /** What has HotSpot compile a translation: that takes 200 calls, but HotSpot looks only at each 128th. */
    private static final int REQUEST = 300;

    /** In a try whether HotSpot has compiled it. */
    private static final int CALLS = 60;

    /** In nanoseconds; a compiled translation that does nothing takes 3, one that HotSpot interprets takes 50. */
    private static final int LONGEST_CALL = 20;

    /** Between tries, in milliseconds. */
    private static final int PAUSE = 1;

    private static final int TRIES = 200;

    /** Bounds the memory that translations take, some 10 KiB each when compiled: the oldest goes then. */
    private static final int MOST_REGIONS = 4_000;

    private static final ScheduledExecutorService WORKERS = Executors.newScheduledThreadPool(
            Math.max(1, Math.min(3, Runtime.getRuntime().availableProcessors() - 1)),
            new ThreadFactoryBuilder()
                    .setNameFormat("translator-%d")
                    .setDaemon(true)
                    .build());

    /**
     * Classes in use, by what they are made from: guests of one process that run the same kernel share what HotSpot has
     * compiled, a quarter of all.
     */
    private static final Cache<ByteBuffer, Class<? extends Translation>> CLASSES =
            CacheBuilder.newBuilder().weakValues().build();

    private static final int MODE_64 = Mode.BITS_64.ordinal();

    private final InstructionSet instructionSet;
    private final Mmu mmu;
    private final PhysicalMemory memory;

    /** The block at an address, if it comes easily. */
    private final LongFunction<Block> at;

    private final boolean atOnce;
    private final boolean checked;
    private final int threshold;
    private final Queue<Region> regions = new ArrayDeque<>();
    private final InstructionLowering lowering;

    Translator(InstructionSet instructionSet, Mmu mmu, LongFunction<Block> at, Execution execution) {
        this.instructionSet = instructionSet;
        this.mmu = mmu;
        this.memory = mmu.memory();
        this.at = at;
        this.atOnce = execution != Execution.TRANSLATE;
        this.checked = execution == Execution.CHECK;
        this.threshold = atOnce ? FREQUENT_AT_ONCE : FREQUENT;
        this.lowering = new InstructionLowering(instructionSet);
    }

    /** Counts an execution of a block that no region begins with. */
    void count(Block block) {
        if (++block.executions == threshold && block.mode >> 1 == MODE_64) {
            translate(block);
        }
    }

    private void translate(Block first) {
        if (!isTranslatable(first, first)) {
            return;
        }
        List<Block> blocks = new ArrayList<>();
        blocks.add(first);
        int instructions = first.count;
        for (int i = 0; i < blocks.size(); i++) {
            Block block = blocks.get(i);
            if (block.exit == Block.Exit.CHANGED) {
                continue;
            }
            // After a call, control comes back to what follows it.
            for (Block next : new Block[] {block.next, block.other, at.apply(block.address(block.count))}) {
                if (next != null
                        && isTranslatable(next, first)
                        && !blocks.contains(next)
                        && (next.region != null || next.executions >= threshold / RARE)
                        && instructions + next.count <= MOST_INSTRUCTIONS) {
                    blocks.add(next);
                    instructions += next.count;
                }
            }
        }
        byte[][] code = blocks.stream()
                .map(block -> memory.read(block.physical, block.length, new byte[block.length]))
                .toArray(byte[][]::new);
        Region region = new Region(blocks.toArray(new Block[0]), code, mmu.generation(false));
        keep(region);
        if (atOnce) {
            region.complete(translation(region));
        } else {
            WORKERS.execute(() -> {
                Translation translation = translationOrFailure(region);
                call(translation, REQUEST);
                complete(region, translation, TRIES);
            });
        }
    }

    private void keep(Region region) {
        regions.add(region);
        while (regions.size() > MOST_REGIONS
                || !regions.isEmpty() && regions.peek().isDead()) {
            regions.remove().kill();
        }
    }

    private boolean isTranslatable(Block block, Block first) {
        return !block.isDead()
                && block.mode == first.mode
                && block.isCurrent(mmu)
                && block.secondPhysical < 0
                && block.physical + FRAME_SIZE <= memory.size()
                && (block.goesOnAfter(0) && !checked || MicroOpWriter.canWrite(firstInstruction(block)));
    }

    private List<MicroOp> firstInstruction(Block block) {
        byte[] code = memory.read(block.physical, block.length, new byte[block.length]);
        return lowering.lower(Decoder.decode(CodeSource.of(code, block.start), block.start, Mode.BITS_64), 0);
    }

    private Translation translationOrFailure(Region region) {
        try {
            return translation(region);
        } catch (RuntimeException | Error e) {
            return new Translation(region) {
                @Override
                int run(Cpu cpu, LinearMemory view, long stopAt, int entry) {
                    if (entry == NOWHERE) {
                        return OUT_OF_TIME;
                    }
                    throw new IllegalStateException(
                            String.format("code at %#x cannot be translated", region.blocks[0].start), e);
                }
            };
        }
    }

    /**
     * Makes a translation the region's once HotSpot has compiled it, which shows in what calls take: bytecode that HotSpot
     * interprets takes longer than the steps that it replaces.
     */
    private static void complete(Region region, Translation translation, int tries) {
        long start = System.nanoTime();
        call(translation, CALLS);
        if (System.nanoTime() - start < CALLS * LONGEST_CALL || tries == 0) {
            region.complete(translation);
        } else {
            WORKERS.schedule(() -> complete(region, translation, tries - 1), PAUSE, TimeUnit.MILLISECONDS);
        }
    }

    private static void call(Translation translation, int times) {
        for (int i = 0; i < times; i++) {
            translation.run(null, null, 0, Translation.NOWHERE);
        }
    }

    private Translation translation(Region region) {
        List<List<List<MicroOp>>> lowered = new ArrayList<>();
        InstructionLowering instructions = new InstructionLowering(instructionSet);
        for (int i = 0; i < region.blocks.length; i++) {
            Block block = region.blocks[i];
            Decoder decoder = new Decoder(CodeSource.of(region.code[i], block.start));
            List<List<MicroOp>> ops = new ArrayList<>();
            for (int k = 0; k < block.count; k++) {
                ops.add(instructions.lower(decoder.decode(block.address(k), Mode.BITS_64), k));
            }
            lowered.add(ops);
        }
        for (int blocks = region.blocks.length; ; blocks = (blocks + 1) / 2) {
            RegionWriter writer = new RegionWriter(region, blocks, lowered, checked);
            byte[] bytes = writer.write();
            if (writer.length() <= LONGEST_METHOD || blocks == 1) {
                return define(bytes, region);
            }
        }
    }

    private static Translation define(byte[] bytes, Region region) {
        try {
            return CLASSES.get(
                            ByteBuffer.wrap(bytes),
                            () -> MethodHandles.lookup()
                                    .defineHiddenClass(bytes, false)
                                    .lookupClass()
                                    .asSubclass(Translation.class))
                    .getDeclaredConstructor(Region.class)
                    .newInstance(region);
        } catch (ReflectiveOperationException | ExecutionException e) {
            throw new IllegalStateException("a generated class cannot be used", e);
        }
    }
}
