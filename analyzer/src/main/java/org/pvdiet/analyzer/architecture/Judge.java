package org.pvdiet.analyzer.architecture;

import java.util.List;
import java.util.OptionalLong;
import org.pvdiet.analyzer.architecture.Claim.Becomes;
import org.pvdiet.analyzer.architecture.Claim.Does;
import org.pvdiet.analyzer.architecture.Claim.Event;
import org.pvdiet.analyzer.architecture.Claim.FlushesPage;
import org.pvdiet.analyzer.architecture.Claim.Returns;
import org.pvdiet.analyzer.architecture.Claim.Term;
import org.pvdiet.analyzer.calls.Kernel;
import org.pvdiet.analyzer.calls.Prototype;
import org.pvdiet.analyzer.calls.RecordedCall;
import org.pvdiet.analyzer.calls.RecordedEffect;
import org.pvdiet.analyzer.words.DebugRegister;
import org.pvdiet.analyzer.words.PageTableEntry;
import org.pvdiet.traces.EffectKind;
import org.pvdiet.traces.Mode;
import org.pvdiet.traces.Outcome;

/** Says of one call whether a claim held. */
record Judge(Prototype prototype, Kernel kernel) {
    private static final long U32 = 0xffffffffL;
    private static final long PAGE_OFFSET = 0xfff;
    /** RF and VM are clear in what PUSHF pushes (SDM volume 2, PUSHF). */
    private static final long NOT_PUSHED = 0x30000;
    /** Bit 63 of what is moved to CR3 asks for no flush and is not kept (SDM volume 2, MOV to control registers). */
    private static final long NO_FLUSH = 1L << 63;

    private static final Term INTERRUPTS = new Term(Term.Kind.INTERRUPT_FLAG, 0);
    private static final long INTERRUPT_FLAG = 0x200;

    /** Whether a claim held. */
    enum Verdict {
        HELD,
        CONTRADICTED,
        /** The call does not tell. */
        SILENT
    }

    Verdict judge(Claim claim, RecordedCall call) {
        if (call.outcome() != Outcome.RETURNED || has(call, EffectKind.EXCEPTION)) {
            return Verdict.SILENT;
        }
        boolean interrupted = has(call, EffectKind.INTERRUPT);
        if (claim instanceof Returns returns) {
            return returns(returns.value(), call);
        }
        if (claim instanceof Becomes becomes) {
            return becomes(becomes, call, interrupted);
        }
        if (claim instanceof FlushesPage page) {
            OptionalLong address = value(page.address(), call);
            return verdict(
                    call.effects().stream()
                            .anyMatch(effect -> effect.kind() == EffectKind.TLB_PAGE
                                    && address.equals(OptionalLong.of(effect.address()))),
                    interrupted);
        }
        if (claim instanceof Does does) {
            // Only tables that are loaded are followed.
            return verdict(
                    call.effects().stream().anyMatch(effect -> is(does.event(), effect, call)),
                    interrupted || does.event() == Event.DESCRIPTOR);
        }
        return nothing(call);
    }

    /** What happens in an interrupted call after the interrupt is not recorded as its doing. */
    private static Verdict verdict(boolean held, boolean interrupted) {
        return held ? Verdict.HELD : interrupted ? Verdict.SILENT : Verdict.CONTRADICTED;
    }

    /** Calls within the call may turn interrupts off and on again, or clear a page that held a table once; that is no change. */
    private Verdict nothing(RecordedCall call) {
        OptionalLong flag = OptionalLong.empty();
        for (RecordedEffect effect : call.effects()) {
            if (effect.kind() == EffectKind.INTERRUPT) {
                return Verdict.SILENT;
            }
            if (effect.kind() == EffectKind.INTERRUPT_FLAG) {
                flag = effect.value();
            } else if (!kernel.isFormerTable(call, effect)) {
                return Verdict.CONTRADICTED;
            }
        }
        return verdict(flag.isEmpty() || flag.equals(before(INTERRUPTS, call)), false);
    }

    private static boolean has(RecordedCall call, EffectKind kind) {
        for (RecordedEffect effect : call.effects()) {
            if (effect.kind() == kind) {
                return true;
            }
        }
        return false;
    }

    private static boolean is(Event event, RecordedEffect effect, RecordedCall call) {
        return switch (event) {
            case CPUID -> effect.kind() == EffectKind.CPUID;
            case HLT -> effect.kind() == EffectKind.HALT;
            case OUT -> effect.kind() == EffectKind.PORT_OUT;
            case RDMSR -> effect.kind() == EffectKind.MSR_READ && effect.address() == (call.argument(0) & U32);
            case WRMSR -> effect.kind() == EffectKind.MSR_WRITE && effect.address() == (call.argument(0) & U32);
            case LGDT, LIDT, LLDT, LTR ->
                effect.kind() == EffectKind.DESCRIPTOR_TABLE
                        && effect.address() == event.ordinal() - Event.LGDT.ordinal();
            // A new page-table root implies the flush, SDM volume 3, section 4.10.4.1.
            case FLUSH -> effect.kind() == EffectKind.TLB_FLUSH || isRegister(effect, 3);
            case DESCRIPTOR -> effect.kind() == EffectKind.DESCRIPTOR;
        };
    }

    private static boolean isRegister(RecordedEffect effect, int number) {
        return effect.kind() == EffectKind.CONTROL_REGISTER && effect.address() == number;
    }

    private Verdict returns(Term term, RecordedCall call) {
        OptionalLong wanted = value(term, call);
        if (wanted.isEmpty() || call.result().isEmpty()) {
            return Verdict.SILENT;
        }
        long result = call.result().getAsLong();
        long given = prototype.returns().kind() == Prototype.Kind.SMALL ? (int) result : result;
        long ignored = term.kind() == Term.Kind.RFLAGS ? NOT_PUSHED : 0;
        boolean frame = prototype.returns().kind() == Prototype.Kind.ENTRY || isRoot(term);
        return same(given & ~ignored, wanted.getAsLong() & ~ignored, frame) ? Verdict.HELD : Verdict.CONTRADICTED;
    }

    /** What a call returned, or left at the place that the claim is about; empty where it left it alone. */
    OptionalLong found(Claim claim, RecordedCall call) {
        if (claim instanceof Returns) {
            return call.result();
        }
        return claim instanceof Becomes becomes ? written(becomes, call) : OptionalLong.empty();
    }

    private OptionalLong written(Becomes claim, RecordedCall call) {
        OptionalLong now = OptionalLong.empty();
        for (RecordedEffect effect : call.effects()) {
            if (isAt(claim.place(), effect, call) && effect.value().isPresent()) {
                now = effect.value();
            }
        }
        return now;
    }

    private Verdict becomes(Becomes claim, RecordedCall call, boolean interrupted) {
        OptionalLong wanted = value(claim.value(), call);
        if (wanted.isEmpty()) {
            return Verdict.SILENT;
        }
        OptionalLong now = written(claim, call);
        if (now.isEmpty() && claim.place().kind() == Term.Kind.INTERRUPT_FLAG) {
            return unchangedFlag(wanted.getAsLong(), call);
        }
        if (now.isEmpty()) {
            now = before(claim.place(), call);
        }
        if (now.isEmpty()) {
            return verdict(false, interrupted);
        }
        long kept = kept(claim.place(), call);
        boolean frame = claim.place().kind() == Term.Kind.ENTRY || isRoot(claim.place());
        return verdict(same(now.getAsLong() & kept, wanted.getAsLong() & kept, frame), interrupted);
    }

    /** Traces of older recorders have no effects of the flag; outside of level 0 a platform may keep it elsewhere. */
    private static Verdict unchangedFlag(long wanted, RecordedCall call) {
        OptionalLong after = call.rflagsAfter();
        if (Mode.privilegeLevel(call.mode()) != 0 || after.isEmpty()) {
            return before(INTERRUPTS, call).getAsLong() == wanted ? Verdict.HELD : Verdict.SILENT;
        }
        boolean on = (after.getAsLong() & INTERRUPT_FLAG) != 0;
        return on == (wanted != 0) ? Verdict.HELD : Verdict.CONTRADICTED;
    }

    private static boolean isRoot(Term term) {
        return term.kind() == Term.Kind.CONTROL_REGISTER && term.number() == 3;
    }

    /** Whether two values are the same, be the frame in them a pseudo-physical or a machine frame. */
    private boolean same(long a, long b, boolean frame) {
        return a == b
                || (frame
                        && PageTableEntry.flags(a) == PageTableEntry.flags(b)
                        && kernel.frames().same(PageTableEntry.frame(a), PageTableEntry.frame(b)));
    }

    /** Bits of a place that hold what is written. */
    private long kept(Term place, RecordedCall call) {
        if (place.kind() == Term.Kind.CONTROL_REGISTER && place.number() == 3) {
            return ~NO_FLUSH;
        }
        if (place.kind() == Term.Kind.DEBUG_REGISTER) {
            return ~DebugRegister.ones(call.argument(place.number()) & U32);
        }
        return ~0L;
    }

    private boolean isAt(Term place, RecordedEffect effect, RecordedCall call) {
        return switch (place.kind()) {
            case CONTROL_REGISTER -> isRegister(effect, place.number());
            case INTERRUPT_FLAG -> effect.kind() == EffectKind.INTERRUPT_FLAG;
            case MSR ->
                effect.kind() == EffectKind.MSR_WRITE && effect.address() == (call.argument(place.number()) & U32);
            case DEBUG_REGISTER ->
                effect.kind() == EffectKind.DEBUG_REGISTER && effect.address() == (call.argument(place.number()) & U32);
            case ENTRY -> isEntry(effect, call.argument(place.number()));
            case CONSTANT, RFLAGS, ARGUMENT, PAIR, OLD_ENTRY -> false;
        };
    }

    /** An entry's physical address and a pointer to it agree in the offset in the page. */
    private static boolean isEntry(RecordedEffect effect, long pointer) {
        return effect.kind() == EffectKind.PAGE_TABLE_ENTRY
                && (effect.address() & PAGE_OFFSET) == (pointer & PAGE_OFFSET);
    }

    /** What a place held before, if that is recorded; what it holds still where nothing happened to it. */
    private static OptionalLong before(Term place, RecordedCall call) {
        return switch (place.kind()) {
            case CONTROL_REGISTER -> OptionalLong.of(register(place.number(), call));
            case INTERRUPT_FLAG -> OptionalLong.of(Mode.interruptsEnabled(call.mode()) ? 1 : 0);
            default -> OptionalLong.empty();
        };
    }

    private static long register(int number, RecordedCall call) {
        return switch (number) {
            case 0 -> call.cr0();
            case 2 -> call.cr2();
            case 3 -> call.cr3();
            default -> call.cr4();
        };
    }

    private OptionalLong value(Term term, RecordedCall call) {
        if (term.kind() != Term.Kind.CONSTANT && term.number() >= call.argumentCount() && isOfArgument(term)) {
            return OptionalLong.empty();
        }
        return switch (term.kind()) {
            case CONSTANT -> OptionalLong.of(term.number());
            case CONTROL_REGISTER -> OptionalLong.of(register(term.number(), call));
            case RFLAGS -> OptionalLong.of(call.rflags());
            case INTERRUPT_FLAG -> OptionalLong.of(Mode.interruptsEnabled(call.mode()) ? 1 : 0);
            case ARGUMENT -> OptionalLong.of(call.argument(term.number()));
            case PAIR -> OptionalLong.of(call.argument(term.number()) << 32 | (call.argument(term.number() - 1) & U32));
            case MSR -> read(call.effects(), call.argument(term.number()) & U32);
            case OLD_ENTRY ->
                call.effects().stream()
                        .filter(effect -> isEntry(effect, call.argument(term.number())))
                        .findFirst()
                        .map(RecordedEffect::old)
                        .orElse(OptionalLong.empty());
            case DEBUG_REGISTER, ENTRY -> OptionalLong.empty();
        };
    }

    private static boolean isOfArgument(Term term) {
        return switch (term.kind()) {
            case ARGUMENT, PAIR, MSR, DEBUG_REGISTER, ENTRY, OLD_ENTRY -> true;
            case CONSTANT, CONTROL_REGISTER, RFLAGS, INTERRUPT_FLAG -> false;
        };
    }

    private static OptionalLong read(List<RecordedEffect> effects, long msr) {
        return effects.stream()
                .filter(effect -> effect.kind() == EffectKind.MSR_READ && effect.address() == msr)
                .findFirst()
                .map(RecordedEffect::value)
                .orElse(OptionalLong.empty());
    }
}
