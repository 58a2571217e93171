package org.pvdiet.analyzer.diff;

import com.github.luben.zstd.Zstd;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;

/**
 * The calls of one site, packed: of each the numbers of its {@link Act} and its {@link Effort}, and how far its seq is from
 * the one before, seven bits to a byte. That is some four bytes a call, and a tenth of a byte when they are compressed: a site
 * does the same again and again.
 */
final class SiteLog {
    private static final int SMALLEST = 32;
    /** How many bytes are compressed together. */
    private static final int BLOCK = 1 << 14;
    /** The most that a call takes. */
    private static final int MOST = 5 + 5 + 10;

    private static final int LEVEL = 1;

    /**
     * The calls, in order of seq.
     *
     * @param acts numbers of their acts
     * @param efforts numbers of what they took
     */
    record Calls(int[] acts, int[] efforts, long[] seqs) {
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

    void add(int act, int effort, long seq) {
        makeRoom();
        write(act);
        write(effort);
        long step = seq - lastSeq;
        // A call that ends after one that began later comes after it: steps can be negative.
        write(step << 1 ^ step >> 63);
        lastSeq = seq;
        calls++;
    }

    int calls() {
        return calls;
    }

    /** Adds the calls of {@code later}, whose act {@code i} has number {@code acts[i]} here, and efforts likewise. */
    void append(SiteLog later, int[] acts, int[] efforts) {
        Calls unpacked = later.unpack();
        for (int i = 0; i < unpacked.count(); i++) {
            add(acts[unpacked.acts[i]], efforts[unpacked.efforts[i]], unpacked.seqs[i]);
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
        int[] efforts = new int[calls];
        long[] seqs = new long[calls];
        Unpacking unpacking = new Unpacking();
        boolean ordered = true;
        long seq = 0;
        for (int i = 0; i < calls; i++) {
            unpacking.call();
            acts[i] = (int) unpacking.next();
            efforts[i] = (int) unpacking.next();
            long step = unpacking.next();
            seq += step >>> 1 ^ -(step & 1);
            seqs[i] = seq;
            ordered &= i == 0 || seqs[i - 1] < seq;
        }
        Calls unpacked = new Calls(acts, efforts, seqs);
        return ordered ? unpacked : sorted(unpacked);
    }

    private static Calls sorted(Calls calls) {
        long[] seqs = calls.seqs.clone();
        Arrays.sort(seqs);
        Calls inOrder = new Calls(new int[seqs.length], new int[seqs.length], seqs);
        for (int i = 0; i < seqs.length; i++) {
            int at = Arrays.binarySearch(seqs, calls.seqs[i]);
            inOrder.acts[at] = calls.acts[i];
            inOrder.efforts[at] = calls.efforts[i];
        }
        return inOrder;
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
