package org.pvdiet.analyzer.diff;

import java.util.Arrays;

/**
 * The calls of one site, packed: of each the number of its {@link Act} and how far its seq is from the one before, seven
 * bits to a byte. That is some three bytes a call.
 */
final class SiteLog {
    private static final int SMALLEST = 16;

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

    private byte[] bytes = {};
    private int length;
    private int calls;
    private long lastSeq;

    void add(int act, long seq) {
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

    private void write(long value) {
        if (length + 10 > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(SMALLEST, bytes.length + bytes.length / 2));
        }
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

    private final class Unpacking {
        private int at;

        long next() {
            long value = 0;
            int shift = 0;
            while (true) {
                byte b = bytes[at++];
                value |= (b & 0x7fL) << shift;
                if (b >= 0) {
                    return value;
                }
                shift += 7;
            }
        }
    }
}
