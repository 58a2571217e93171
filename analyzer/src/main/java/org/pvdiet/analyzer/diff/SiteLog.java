package org.pvdiet.analyzer.diff;

import com.github.luben.zstd.Zstd;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;

/**
 * The calls of one site, packed: of each the number of its {@link Act} and how far its seq is from the one before, seven
 * bits to a byte. That is some three bytes a call, and a tenth of a byte when they are compressed: a site does the same
 * again and again.
 */
final class SiteLog {
    private static final int SMALLEST = 16;
    /** How many bytes are compressed together. */
    private static final int BLOCK = 1 << 14;
    /** The most that a call takes. */
    private static final int MOST = 5 + 10;

    private static final int LEVEL = 1;

    /**
     * The calls, in order of seq.
     *
     * @param acts numbers of their acts
     */
    record Calls(int[] acts, long[] seqs) {
        int count() {
            return acts.length;
        }
    }

    private final List<byte[]> blocks = new ArrayList<>(0);
    /** What comes after the blocks. */
    private byte[] bytes = {};

    private int length;
    private int calls;
    private long lastSeq;

    void add(int act, long seq) {
        makeRoom();
        write(act);
        long step = seq - lastSeq;
        // A call that ends after one that began later comes after it: steps can be negative.
        write(step << 1 ^ step >> 63);
        lastSeq = seq;
        calls++;
    }

    int calls() {
        return calls;
    }

    /** Adds the calls of {@code later}, whose act {@code i} has number {@code numbers[i]} here. */
    void append(SiteLog later, int[] numbers) {
        Calls unpacked = later.unpack();
        for (int i = 0; i < unpacked.count(); i++) {
            add(numbers[unpacked.acts[i]], unpacked.seqs[i]);
        }
    }

    private void makeRoom() {
        if (length + MOST > BLOCK) {
            blocks.add(Zstd.compress(length == bytes.length ? bytes : Arrays.copyOf(bytes, length), LEVEL));
            length = 0;
        }
        if (length + MOST > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.min(BLOCK, Math.max(SMALLEST, 2 * bytes.length)));
        }
    }

    private void write(long value) {
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            bytes[length++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[length++] = (byte) rest;
    }

    Calls unpack() {
        int[] acts = new int[calls];
        long[] seqs = new long[calls];
        Unpacking unpacking = new Unpacking();
        boolean ordered = true;
        long seq = 0;
        for (int i = 0; i < calls; i++) {
            unpacking.call();
            acts[i] = (int) unpacking.next();
            long step = unpacking.next();
            seq += step >>> 1 ^ -(step & 1);
            seqs[i] = seq;
            ordered &= i == 0 || seqs[i - 1] < seq;
        }
        return ordered ? new Calls(acts, seqs) : sorted(acts, seqs);
    }

    private static Calls sorted(int[] acts, long[] seqs) {
        long[] sorted = seqs.clone();
        Arrays.sort(sorted);
        int[] inOrder = new int[acts.length];
        for (int i = 0; i < acts.length; i++) {
            inOrder[Arrays.binarySearch(sorted, seqs[i])] = acts[i];
        }
        return new Calls(inOrder, sorted);
    }

    /** How many bytes it takes, apart from what is not packed yet. */
    long packedBytes() {
        return blocks.stream().mapToLong(block -> block.length).sum();
    }

    private final class Unpacking {
        private final Iterator<byte[]> left = blocks.iterator();
        private byte[] block = {};
        private int at;
        private int end;

        /** Goes on to the next call. */
        void call() {
            if (at == end) {
                block = left.hasNext() ? unpacked(left.next()) : bytes;
                end = block == bytes ? length : block.length;
                at = 0;
            }
        }

        private static byte[] unpacked(byte[] block) {
            return Zstd.decompress(block, (int) Zstd.getFrameContentSize(block));
        }

        long next() {
            long value = 0;
            int shift = 0;
            while (true) {
                byte b = block[at++];
                value |= (b & 0x7fL) << shift;
                if (b >= 0) {
                    return value;
                }
                shift += 7;
            }
        }
    }
}
