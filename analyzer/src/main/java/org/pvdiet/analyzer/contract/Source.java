package org.pvdiet.analyzer.contract;

import java.util.List;
import java.util.OptionalLong;
import org.pvdiet.analyzer.calls.FrameTable;
import org.pvdiet.analyzer.calls.Prototype;
import org.pvdiet.analyzer.calls.RecordedCall;
import org.pvdiet.analyzer.calls.RecordedEffect;
import org.pvdiet.analyzer.words.PageTableEntry;
import org.pvdiet.traces.CallColumn;
import org.pvdiet.traces.EffectKind;
import org.pvdiet.traces.Mode;

/**
 * A word that the result of a call, or what it writes, may follow.
 *
 * @param index of the argument or control register; else 0
 */
record Source(Kind kind, int index) {
    private static final String TO_MACHINE = " with the frame number translated to a machine frame";
    private static final String TO_PSEUDO_PHYSICAL = " with the frame number translated to a pseudo-physical frame";

    /** {@link Kind#READ} in words. */
    static final String READ = "what it reads";

    /** {@link Kind#OLD_VALUE} in words. */
    static final String OLD = "its old value";

    private static final long U32 = 0xffffffffL;
    private static final long INTERRUPT_FLAG = 0x200;

    /** In order of preference where several explain the same. */
    enum Kind {
        /** Argument {@code index} is the low half, the next one the high half. */
        ARGUMENT_PAIR,
        ARGUMENT,
        /** The argument, its pseudo-physical frame replaced by the machine frame behind it. */
        MACHINE_ARGUMENT,
        /** The argument, its machine frame replaced by the pseudo-physical one before it. */
        PSEUDO_PHYSICAL_ARGUMENT,
        /** What an instruction in the call read from an MSR, a port or the time-stamp counter. */
        READ,
        /** What the page-table entry that the call was given, or else changed, held before. */
        OLD_ENTRY,
        /** What was in the place before; not for results. */
        OLD_VALUE,
        RFLAGS,
        CONTROL_REGISTER,
        /** CR3 with its machine frame replaced by the pseudo-physical one. */
        PSEUDO_PHYSICAL_CR3,
        /** Bit 9 says whether interrupts are enabled as the kernel sees it; all others are 0. */
        INTERRUPT_FLAG
    }

    /** Whether a result may follow it. */
    boolean forResults() {
        return kind != Kind.OLD_VALUE;
    }

    /** Whether what is written may follow it. */
    boolean forEffects() {
        return switch (kind) {
            case ARGUMENT, ARGUMENT_PAIR, MACHINE_ARGUMENT, PSEUDO_PHYSICAL_ARGUMENT, OLD_VALUE -> true;
            case READ, OLD_ENTRY, RFLAGS, CONTROL_REGISTER, PSEUDO_PHYSICAL_CR3, INTERRUPT_FLAG -> false;
        };
    }

    /** Whether a call has a value of it. {@link Kind#OLD_VALUE} is the effect's. */
    boolean isPresent(RecordedCall call) {
        return switch (kind) {
            case ARGUMENT, MACHINE_ARGUMENT, PSEUDO_PHYSICAL_ARGUMENT -> index < call.argumentCount();
            case ARGUMENT_PAIR -> index + 1 < call.argumentCount();
            case READ -> read(call).isPresent();
            case OLD_ENTRY -> oldEntry(call).isPresent();
            case OLD_VALUE -> false;
            case RFLAGS, CONTROL_REGISTER, PSEUDO_PHYSICAL_CR3, INTERRUPT_FLAG -> call.argumentCount() == 0;
        };
    }

    /** Its value for a call that has one. */
    long value(RecordedCall call, Prototype prototype, FrameTable frames) {
        return switch (kind) {
            case ARGUMENT -> argument(call, prototype);
            case ARGUMENT_PAIR -> (call.argument(index) & U32) | call.argument(index + 1) << 32;
            case MACHINE_ARGUMENT, PSEUDO_PHYSICAL_ARGUMENT -> {
                long plain = argument(call, prototype);
                boolean entry = prototype.type(index).kind() == Prototype.Kind.ENTRY;
                yield entry && !PageTableEntry.isPresent(plain)
                        ? plain
                        : translated(plain, frames, kind == Kind.MACHINE_ARGUMENT);
            }
            case READ -> read(call).getAsLong();
            case OLD_ENTRY -> oldEntry(call).getAsLong();
            case OLD_VALUE -> throw new IllegalStateException("an effect's");
            case RFLAGS -> call.rflags();
            case CONTROL_REGISTER ->
                switch (index) {
                    case 0 -> call.cr0();
                    case 2 -> call.cr2();
                    case 3 -> call.cr3();
                    default -> call.cr4();
                };
            case PSEUDO_PHYSICAL_CR3 -> translated(call.cr3(), frames, false);
            case INTERRUPT_FLAG -> Mode.interruptsEnabled(call.mode()) ? INTERRUPT_FLAG : 0;
        };
    }

    private long argument(RecordedCall call, Prototype prototype) {
        long value = call.argument(index);
        return prototype.type(index).kind() == Prototype.Kind.SMALL ? value & U32 : value;
    }

    private static long translated(long value, FrameTable frames, boolean toMachine) {
        long frame = PageTableEntry.frame(value);
        OptionalLong other = toMachine ? frames.machine(frame) : frames.pseudoPhysical(frame);
        return other.isPresent() ? PageTableEntry.flags(value) | other.getAsLong() << 12 : value;
    }

    private static OptionalLong read(RecordedCall call) {
        OptionalLong last = OptionalLong.empty();
        for (RecordedEffect effect : call.effects()) {
            if (effect.kind() == EffectKind.MSR_READ
                    || effect.kind() == EffectKind.PORT_IN
                    || effect.kind() == EffectKind.TSC) {
                last = effect.value();
            }
        }
        return last;
    }

    private static OptionalLong oldEntry(RecordedCall call) {
        if (call.has(CallColumn.ENTRY)) {
            return OptionalLong.of(call.get(CallColumn.ENTRY));
        }
        for (RecordedEffect effect : call.effects()) {
            if (effect.kind() == EffectKind.PAGE_TABLE_ENTRY) {
                return effect.old();
            }
        }
        return OptionalLong.empty();
    }

    /** Words of sources, as if frames had one number on all platforms. */
    static String untranslated(String words) {
        return words.replace(TO_MACHINE, "").replace(TO_PSEUDO_PHYSICAL, "");
    }

    /** In words. */
    String words(List<String> arguments) {
        return switch (kind) {
            case ARGUMENT -> arguments.get(index);
            case ARGUMENT_PAIR -> arguments.get(index + 1) + ":" + arguments.get(index);
            case MACHINE_ARGUMENT -> arguments.get(index) + TO_MACHINE;
            case PSEUDO_PHYSICAL_ARGUMENT -> arguments.get(index) + TO_PSEUDO_PHYSICAL;
            case READ -> READ;
            case OLD_ENTRY -> "what the page-table entry held";
            case OLD_VALUE -> OLD;
            case RFLAGS -> "RFLAGS";
            case CONTROL_REGISTER -> "CR" + index;
            case PSEUDO_PHYSICAL_CR3 -> "CR3" + TO_PSEUDO_PHYSICAL;
            case INTERRUPT_FLAG -> "the interrupt flag";
        };
    }
}
