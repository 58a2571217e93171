package org.pvdiet.analyzer.show;

import java.util.OptionalLong;
import java.util.function.LongFunction;
import org.pvdiet.analyzer.calls.FrameTable;
import org.pvdiet.analyzer.calls.Kernel;
import org.pvdiet.analyzer.calls.Prototype;
import org.pvdiet.analyzer.words.PageTableEntry;
import org.pvdiet.analyzer.words.RegisterBits;

/** Values with what is known of them. */
final class ValueText {
    private static final long SMALL = 10;

    private final Kernel kernel;

    ValueText(Kernel kernel) {
        this.kernel = kernel;
    }

    /** {@code 0x8000000001234063  frame 0x1234 (pfn 0x99), P RW A D NX}. */
    String typed(long value, Prototype.Type type) {
        if (type.kind() != Prototype.Kind.ENTRY) {
            return number(value);
        }
        return type.isEntryContent() ? entry(value, type.level(), this::guestFrame) : entry(value, type.level());
    }

    /** An entry as it stands in a table. */
    String entry(long value, int level) {
        return entry(value, level, this::frame);
    }

    private static String entry(long value, int level, LongFunction<String> frames) {
        if (value == 0) {
            return "0";
        }
        String flags = PageTableEntry.flagNames(value, level);
        String frame = PageTableEntry.frame(value) == 0 && !PageTableEntry.isPresent(value)
                ? ""
                : "  " + (PageTableEntry.isLeaf(value, level) ? "frame " : "table at frame ")
                        + frames.apply(PageTableEntry.frame(value));
        return hex(value) + frame + (flags.isEmpty() ? "" : ", " + flags);
    }

    /** A frame number as the trace's platform counts: on one that translates, a machine frame and what it is behind. */
    private String frame(long frame) {
        FrameTable frames = kernel.frames();
        if (frames.identity()) {
            return hex(frame);
        }
        OptionalLong pfn = frames.pseudoPhysical(frame);
        return pfn.isPresent()
                ? "mfn " + hex(frame) + " (pfn " + hex(pfn.getAsLong()) + ")"
                : hex(frame) + " (no mfn of the guest)";
    }

    /** A frame number as the guest's kernel counts. */
    private String guestFrame(long frame) {
        FrameTable frames = kernel.frames();
        if (frames.identity()) {
            return hex(frame);
        }
        OptionalLong mfn = frames.machine(frame);
        return "pfn " + hex(frame) + (mfn.isPresent() ? " (mfn " + hex(mfn.getAsLong()) + ")" : "");
    }

    /** A physical address. */
    String physical(long address) {
        OptionalLong pfn = kernel.frames().identity()
                ? OptionalLong.empty()
                : kernel.frames().pseudoPhysical(address >>> 12);
        return hex(address) + (pfn.isPresent() ? " (pfn " + hex(pfn.getAsLong()) + ")" : "");
    }

    /** A number, with its symbol if it is an address in the kernel. */
    String number(long value) {
        if (value > -4096 && value < SMALL) {
            return Long.toString(value);
        }
        return hex(value)
                + kernel.symbols().name(value).map(name -> " (" + name + ")").orElse("");
    }

    /** {@code 0x80050033 -> 0x8005003b (+TS)}. */
    String change(RegisterBits bits, long from, long to) {
        return hex(from) + " -> " + hex(to) + (from == to ? " (the same)" : " (" + bits.change(from, to) + ")");
    }

    static String hex(long value) {
        return "0x" + Long.toHexString(value);
    }
}
