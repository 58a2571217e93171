package org.pvdiet.analyzer.diff;

import java.util.Arrays;

/**
 * The calls of one site, packed: of each the numbers of its {@link Act} and its {@link Effort}, and how far its seq is from
 * the one before, seven bits to a byte. That is some four bytes a call.
 */
final class SiteLog {
    private static final int SMALLEST = 16;

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

    private byte[] bytes = {};
    private int length;
    private int calls;
    private long lastSeq;

    void add(int act, int effort, long seq) {
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
        int[] efforts = new int[calls];
        long[] seqs = new long[calls];
        Unpacking unpacking = new Unpacking();
        boolean ordered = true;
        long seq = 0;
        for (int i = 0; i < calls; i++) {
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
