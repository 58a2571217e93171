package org.pvdiet.analyzer.contract;

import java.util.Comparator;
import org.pvdiet.analyzer.words.DescriptorTable;
import org.pvdiet.analyzer.words.PageTableEntry;
import org.pvdiet.analyzer.words.RegisterBits;
import org.pvdiet.analyzer.words.Words;
import org.pvdiet.analyzer.words.XenNames;
import org.pvdiet.traces.EffectKind;
import org.pvdiet.traces.EffectOutcome;

/**
 * An effect apart from what differs between runs that do the same.
 *
 * @param kind what happened
 * @param detail level of the page table, width of the port access, or the hypercall's first argument where that is its
 *     command; else 0
 * @param where the place
 * @param value the new value, what was read, or a hypercall's result
 * @param outcome what became of it
 */
public record EffectForm(EffectKind kind, int detail, Form where, Form value, EffectOutcome outcome)
        implements Comparable<EffectForm> {
    private static final Comparator<EffectForm> ORDER = Comparator.comparing(EffectForm::kind)
            .thenComparingInt(EffectForm::detail)
            .thenComparing(EffectForm::where, formOrder())
            .thenComparing(EffectForm::value, formOrder())
            .thenComparing(EffectForm::outcome);

    // Written out: what the compiler makes of a record is slow until it has been called very often.
    @Override
    public boolean equals(Object object) {
        return object instanceof EffectForm other
                && kind == other.kind
                && detail == other.detail
                && where.equals(other.where)
                && value.equals(other.value)
                && outcome == other.outcome;
    }

    @Override
    public int hashCode() {
        return 31 * (31 * (31 * (31 * kind.ordinal() + detail) + where.hashCode()) + value.hashCode())
                + outcome.ordinal();
    }

    private static Comparator<Form> formOrder() {
        return Comparator.comparing(Form::kind)
                .thenComparingLong(Form::number)
                .thenComparingLong(Form::set)
                .thenComparingLong(Form::cleared);
    }

    @Override
    public int compareTo(EffectForm other) {
        return ORDER.compare(this, other);
    }

    /** Whether both are the same kind of change of the same place. */
    public boolean samePlace(EffectForm other) {
        return kind == other.kind && detail == other.detail && where.equals(other.where);
    }

    /** Whether both do the same, if by different ways. */
    public boolean sameChange(EffectForm other) {
        return samePlace(other)
                && value.equals(other.value)
                && isDone() == other.isDone()
                && (isDone() || outcome == other.outcome);
    }

    /** Whether what was asked for happened, by the processor or by the platform in its stead. */
    public boolean isDone() {
        return outcome == EffectOutcome.DONE || outcome == EffectOutcome.EMULATED;
    }

    /** Whether it says how an entry changed to which no argument points. */
    public boolean isChangeElsewhere() {
        return kind == EffectKind.PAGE_TABLE_ENTRY && where.equals(Form.NOTHING) && value.kind() == Form.Kind.OLD_VALUE;
    }

    /** The same without what it says of bits that are always left like that. */
    public EffectForm without(ConstantBits bits) {
        Form rest = new Form(value.kind(), value.number(), value.set() & ~bits.ones(), value.cleared() & ~bits.zeros());
        return new EffectForm(kind, detail, where, rest, outcome);
    }

    /** A sentence's part: {@code CR4 becomes val with 0x80 cleared}. */
    public String words(Names names) {
        String place = place(names);
        String what = switch (kind) {
            case PAGE_TABLE_ENTRY,
                    CONTROL_REGISTER,
                    DEBUG_REGISTER,
                    MSR_WRITE,
                    SEGMENT,
                    SHARED_MEMORY,
                    INTERRUPT_FLAG -> place + " becomes " + value.words(names, this::bits);
            case DESCRIPTOR_TABLE -> place + " becomes " + (isSelector() ? "a selector" : value.words(names));
            case DESCRIPTOR -> place + " changes";
            case HYPERCALL -> value.equals(Form.constant(0)) ? place : place + " gives " + value.words(names);
            case PORT_OUT -> value.words(names) + " to " + place;
            default -> place;
        };
        boolean nothing = outcome == EffectOutcome.IGNORED && value.equals(Form.NOTHING);
        if (nothing && kind == EffectKind.MSR_WRITE) {
            return place + " is silently not written";
        }
        return switch (outcome) {
            case DONE -> what;
            case EMULATED -> what + ", after a trap";
            case ALTERED -> what + ", not as asked";
            case IGNORED -> what + ", silently not done";
            case REFUSED -> what + ", refused";
            case FAILED -> what + ", failed";
        };
    }

    private boolean isSelector() {
        return value.kind() == Form.Kind.NUMBER && DescriptorTable.holdsSelector(where.number());
    }

    private String bits(long mask) {
        if (kind == EffectKind.PAGE_TABLE_ENTRY) {
            return String.join(" and ", PageTableEntry.flagList(mask, detail));
        }
        boolean register = kind == EffectKind.CONTROL_REGISTER;
        if (register && where.number() == 0) {
            return RegisterBits.CR0.names(mask);
        }
        return register && where.number() == 4 ? RegisterBits.CR4.names(mask) : "0x" + Long.toHexString(mask);
    }

    private String place(Names names) {
        long number = where.number();
        boolean known = where.kind() == Form.Kind.CONSTANT;
        return switch (kind) {
            case PAGE_TABLE_ENTRY ->
                where.kind() == Form.Kind.POINTED_TO
                        ? "the level " + detail + " entry " + where.words(names)
                        : "a level " + detail + " entry elsewhere";
            case CONTROL_REGISTER -> "CR" + number;
            case DEBUG_REGISTER -> "DR" + number;
            case MSR_READ -> "RDMSR of " + Words.msr(number);
            case MSR_WRITE -> Words.msr(number);
            case DESCRIPTOR_TABLE -> Words.descriptorTable(number);
            case DESCRIPTOR -> "a descriptor";
            case SEGMENT -> Words.segment(number);
            case TLB_FLUSH -> "TLB flush";
            case TLB_PAGE -> "TLB flush of " + where.words(names);
            case PORT_IN -> "IN from port 0x" + Long.toHexString(number);
            case PORT_OUT -> "port 0x" + Long.toHexString(number);
            case HYPERCALL -> "hypercall " + XenNames.hypercall(number, known ? detail : -1);
            case HYPERCALL_OPERATION -> XenNames.operation(number, detail);
            case EXCEPTION -> Words.exception(number);
            case INTERRUPT -> "interrupt";
            case HALT -> "HLT";
            case CPUID -> "CPUID leaf 0x" + Long.toHexString(number);
            case TSC -> "RDTSC";
            case INTERRUPT_FLAG -> "the interrupt flag";
            case SHARED_MEMORY -> "shared memory";
        };
    }
}
