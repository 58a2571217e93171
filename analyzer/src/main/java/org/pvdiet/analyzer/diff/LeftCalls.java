package org.pvdiet.analyzer.diff;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Calls of two runs at one site that have no partner in order, waiting for one out of order. At any time only one run's calls
 * wait for what was given the same: of two that were, the later one to come takes the first one that waits.
 */
final class LeftCalls {
    private static final int SMALLEST = 64;
    private static final long NONE = -1;

    /** Those that wait for the same. */
    private static final class Queue {
        private boolean ofFirst;
        private long head = NONE;
        private long tail = NONE;
    }

    private final int most;
    private final Map<Integer, Queue> byInput = new HashMap<>();

    /** By position modulo their length. Positions count up as calls come; those before {@link #begin} are forgotten. */
    private int[] inputs = new int[SMALLEST];

    private boolean[] waits = new boolean[SMALLEST];
    private int[] acts = new int[SMALLEST];
    private int[] efforts = new int[SMALLEST];
    private long[] seqs = new long[SMALLEST];
    private long[] following = new long[SMALLEST];
    private long begin;
    private long end;

    private int act;
    private int effort;
    private long seq;

    /**
     * @param most a power of two; how many calls without a partner may come before one is given up
     */
    LeftCalls(int most) {
        this.most = most;
    }

    /** Takes the first of the other run's calls that was given the same; else the call waits itself. */
    boolean take(boolean ofFirst, int input, int itsAct, int itsEffort, long itsSeq) {
        Queue queue = byInput.computeIfAbsent(input, key -> new Queue());
        if (queue.head == NONE || queue.ofFirst == ofFirst) {
            queue.ofFirst = ofFirst;
            wait(queue, input, itsAct, itsEffort, itsSeq);
            return false;
        }
        int at = at(queue.head);
        act = acts[at];
        effort = efforts[at];
        seq = seqs[at];
        waits[at] = false;
        advance(queue, at);
        return true;
    }

    private void wait(Queue queue, int input, int itsAct, int itsEffort, long itsSeq) {
        if (end - begin == inputs.length) {
            makeRoom();
        }
        int at = at(end);
        inputs[at] = input;
        waits[at] = true;
        acts[at] = itsAct;
        efforts[at] = itsEffort;
        seqs[at] = itsSeq;
        following[at] = NONE;
        if (queue.head == NONE) {
            queue.head = end;
        } else {
            following[at(queue.tail)] = end;
        }
        queue.tail = end;
        end++;
    }

    private void makeRoom() {
        if (inputs.length < most) {
            grow();
            return;
        }
        int at = at(begin);
        if (waits[at]) {
            // The first of all is the first of its queue.
            advance(byInput.get(inputs[at]), at);
        }
        begin++;
    }

    private void advance(Queue queue, int at) {
        queue.head = following[at];
    }

    /** Twice the room: a position's place is its own or that many further. */
    private void grow() {
        int length = inputs.length;
        inputs = Arrays.copyOf(inputs, 2 * length);
        waits = Arrays.copyOf(waits, 2 * length);
        acts = Arrays.copyOf(acts, 2 * length);
        efforts = Arrays.copyOf(efforts, 2 * length);
        seqs = Arrays.copyOf(seqs, 2 * length);
        following = Arrays.copyOf(following, 2 * length);
        System.arraycopy(inputs, 0, inputs, length, length);
        System.arraycopy(waits, 0, waits, length, length);
        System.arraycopy(acts, 0, acts, length, length);
        System.arraycopy(efforts, 0, efforts, length, length);
        System.arraycopy(seqs, 0, seqs, length, length);
        System.arraycopy(following, 0, following, length, length);
    }

    private int at(long position) {
        return (int) position & (inputs.length - 1);
    }

    /** The act of the call taken. */
    int act() {
        return act;
    }

    int effort() {
        return effort;
    }

    long seq() {
        return seq;
    }
}
