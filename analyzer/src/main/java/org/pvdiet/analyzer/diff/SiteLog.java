package org.pvdiet.analyzer.diff;

import com.github.luben.zstd.Zstd;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

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

    /** A call. */
    private record Made(int act, int effort, long seq) {}

    private static final byte[] NOTHING = {};

    private final List<byte[]> blocks = new ArrayList<>(0);
    /** What comes after the blocks. */
    private byte[] bytes = NOTHING;

    private int length;
    private long packed;
    private long lastSeq;
    /** Calls that ended after one that began later: few, since most end in the part of the trace in which they begin. */
    private final List<Made> late = new ArrayList<>(0);

    void add(int act, int effort, long seq) {
        if (seq < lastSeq) {
            late.add(new Made(act, effort, seq));
            return;
        }
        makeRoom();
        write(act);
        write(effort);
        write(seq - lastSeq);
        lastSeq = seq;
        packed++;
    }

    long calls() {
        return packed + late.size();
    }

    /** Adds the calls of {@code later}, whose act {@code i} has number {@code acts[i]} here, and efforts likewise. */
    void append(SiteLog later, int[] acts, int[] efforts) {
        Cursor cursor = later.cursor();
        while (cursor.next()) {
            add(acts[cursor.act()], efforts[cursor.effort()], cursor.seq());
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

    /** At the first of the calls, in order of seq. None may be added while it is used. */
    Cursor cursor() {
        return new Cursor();
    }

    /** How many bytes it takes, apart from what is not packed yet. */
    long packedBytes() {
        return blocks.stream().mapToLong(block -> block.length).sum();
    }

    /** Goes through the calls in order of seq. */
    final class Cursor {
        private final Iterator<byte[]> left = blocks.iterator();
        private final List<Made> inOrder;
        private int nextLate;
        private byte @Nullable [] block;
        private int at;
        private int end;
        /** The next of the packed calls, if there is one. */
        private boolean isAhead;

        private int actAhead;
        private int effortAhead;
        private long seqAhead;

        private int act;
        private int effort;
        private long seq;

        private Cursor() {
            inOrder = late.isEmpty()
                    ? List.of()
                    : late.stream().sorted(Comparator.comparingLong(Made::seq)).toList();
            unpack();
        }

        /** Goes on to the next call, if there is one. */
        boolean next() {
            if (nextLate < inOrder.size() && (!isAhead || inOrder.get(nextLate).seq < seqAhead)) {
                Made made = inOrder.get(nextLate++);
                act = made.act;
                effort = made.effort;
                seq = made.seq;
                return true;
            }
            if (!isAhead) {
                return false;
            }
            act = actAhead;
            effort = effortAhead;
            seq = seqAhead;
            unpack();
            return true;
        }

        int act() {
            return act;
        }

        int effort() {
            return effort;
        }

        long seq() {
            return seq;
        }

        private void unpack() {
            if (at == end) {
                if (block == bytes) {
                    isAhead = false;
                    return;
                }
                block = left.hasNext() ? unpacked(left.next()) : bytes;
                end = block == bytes ? length : block.length;
                at = 0;
                isAhead = end > 0;
                if (!isAhead) {
                    return;
                }
            }
            actAhead = (int) read();
            effortAhead = (int) read();
            seqAhead += read();
        }

        private static byte[] unpacked(byte[] block) {
            return Zstd.decompress(block, (int) Zstd.getFrameContentSize(block));
        }

        private long read() {
            byte[] from = block;
            int next = at;
            byte b = from[next++];
            long value = b & 0x7f;
            for (int shift = 7; b < 0; shift += 7) {
                b = from[next++];
                value |= (b & 0x7fL) << shift;
            }
            at = next;
            return value;
        }
    }
}
