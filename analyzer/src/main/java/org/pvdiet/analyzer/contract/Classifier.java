package org.pvdiet.analyzer.contract;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import org.pvdiet.analyzer.calls.FrameTable;
import org.pvdiet.analyzer.calls.Kernel;
import org.pvdiet.analyzer.calls.Prototype;
import org.pvdiet.analyzer.calls.RecordedCall;
import org.pvdiet.analyzer.calls.RecordedEffect;
import org.pvdiet.analyzer.words.DebugRegister;
import org.pvdiet.analyzer.words.DescriptorTable;
import org.pvdiet.analyzer.words.PageTableEntry;
import org.pvdiet.analyzer.words.XenNames;
import org.pvdiet.traces.CallColumn;
import org.pvdiet.traces.EffectKind;
import org.pvdiet.traces.EffectOutcome;
import org.pvdiet.traces.Mode;

/** Finds the forms of a call's input and behaviour. One for each trace; safe for several threads. */
public final class Classifier {
    private static final long INTERRUPT_FLAG = 0x200;
    private static final long PAGE_OFFSET = 0xfff;
    private static final long U32 = 0xffffffffL;
    /** CR3. */
    private static final long ROOT = 3;

    private static final EffectForm FLUSH =
            new EffectForm(EffectKind.TLB_FLUSH, 0, Form.NOTHING, Form.NOTHING, EffectOutcome.DONE);

    private final Kernel kernel;
    private final BitSet interruptHooks = new BitSet();

    public Classifier(Kernel kernel) {
        this.kernel = kernel;
        kernel.hooks().stream()
                .filter(hook -> hook.group().equals("irq"))
                .forEach(hook -> interruptHooks.set(hook.id()));
    }

    /** The form of what the call was given. */
    public Input input(RecordedCall call) {
        Prototype prototype = kernel.prototype(call.hook());
        Form[] forms = new Form[call.argumentCount()];
        for (int i = 0; i < forms.length; i++) {
            forms[i] = argument(i, call.argument(i), prototype.type(i));
        }
        boolean interrupts = isInterruptHook(call) && Mode.interruptsEnabled(call.mode());
        return new Input(call.lazy(), interrupts, List.of(forms));
    }

    private boolean isInterruptHook(RecordedCall call) {
        return interruptHooks.get(call.hook());
    }

    private Form argument(int index, long value, Prototype.Type type) {
        return switch (type.kind()) {
            case ENTRY ->
                !type.isEntryContent() && isForeign(value, kernel.frames())
                        ? Form.of(Form.Kind.FOREIGN_ENTRY, 0)
                        : entry(value);
            case SMALL ->
                index == 0 || Form.isSmall((int) value) ? Form.constant(value & U32) : Form.of(Form.Kind.NUMBER, 0);
            case POINTER -> word(value);
            // An address, a frame, a register's content: what it is differs between runs.
            case WORD, NOTHING ->
                value == 0 ? Form.constant(0) : isNumber(value) ? Form.of(Form.Kind.NUMBER, 0) : word(value);
        };
    }

    /**
     * Whether an entry as the tables hold it maps a frame of which the guest has no pseudo-physical number, of another
     * domain or of a device.
     */
    static boolean isForeign(long entry, FrameTable frames) {
        return PageTableEntry.isPresent(entry)
                && frames.pseudoPhysical(PageTableEntry.frame(entry)).isEmpty();
    }

    private static boolean isNumber(long value) {
        return value >= 0 || Form.isSmall(value);
    }

    /** The form of what the call did. */
    public Behaviour behaviour(RecordedCall call) {
        return new Behaviour(call.outcome(), result(call), effects(call));
    }

    private Form result(RecordedCall call) {
        if (call.result().isEmpty()) {
            return Form.NOTHING;
        }
        long result = call.result().getAsLong();
        Prototype prototype = kernel.prototype(call.hook());
        if (prototype.returns().kind() == Prototype.Kind.ENTRY) {
            return entryResult(call, result, prototype);
        }
        if (call.argumentCount() == 0) {
            Form state = state(call, result);
            if (!state.equals(Form.NOTHING)) {
                return state;
            }
        }
        if (prototype.returns().kind() == Prototype.Kind.SMALL) {
            // An error, while what is read goes elsewhere: that both are 0 says nothing.
            return Form.constant((int) result);
        }
        for (RecordedEffect effect : call.effects()) {
            if (isRead(effect.kind())
                    && effect.value().isPresent()
                    && effect.value().getAsLong() == result) {
                return Form.of(Form.Kind.READ, 0);
            }
        }
        if (Form.isSmall(result)) {
            return Form.constant(result);
        }
        for (int i = 0; i < call.argumentCount(); i++) {
            if (call.argument(i) == result) {
                return Form.of(Form.Kind.ARGUMENT, i);
            }
        }
        return result >= 0 && result <= U32 ? Form.constant(result) : word(result);
    }

    private Form entryResult(RecordedCall call, long result, Prototype prototype) {
        if (result == 0) {
            return Form.constant(0);
        }
        for (int i = 0; i < call.argumentCount(); i++) {
            long argument = call.argument(i);
            if (prototype.type(i).kind() == Prototype.Kind.ENTRY && sameFrame(argument, result)) {
                return changed(Form.Kind.ARGUMENT, i, argument, result);
            }
        }
        if (call.has(CallColumn.ENTRY) && sameFrame(call.get(CallColumn.ENTRY), result)) {
            return changed(Form.Kind.OLD_VALUE, 0, call.get(CallColumn.ENTRY), result);
        }
        for (RecordedEffect effect : call.effects()) {
            if (effect.kind() == EffectKind.PAGE_TABLE_ENTRY
                    && effect.old().isPresent()
                    && sameFrame(effect.old().getAsLong(), result)) {
                return changed(Form.Kind.OLD_VALUE, 0, effect.old().getAsLong(), result);
            }
        }
        return entry(result);
    }

    private Form state(RecordedCall call, long result) {
        if (result == call.rflags()) {
            return Form.of(Form.Kind.RFLAGS, 0);
        }
        if (isInterruptHook(call)
                && (result & INTERRUPT_FLAG) == (Mode.interruptsEnabled(call.mode()) ? INTERRUPT_FLAG : 0)) {
            return Form.of(Form.Kind.INTERRUPT_BIT, 0);
        }
        if (Form.isSmall(result)) {
            return Form.NOTHING;
        }
        if (result == call.cr0()) {
            return Form.of(Form.Kind.CONTROL_REGISTER, 0);
        }
        if (result == call.cr2()) {
            return Form.of(Form.Kind.CONTROL_REGISTER, 2);
        }
        if (result == call.cr3()
                || (sameFrame(result, call.cr3())
                        && PageTableEntry.flags(result) == PageTableEntry.flags(call.cr3()))) {
            return Form.of(Form.Kind.CONTROL_REGISTER, 3);
        }
        return result == call.cr4() ? Form.of(Form.Kind.CONTROL_REGISTER, 4) : Form.NOTHING;
    }

    private static boolean isRead(EffectKind kind) {
        return kind == EffectKind.MSR_READ || kind == EffectKind.PORT_IN || kind == EffectKind.TSC;
    }

    private List<EffectForm> effects(RecordedCall call) {
        if (call.effects().isEmpty()) {
            return List.of();
        }
        List<EffectForm> forms = new ArrayList<>(call.effects().size());
        boolean excepted = false;
        boolean interrupted = false;
        boolean rootChanges = false;
        for (RecordedEffect effect : call.effects()) {
            if (effect.kind() == EffectKind.INTERRUPT) {
                interrupted = true;
                break;
            }
            excepted |= effect.kind() == EffectKind.EXCEPTION;
            boolean handlers = excepted && effect.isHypercallIret();
            // What a hypercall's operations did is there too.
            boolean part = effect.kind() == EffectKind.HYPERCALL_OPERATION;
            if (!handlers
                    && !part
                    && !changesNothing(effect)
                    && !kernel.isFormerTable(call, effect)
                    && !EffectPlace.isPlatformsEntry(call, effect, kernel)) {
                EffectForm form = effect(call, effect);
                rootChanges |= isRootChange(form);
                if (!forms.contains(form)) {
                    forms.add(form);
                }
            }
        }
        // How the interrupt flag was left in the end is not known of a call that went on after an interrupt.
        if (interrupted || isRestored(call)) {
            forms.removeIf(form -> form.kind() == EffectKind.INTERRUPT_FLAG);
        }
        if (rootChanges) {
            // A new page-table root implies the flush, SDM volume 3, section 4.10.4.1.
            forms.remove(FLUSH);
        }
        if (forms.size() > 1) {
            Collections.sort(forms);
        }
        return forms;
    }

    /** Whether the interrupt flag was changed and is in the end as it was: callers cannot tell. */
    private static boolean isRestored(RecordedCall call) {
        OptionalLong before = OptionalLong.empty();
        OptionalLong after = OptionalLong.empty();
        for (RecordedEffect effect : call.effects()) {
            if (effect.kind() == EffectKind.INTERRUPT_FLAG) {
                before = before.isPresent() ? before : effect.old();
                after = effect.value();
            }
        }
        return before.isPresent() && before.equals(after);
    }

    /** Tables in memory hold what was there before. */
    private static boolean changesNothing(RecordedEffect effect) {
        return (effect.kind() == EffectKind.DESCRIPTOR || effect.kind() == EffectKind.PAGE_TABLE_ENTRY)
                && effect.old().isPresent()
                && effect.old().equals(effect.value());
    }

    private static boolean isRootChange(EffectForm form) {
        return form.kind() == EffectKind.CONTROL_REGISTER && form.where().number() == ROOT;
    }

    /** The form of one effect of a call. */
    public EffectForm effect(RecordedCall call, RecordedEffect effect) {
        long address = effect.address();
        Form where = Form.constant(address);
        Form value = Form.NOTHING;
        int detail = effect.level();
        switch (effect.kind()) {
            case PAGE_TABLE_ENTRY -> {
                where = pointedTo(call, address);
                value = entryValue(call, effect, where);
            }
            case CONTROL_REGISTER -> {
                value = register(call, effect);
                if (address == ROOT
                        && value.kind() == Form.Kind.NUMBER
                        && effect.old().equals(effect.value())) {
                    return FLUSH;
                }
            }
            case DEBUG_REGISTER -> value = debugRegister(call, effect);
            case SEGMENT, MSR_WRITE -> value = plain(call, effect.value());
            case DESCRIPTOR_TABLE -> value = table(call, effect);
            case DESCRIPTOR, SHARED_MEMORY -> where = Form.NOTHING;
            case TLB_PAGE -> where = plain(call, OptionalLong.of(address));
            case PORT_OUT -> value = plain(call, effect.value());
            case HYPERCALL -> {
                value = effect.result().isPresent()
                        ? hypercallResult(effect.result().getAsLong())
                        : Form.NOTHING;
                detail = XenNames.hasCommand(address) && !effect.arguments().isEmpty()
                        ? effect.arguments().get(0).intValue()
                        : 0;
            }
            case INTERRUPT_FLAG -> {
                where = Form.NOTHING;
                value = plain(call, effect.value());
            }
            case TLB_FLUSH, TSC, HALT -> where = Form.NOTHING;
            case EXCEPTION, INTERRUPT, CPUID, MSR_READ, PORT_IN, HYPERCALL_OPERATION -> {}
        }
        // Whose trap an exception came from says nothing of the exception.
        EffectOutcome outcome = effect.kind() == EffectKind.EXCEPTION ? EffectOutcome.DONE : effect.outcome();
        return new EffectForm(effect.kind(), detail, where, value, outcome);
    }

    private static Form hypercallResult(long result) {
        return Form.isSmall(result) && result <= 0 ? Form.constant(result) : Form.of(Form.Kind.NUMBER, 0);
    }

    /** An entry's physical address and a pointer to it agree in the offset in the page. */
    private Form pointedTo(RecordedCall call, long address) {
        Prototype prototype = kernel.prototype(call.hook());
        for (int i = 0; i < call.argumentCount(); i++) {
            if (prototype.type(i).kind() == Prototype.Kind.POINTER
                    && prototype.type(i).level() > 0
                    && (call.argument(i) & PAGE_OFFSET) == (address & PAGE_OFFSET)) {
                return Form.of(Form.Kind.POINTED_TO, i);
            }
        }
        return Form.NOTHING;
    }

    private Form entryValue(RecordedCall call, RecordedEffect effect, Form where) {
        long value = effect.value().orElse(0);
        if (value == 0) {
            return Form.constant(0);
        }
        if (where.equals(Form.NOTHING)) {
            return elsewhere(effect, value);
        }
        Prototype prototype = kernel.prototype(call.hook());
        for (int i = 0; i < call.argumentCount(); i++) {
            if (prototype.type(i).kind() == Prototype.Kind.ENTRY && sameFrame(call.argument(i), value)) {
                return changed(Form.Kind.ARGUMENT, i, call.argument(i), value);
            }
        }
        return elsewhere(effect, value);
    }

    /** Of an entry that the call was not asked to change, what changes in it: a page that loses RW, for one. */
    private Form elsewhere(RecordedEffect effect, long value) {
        long old = effect.old().orElse(0);
        return old != 0 && sameFrame(old, value) ? changed(Form.Kind.OLD_VALUE, 0, old, value) : entry(value);
    }

    private Form register(RecordedCall call, RecordedEffect effect) {
        if (effect.value().isEmpty()) {
            return Form.NOTHING;
        }
        long value = effect.value().getAsLong();
        if (effect.address() == ROOT) {
            for (int i = 0; i < call.argumentCount(); i++) {
                if (sameFrame(call.argument(i), value)) {
                    return changed(Form.Kind.ARGUMENT, i, call.argument(i), value);
                }
            }
            return Form.of(Form.Kind.NUMBER, 0);
        }
        if (effect.address() != 2 && call.argumentCount() > 0) {
            return new Form(Form.Kind.ARGUMENT, 0, value & ~call.argument(0), call.argument(0) & ~value);
        }
        if (effect.address() != 2 && effect.old().isPresent()) {
            long old = effect.old().getAsLong();
            return new Form(Form.Kind.OLD_VALUE, 0, value & ~old, old & ~value);
        }
        return plain(call, effect.value());
    }

    /** A debug register is what the last argument asks for, but for bits that always read as 1. */
    private Form debugRegister(RecordedCall call, RecordedEffect effect) {
        if (call.argumentCount() > 0 && effect.value().isPresent()) {
            int last = call.argumentCount() - 1;
            long ones = DebugRegister.ones(effect.address());
            if ((call.argument(last) | ones) == effect.value().getAsLong()) {
                return Form.of(Form.Kind.ARGUMENT, last);
            }
        }
        return plain(call, effect.value());
    }

    /** Which slot of the GDT an LDT or a TSS has is not its hook's callers' to say: they give an address, or nothing. */
    private Form table(RecordedCall call, RecordedEffect effect) {
        boolean selected = DescriptorTable.holdsSelector(effect.address())
                && effect.value().orElse(0) != 0;
        return selected ? Form.of(Form.Kind.NUMBER, 0) : plain(call, effect.value());
    }

    private Form plain(RecordedCall call, OptionalLong optional) {
        if (optional.isEmpty()) {
            return Form.NOTHING;
        }
        long value = optional.getAsLong();
        if (!Form.isSmall(value)) {
            for (int i = 0; i < call.argumentCount(); i++) {
                if (call.argument(i) == value) {
                    return Form.of(Form.Kind.ARGUMENT, i);
                }
            }
        }
        for (int i = 0; i + 1 < call.argumentCount(); i++) {
            if (((call.argument(i) & U32) | call.argument(i + 1) << 32) == value) {
                return Form.of(Form.Kind.ARGUMENT_PAIR, i);
            }
        }
        return word(value);
    }

    private Form word(long value) {
        if (Form.isSmall(value)) {
            return Form.constant(value);
        }
        OptionalLong object = kernel.symbols().object(value);
        return object.isPresent() ? Form.of(Form.Kind.IMAGE, object.getAsLong()) : Form.pointer(value);
    }

    private static Form entry(long value) {
        if (value == 0) {
            return Form.constant(0);
        }
        return Form.of(PageTableEntry.isPresent(value) ? Form.Kind.PRESENT_ENTRY : Form.Kind.ABSENT_ENTRY, 0);
    }

    private static Form changed(Form.Kind kind, int number, long from, long to) {
        long before = PageTableEntry.flags(from);
        long after = PageTableEntry.flags(to);
        return new Form(kind, number, after & ~before, before & ~after);
    }

    private boolean sameFrame(long a, long b) {
        return kernel.frames().same(PageTableEntry.frame(a), PageTableEntry.frame(b));
    }
}
