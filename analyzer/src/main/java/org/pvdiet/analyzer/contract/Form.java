package org.pvdiet.analyzer.contract;

import com.google.common.base.Joiner;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongFunction;

/**
 * A value apart from what differs between runs that do the same: a constant, or where it comes from, or what it points to.
 * Two values of one form are the same to a comparison.
 *
 * @param kind what is known of the value
 * @param number the constant, the argument's number, or 0
 * @param set bits that are set in it and not in what it comes from
 * @param cleared bits that are set there and not in it
 */
public record Form(Kind kind, long number, long set, long cleared) {

    /** What is known of a value. */
    public enum Kind {
        /** There is none. */
        NOTHING,
        /** It is {@code number}. */
        CONSTANT,
        /** It points to the object of the kernel's image that begins at {@code number}. */
        IMAGE,
        /** It is argument {@code number}; of page-table entries, after translation of the frame. */
        ARGUMENT,
        /** Argument {@code number} holds its low half and the next one its high half. */
        ARGUMENT_PAIR,
        /** It is what argument {@code number} points to. */
        POINTED_TO,
        /** What was there before. */
        OLD_VALUE,
        /** What an instruction in the call read from a register or port. */
        READ,
        /** RFLAGS as they were before the call. */
        RFLAGS,
        /** Only bit 9 is that of RFLAGS, as the platform stands for it: whether interrupts were enabled. */
        INTERRUPT_BIT,
        /** Control register {@code number} before the call. */
        CONTROL_REGISTER,
        /** A page-table entry that is present. */
        PRESENT_ENTRY,
        /** One of a machine frame that is not the guest's. */
        FOREIGN_ENTRY,
        /** A page-table entry that is not present and not 0. */
        ABSENT_ENTRY,
        /** An address of the direct map of memory. */
        DIRECT_MAP,
        /** An address of vmalloc space, stacks among them. */
        VMALLOC,
        /** An address of the array of struct page. */
        VMEMMAP,
        /** Another address in the upper half. */
        KERNEL_ADDRESS,
        /** Any other number. */
        NUMBER
    }

    public static final Form NOTHING = new Form(Kind.NOTHING, 0, 0, 0);

    private static final long SMALL = 4096;
    private static final long DIRECT_MAP = 0xffff888000000000L;
    private static final long VMALLOC = 0xffffc90000000000L;
    private static final long VMALLOC_END = 0xffffe90000000000L;
    private static final long VMEMMAP = 0xffffea0000000000L;
    private static final long VMEMMAP_END = 0xffffeb0000000000L;

    /** Those that most values have. */
    private static final Form[] ZEROES =
            Arrays.stream(Kind.values()).map(kind -> new Form(kind, 0, 0, 0)).toArray(Form[]::new);

    public static Form of(Kind kind, long number) {
        return number == 0 ? ZEROES[kind.ordinal()] : new Form(kind, number, 0, 0);
    }

    /** That it is always {@code value}. */
    public static Form constant(long value) {
        return of(Kind.CONSTANT, value);
    }

    /** Whether a value is told by itself: a flag, a count, a small register number, an error. */
    static boolean isSmall(long value) {
        return value > -SMALL && value < SMALL;
    }

    /** What a 64-bit value points to (Linux, Documentation/x86/x86_64/mm.rst, four levels, no randomisation). */
    static Form pointer(long value) {
        if (value >= 0) {
            return of(Kind.NUMBER, 0);
        }
        if (value >= DIRECT_MAP && value < VMALLOC) {
            return of(Kind.DIRECT_MAP, 0);
        }
        if (value >= VMALLOC && value < VMALLOC_END) {
            return of(Kind.VMALLOC, 0);
        }
        if (value >= VMEMMAP && value < VMEMMAP_END) {
            return of(Kind.VMEMMAP, 0);
        }
        return of(value >= 0xffff800000000000L ? Kind.KERNEL_ADDRESS : Kind.NUMBER, 0);
    }

    // Written out: what the compiler makes of a record is slow until it has been called very often.
    @Override
    public boolean equals(Object object) {
        // Most are one of a few objects.
        return this == object
                || object instanceof Form other
                        && kind == other.kind
                        && number == other.number
                        && set == other.set
                        && cleared == other.cleared;
    }

    @Override
    public int hashCode() {
        return 31 * (31 * (31 * kind.ordinal() + Long.hashCode(number)) + Long.hashCode(set)) + Long.hashCode(cleared);
    }

    /** In words. */
    public String words(Names names) {
        return words(names, Form::hex);
    }

    /** In words; {@code bits} names those of a mask. */
    String words(Names names, LongFunction<String> bits) {
        String base = switch (kind) {
            case NOTHING -> "nothing";
            case CONSTANT -> number < 10 && number > -SMALL ? Long.toString(number) : hex(number);
            case IMAGE -> names.symbol(number);
            case ARGUMENT -> names.argument(number);
            case ARGUMENT_PAIR -> names.argument(number + 1) + ":" + names.argument(number);
            case POINTED_TO -> "*" + names.argument(number);
            case OLD_VALUE -> "the old value";
            case READ -> "what was read";
            case RFLAGS -> "RFLAGS";
            case INTERRUPT_BIT -> "the interrupt flag in bit 9, and other bits that are not those of RFLAGS";
            case CONTROL_REGISTER -> "CR" + number;
            case PRESENT_ENTRY -> "a present page-table entry";
            case FOREIGN_ENTRY -> "a present page-table entry of a frame that is not the guest's";
            case ABSENT_ENTRY -> "a page-table entry that is not present";
            case DIRECT_MAP -> "an address in the direct map";
            case VMALLOC -> "an address in vmalloc space";
            case VMEMMAP -> "an address of a struct page";
            case KERNEL_ADDRESS -> "a kernel address";
            case NUMBER -> "a number";
        };
        List<String> changes = new ArrayList<>();
        if (set != 0) {
            changes.add("with " + bits.apply(set) + " set");
        }
        if (cleared != 0) {
            changes.add((changes.isEmpty() ? "with " : "") + bits.apply(cleared) + " cleared");
        }
        return changes.isEmpty() ? base : base + " " + Joiner.on(" and ").join(changes);
    }

    private static String hex(long value) {
        return "0x" + Long.toHexString(value);
    }
}
