package org.pvdiet.analyzer.bits;

import java.util.HashMap;
import java.util.Map;
import org.pvdiet.analyzer.calls.FrameTable;
import org.pvdiet.analyzer.calls.RecordedCall;
import org.pvdiet.analyzer.words.PageTableEntry;

/**
 * Entries before and after one step. Of an entry that is not present only bit 0 counts: the others are the kernel's own. The
 * frame counts as one, since translation changes it as one.
 */
final class BitTally {
    private static final long UNSEEN = -1;
    private static final long PRESENT = 1;

    /** Flags before and after. */
    private record Change(long before, long after) {
        // Written out: what the compiler makes of a record is slow until it has been called very often.
        @Override
        public boolean equals(Object object) {
            return object instanceof Change other && before == other.before && after == other.after;
        }

        @Override
        public int hashCode() {
            return 31 * Long.hashCode(before) + Long.hashCode(after);
        }
    }

    /** How often, and where first. */
    private record Count(long calls, long witness) {
        static final Count NONE = new Count(0, UNSEEN);

        Count plus(Count other) {
            return new Count(calls + other.calls, first(witness, other.witness));
        }

        private static long first(long a, long b) {
            return a == UNSEEN ? b : b == UNSEEN ? a : Math.min(a, b);
        }
    }

    /** What is known of one bit. */
    record Observation(Fate fate, long calls, long witness) {
        static final Observation NONE = new Observation(Fate.UNSEEN, 0, UNSEEN);

        /** What is known after a second step. */
        Observation then(Observation second) {
            if (second.fate == Fate.UNSEEN) {
                return this;
            }
            boolean asFirst = switch (second.fate) {
                case KEPT -> fate != Fate.UNSEEN;
                case KEPT_ONE_VALUE -> fate != Fate.UNSEEN && fate != Fate.KEPT;
                default -> false;
            };
            return asFirst ? this : second;
        }
    }

    /** Entries that were not present, before and after. */
    private Count absent = Count.NONE;
    /** The others, by flags. */
    private final Map<Change, Count> changes = new HashMap<>();
    /** Entries that were refused. */
    private final Map<Long, Count> refusals = new HashMap<>();

    private final Frames kept = new Frames();
    private final Frames translated = new Frames();
    private final Frames otherwise = new Frames();
    private long calls;

    /** Frames that had one fate. */
    private static final class Frames {
        private Count count = Count.NONE;
        /** Bits that were 1 in one of them, and such that were 0. */
        private long ones;

        private long zeros;

        void add(long before, long after, Count more) {
            count = count.plus(more);
            ones |= before | after;
            zeros |= ~before | ~after;
        }

        void merge(Frames other) {
            count = count.plus(other.count);
            ones |= other.ones;
            zeros |= other.zeros;
        }
    }

    /** An entry that went through the step in a call, and others like it. */
    void passed(long before, long after, FrameTable frames, RecordedCall call) {
        calls += call.times();
        Count count = new Count(call.times(), call.seq());
        if (!PageTableEntry.isPresent(before) && !PageTableEntry.isPresent(after)) {
            absent = absent.plus(count);
            return;
        }
        Change change = new Change(PageTableEntry.flags(before), PageTableEntry.flags(after));
        changes.merge(change, count, Count::plus);
        if (!PageTableEntry.isPresent(before) || !PageTableEntry.isPresent(after)) {
            // An entry that a step makes absent has no frame any more, as Linux reads one of a frame that is not the
            // guest's.
            return;
        }
        long from = PageTableEntry.frame(before);
        long to = PageTableEntry.frame(after);
        Frames fate = from == to ? kept : frames.same(from, to) ? translated : otherwise;
        fate.add(before, after, count);
    }

    /** An entry that did not. */
    void refused(long entry, RecordedCall call) {
        calls += call.times();
        refusals.merge(entry, new Count(call.times(), call.seq()), Count::plus);
    }

    void merge(BitTally later) {
        absent = absent.plus(later.absent);
        later.changes.forEach((change, count) -> changes.merge(change, count, Count::plus));
        later.refusals.forEach((entry, count) -> refusals.merge(entry, count, Count::plus));
        kept.merge(later.kept);
        translated.merge(later.translated);
        otherwise.merge(later.otherwise);
        calls += later.calls;
    }

    long calls() {
        return calls;
    }

    Observation bit(int bit) {
        long mask = 1L << bit;
        return (PageTableEntry.FRAME_MASK & mask) != 0 ? frameBit(mask) : flag(mask);
    }

    private Observation flag(long mask) {
        Count zeroKept = mask == PRESENT ? absent : count(mask, false, false);
        Count set = count(mask, false, true);
        Count cleared = count(mask, true, false);
        Count oneKept = count(mask, true, true);
        Count refused = refused(mask, true);
        if (refused.calls > 0 && cleared.calls + oneKept.calls == 0 && refused(mask, false).calls == 0) {
            return new Observation(Fate.REFUSED, refused.calls, refused.witness);
        }
        if (set.calls > 0 && zeroKept.calls + cleared.calls == 0) {
            return observation(Fate.FORCED, set, set.plus(oneKept));
        }
        if (cleared.calls > 0 && oneKept.calls + set.calls == 0) {
            return observation(Fate.CLEARED, cleared, cleared.plus(zeroKept));
        }
        if (set.calls + cleared.calls > 0) {
            Count changed = set.plus(cleared);
            return observation(Fate.VARIES, changed, changed.plus(zeroKept).plus(oneKept));
        }
        return kept(oneKept, zeroKept, oneKept.plus(zeroKept));
    }

    private Observation frameBit(long mask) {
        boolean moved = (translated.ones & mask) != 0;
        if ((otherwise.ones & mask) != 0 || (moved && (kept.ones & mask) != 0)) {
            Count odd = otherwise.count.calls > 0 ? otherwise.count : translated.count;
            return observation(
                    Fate.VARIES, odd, otherwise.count.plus(translated.count).plus(kept.count));
        }
        if (moved) {
            return observation(Fate.TRANSLATED, translated.count, translated.count);
        }
        Count count = kept.count.plus(translated.count).plus(otherwise.count);
        return kept(
                (kept.ones & mask) != 0 ? kept.count : Count.NONE, (zeros() & mask) != 0 ? count : Count.NONE, count);
    }

    private long zeros() {
        return kept.zeros | translated.zeros | otherwise.zeros;
    }

    private static Observation kept(Count one, Count zero, Count all) {
        Fate fate = one.calls > 0 && zero.calls > 0
                ? Fate.KEPT
                : one.calls + zero.calls > 0 ? Fate.KEPT_ONE_VALUE : Fate.UNSEEN;
        Count witness = one.calls > 0 ? one : zero;
        return new Observation(fate, all.calls, witness.witness);
    }

    /** {@code shows} is what the witness is of. */
    private static Observation observation(Fate fate, Count shows, Count all) {
        return new Observation(fate, all.calls, shows.witness);
    }

    private Count count(long mask, boolean before, boolean after) {
        return changes.entrySet().stream()
                .filter(entry -> ((entry.getKey().before & mask) != 0) == before
                        && ((entry.getKey().after & mask) != 0) == after)
                .map(Map.Entry::getValue)
                .reduce(Count.NONE, Count::plus);
    }

    private Count refused(long mask, boolean set) {
        return refusals.entrySet().stream()
                .filter(entry -> ((entry.getKey() & mask) != 0) == set)
                .map(Map.Entry::getValue)
                .reduce(Count.NONE, Count::plus);
    }
}
