package org.pvdiet.analyzer.contract;

import org.pvdiet.analyzer.calls.FrameTable;
import org.pvdiet.analyzer.calls.Kernel;
import org.pvdiet.analyzer.calls.Prototype;
import org.pvdiet.analyzer.calls.RecordedCall;
import org.pvdiet.analyzer.calls.RecordedEffect;
import org.pvdiet.analyzer.words.PageTableEntry;
import org.pvdiet.analyzer.words.Words;
import org.pvdiet.analyzer.words.XenNames;
import org.pvdiet.traces.EffectKind;

/**
 * What an effect happened to, apart from addresses that change from call to call.
 *
 * @param detail level of a page table, width of a port access, command of a hypercall or of its operation; else 0
 * @param where how {@code number} names the place
 * @param number of a register, port, vector, hypercall or argument; else 0
 */
record EffectPlace(EffectKind kind, int detail, Where where, long number) implements Comparable<EffectPlace> {
    private static final long PAGE_OFFSET = 0xfff;
    private static final long U32 = 0xffffffffL;
    /** Hypercalls whose first argument is a register and no command, Xen's public header xen.h. */
    private static final long SET_DEBUGREG = 8;

    private static final long GET_DEBUGREG = 9;
    private static final int MOST_COMMANDS = 256;
    private static final int ROOT_LEVEL = 4;
    /** HYPERVISOR_VIRT_START to HYPERVISOR_VIRT_END, public/arch-x86/xen-x86_64.h. */
    private static final long FIRST_XEN_SLOT = 256;

    private static final long LAST_XEN_SLOT = 271;

    /** How a place is named. */
    enum Where {
        /** It has this number. */
        NUMBER,
        /** Its number or address is the value of this argument. */
        ARGUMENT,
        /** This argument points to it. */
        POINTED_TO,
        /** It is the page-table entry that maps the frame whose number this argument is. */
        MAPS_ARGUMENT,
        /** It is the platform's own, in a page table that it keeps or in a part of the guest's that it does. */
        PLATFORMS,
        /** Another one, or the only one. */
        SOME
    }

    static EffectPlace of(RecordedCall call, RecordedEffect effect, Kernel kernel) {
        long address = effect.address();
        EffectKind kind = effect.kind();
        return switch (kind) {
            case PAGE_TABLE_ENTRY -> entry(call, effect, kernel);
            case CONTROL_REGISTER, DESCRIPTOR_TABLE, SEGMENT, EXCEPTION ->
                new EffectPlace(kind, 0, Where.NUMBER, address);
            case DEBUG_REGISTER, MSR_READ, MSR_WRITE, TLB_PAGE -> {
                int argument = argument(call, address, kernel);
                if (argument >= 0) {
                    yield new EffectPlace(kind, 0, Where.ARGUMENT, argument);
                }
                yield kind == EffectKind.TLB_PAGE
                        ? new EffectPlace(kind, 0, Where.SOME, 0)
                        : new EffectPlace(kind, 0, Where.NUMBER, address);
            }
            case PORT_IN, PORT_OUT, HYPERCALL_OPERATION -> new EffectPlace(kind, effect.level(), Where.NUMBER, address);
            case HYPERCALL -> {
                long command =
                        XenNames.hasCommand(address) && !effect.arguments().isEmpty()
                                ? effect.arguments().get(0)
                                : 0;
                boolean register = address == SET_DEBUGREG || address == GET_DEBUGREG;
                yield new EffectPlace(
                        kind,
                        !register && command >= 0 && command < MOST_COMMANDS ? (int) command : 0,
                        Where.NUMBER,
                        address);
            }
            case DESCRIPTOR, TLB_FLUSH, INTERRUPT, HALT, CPUID, TSC, INTERRUPT_FLAG, SHARED_MEMORY ->
                new EffectPlace(kind, 0, Where.SOME, 0);
        };
    }

    private static int argument(RecordedCall call, long value, Kernel kernel) {
        Prototype prototype = kernel.prototype(call.hook());
        for (int i = 0; i < call.argumentCount(); i++) {
            long argument = call.argument(i);
            if (value == (prototype.type(i).kind() == Prototype.Kind.SMALL ? argument & U32 : argument)) {
                return i;
            }
        }
        return -1;
    }

    /** An entry's physical address and a pointer to it agree in the offset in the page. */
    private static EffectPlace entry(RecordedCall call, RecordedEffect effect, Kernel kernel) {
        Prototype prototype = kernel.prototype(call.hook());
        for (int i = 0; i < call.argumentCount(); i++) {
            Prototype.Type type = prototype.type(i);
            if (type.kind() == Prototype.Kind.POINTER
                    && type.level() > 0
                    && (call.argument(i) & PAGE_OFFSET) == (effect.address() & PAGE_OFFSET)) {
                return new EffectPlace(effect.kind(), effect.level(), Where.POINTED_TO, i);
            }
        }
        long old = effect.old().orElse(0);
        for (int i = 0; i < call.argumentCount(); i++) {
            if (prototype.type(i).kind() == Prototype.Kind.WORD
                    && call.argument(i) != 0
                    && PageTableEntry.isPresent(old)
                    && kernel.frames().same(PageTableEntry.frame(old), call.argument(i))) {
                return new EffectPlace(effect.kind(), effect.level(), Where.MAPS_ARGUMENT, i);
            }
        }
        return new EffectPlace(
                effect.kind(), effect.level(), isPlatforms(effect, kernel.frames()) ? Where.PLATFORMS : Where.SOME, 0);
    }

    /** Whether it is an entry of which the kernel sees nothing: a hypervisor's own. */
    static boolean isPlatformsEntry(RecordedCall call, RecordedEffect effect, Kernel kernel) {
        return effect.kind() == EffectKind.PAGE_TABLE_ENTRY
                && !kernel.frames().identity()
                && entry(call, effect, kernel).where == Where.PLATFORMS;
    }

    /** Whether an entry is in Xen's part of a guest's table, a table not in the guest's memory, or names one that is not. */
    private static boolean isPlatforms(RecordedEffect effect, FrameTable frames) {
        if (frames.identity()) {
            return false;
        }
        long value = effect.value().orElse(0);
        long slot = (effect.address() & PAGE_OFFSET) / Long.BYTES;
        return effect.level() == ROOT_LEVEL && slot >= FIRST_XEN_SLOT && slot <= LAST_XEN_SLOT
                || frames.pseudoPhysical(PageTableEntry.frame(effect.address())).isEmpty()
                || effect.level() > 1 && Classifier.isForeign(value, frames);
    }

    /** Whether a call leaves one value in it, however often it is written meanwhile. */
    boolean holdsOneValue() {
        return kind == EffectKind.CONTROL_REGISTER
                || kind == EffectKind.DEBUG_REGISTER
                || kind == EffectKind.DESCRIPTOR_TABLE
                || kind == EffectKind.SEGMENT
                || where == Where.POINTED_TO;
    }

    /** Whether it is page-table entries of this level to which no argument points, and which are not the platform's own. */
    boolean isEntryElsewhere(int level) {
        return kind == EffectKind.PAGE_TABLE_ENTRY
                && detail == level
                && (where == Where.MAPS_ARGUMENT || where == Where.SOME);
    }

    /** In the words of a claim: at which level an entry is that a call was given a pointer to, is its caller's doing. */
    String claim(Prototype prototype) {
        return kind == EffectKind.PAGE_TABLE_ENTRY && where == Where.POINTED_TO
                ? "*" + prototype.name((int) number)
                : words(prototype);
    }

    /** In words; {@code prototype} is the hook's. */
    String words(Prototype prototype) {
        String argument = where == Where.SOME || where == Where.NUMBER || where == Where.PLATFORMS
                ? ""
                : prototype.name((int) number);
        return switch (kind) {
            case PAGE_TABLE_ENTRY ->
                switch (where) {
                    case POINTED_TO ->
                        "*" + argument
                                + (prototype.type((int) number).level() == detail ? "" : " (level " + detail + ")");
                    case MAPS_ARGUMENT -> "the level " + detail + " entry that maps " + argument;
                    case PLATFORMS -> "level " + detail + " entries of the platform's own";
                    default -> "level " + detail + " entries elsewhere";
                };
            case CONTROL_REGISTER -> "CR" + number;
            case DEBUG_REGISTER -> where == Where.ARGUMENT ? "debug register " + argument : "DR" + number;
            case MSR_READ, MSR_WRITE -> where == Where.ARGUMENT ? "MSR " + argument : Words.msr(number);
            case DESCRIPTOR_TABLE -> Words.descriptorTable(number);
            case DESCRIPTOR -> "a descriptor";
            case SEGMENT -> Words.segment(number);
            case TLB_PAGE -> where == Where.ARGUMENT ? argument : "a page";
            case PORT_IN, PORT_OUT -> "port 0x" + Long.toHexString(number);
            case HYPERCALL -> hypercall();
            case HYPERCALL_OPERATION -> XenNames.operation(number, detail);
            case EXCEPTION -> Words.exception(number);
            case INTERRUPT_FLAG -> "the interrupt flag";
            case SHARED_MEMORY -> "memory shared with the platform";
            case TSC -> "the time-stamp counter";
            case TLB_FLUSH, INTERRUPT, HALT, CPUID -> "";
        };
    }

    private String hypercall() {
        String name = XenNames.hypercall(number, detail);
        return number == SET_DEBUGREG || number == GET_DEBUGREG ? name.substring(0, name.indexOf('(')) : name;
    }

    @Override
    public int compareTo(EffectPlace other) {
        // Written out: a chain of comparators takes several times as long, and there is a comparison or more for each
        // effect.
        int order = kind.compareTo(other.kind);
        if (order == 0) {
            order = where.compareTo(other.where);
        }
        if (order == 0) {
            order = Long.compare(number, other.number);
        }
        return order == 0 ? Integer.compare(detail, other.detail) : order;
    }

    /** Whether its words are in the plural. */
    boolean isPlural() {
        return kind == EffectKind.PAGE_TABLE_ENTRY && (where == Where.SOME || where == Where.PLATFORMS);
    }
}
