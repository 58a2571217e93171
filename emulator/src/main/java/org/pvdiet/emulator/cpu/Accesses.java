package org.pvdiet.emulator.cpu;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.pvdiet.emulator.cpu.decode.Segment;

/**
 * The accesses to memory of a block, in order, and which of them one look into the translation cache finds: those to nearby
 * places of what a register points to, as the fields of a structure or what is saved on the stack.
 */
final class Accesses {
    /** The bytes that one lookup is for, at most: where they cross a page, the interpreter makes the accesses. */
    private static final int MOST_BYTES = 128;

    /** A lookup of some consecutive bytes. It finds all of them or none. */
    static final class Lookup {
        private final int number;
        private long from;
        private long to;
        private boolean write;

        private Lookup(int number, long from, long to) {
            this.number = number;
            this.from = from;
            this.to = to;
        }

        /** Counts lookups of the block from 0. */
        int number() {
            return number;
        }

        int bytes() {
            return (int) (to - from);
        }

        /** Whether one of the accesses is a store. */
        boolean isWrite() {
            return write;
        }

        private boolean take(long first, long end) {
            long low = Math.min(from, first);
            long high = Math.max(to, end);
            if (high - low > MOST_BYTES) {
                return false;
            }
            from = low;
            to = high;
            return true;
        }
    }

    /**
     * An access.
     *
     * @param first whether it is the first that its lookup is for
     * @param at of its first byte, as {@link Lookup} counts
     */
    record Access(Lookup lookup, boolean first, long at) {
        /** How far behind the lookup's first byte the access begins. */
        int offset() {
            return (int) (at - lookup.from);
        }
    }

    /** A number that some register held at some time, by the order in which they came to be, and how much more than that. */
    private record Value(int origin, long more) {
        Value plus(long bytes) {
            return new Value(origin, more + bytes);
        }
    }

    /** Accesses with the same base differ by a number that is known. */
    private record Base(Segment segment, int base, int index, int shift) {
        // What a record has of these is made where it is first called: with the first regions, by all threads at once.
        @Override
        public boolean equals(Object other) {
            return other instanceof Base of
                    && of.segment == segment
                    && of.base == base
                    && of.index == index
                    && of.shift == shift;
        }

        @Override
        public int hashCode() {
            return (base * 31 + index) * 31 + shift;
        }
    }

    private final Queue<Access> accesses = new ArrayDeque<>();
    private final Map<Base, Lookup> latest = new HashMap<>();
    private final Value[] values = new Value[Address.ZERO + 1];
    private int origins;
    private int lookups;

    /** @param instructions of the block, as far as they are translated */
    Accesses(List<List<MicroOp>> instructions) {
        forgetAll();
        for (List<MicroOp> instruction : instructions) {
            for (MicroOp op : instruction) {
                access(op);
                follow(op);
            }
        }
    }

    /** The next access, each once. */
    Access next() {
        return accesses.remove();
    }

    private void access(MicroOp op) {
        if (op instanceof MicroOp.Load o) {
            add(o.address(), o.size(), false);
        } else if (op instanceof MicroOp.LoadForStore o) {
            add(o.address(), o.size(), true);
        } else if (op instanceof MicroOp.Store o) {
            add(o.address(), o.size(), true);
        } else if (op instanceof MicroOp.Push o) {
            add(o.slot(), o.size(), true);
        } else if (op instanceof MicroOp.Pop o) {
            add(o.top(), o.size(), false);
        } else if (op instanceof MicroOp.Call o) {
            add(o.slot(), o.size(), true);
        } else if (op instanceof MicroOp.CallRegister o) {
            add(o.slot(), o.size(), true);
        } else if (op instanceof MicroOp.Return o) {
            add(o.top(), o.size(), false);
        }
    }

    private void add(Address address, int size, boolean write) {
        Value base = values[address.base()];
        Value index = values[address.index()];
        long at = base.more + (index.more << address.shift()) + address.displacement();
        Base of = new Base(address.segment(), base.origin, index.origin, address.shift());
        Lookup lookup = latest.get(of);
        boolean first = lookup == null || !lookup.take(at, at + size);
        if (first) {
            lookup = new Lookup(lookups++, at, at + size);
            latest.put(of, lookup);
        }
        lookup.write |= write;
        accesses.add(new Access(lookup, first, at));
    }

    /** What registers hold after an operation. */
    private void follow(MicroOp op) {
        if (op instanceof MicroOp.Move o && o.size() == 8) {
            values[o.d()] = values[o.a()];
        } else if (op instanceof MicroOp.Effective o && o.size() == 8 && isOffset(o.address())) {
            values[o.d()] = offset(o.address());
        } else if (op instanceof MicroOp.AluConstant o && o.size() == 8 && o.operation() == MicroOp.Binary.ADD) {
            values[o.d()] = values[o.a()].plus(o.value());
        } else if (op instanceof MicroOp.AluConstant o && o.size() == 8 && o.operation() == MicroOp.Binary.SUB) {
            values[o.d()] = values[o.a()].plus(-o.value());
        } else if (op instanceof MicroOp.ToRegister o) {
            forget(o.d());
        } else if (op instanceof MicroOp.Push o) {
            values[Cpu.RSP] = offset(o.slot());
        } else if (op instanceof MicroOp.Pop o) {
            values[Cpu.RSP] = offset(o.after());
            forget(o.d());
        } else if (!(op instanceof MicroOp.Store
                || op instanceof MicroOp.Compare
                || op instanceof MicroOp.CompareConstant)) {
            forgetAll();
        }
    }

    private static boolean isOffset(Address address) {
        return address.index() == Address.ZERO && address.size() == 8;
    }

    private Value offset(Address address) {
        return values[address.base()].plus(address.displacement());
    }

    private void forget(int register) {
        values[register] = new Value(origins++, 0);
    }

    private void forgetAll() {
        Arrays.setAll(values, register -> new Value(origins++, 0));
    }
}
