package org.pvdiet.analyzer.show;

import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.pvdiet.analyzer.calls.RecordedEffect;
import org.pvdiet.analyzer.words.PageTableEntry;
import org.pvdiet.analyzer.words.RegisterBits;
import org.pvdiet.analyzer.words.Words;
import org.pvdiet.analyzer.words.XenNames;
import org.pvdiet.traces.EffectOutcome;

/** Effects in one line each. */
final class EffectText {
    private static final long EFER = 0xc0000080L;
    private static final int NO_OLD = 0;

    private final ValueText values;

    EffectText(ValueText values) {
        this.values = values;
    }

    String of(RecordedEffect effect) {
        String outcome = effect.outcome() == EffectOutcome.DONE
                ? ""
                : "  [" + effect.outcome().name().toLowerCase(Locale.ROOT) + "]";
        return what(effect) + outcome;
    }

    private String what(RecordedEffect effect) {
        long address = effect.address();
        long value = effect.value().orElse(0);
        return switch (effect.kind()) {
            case PAGE_TABLE_ENTRY -> pageTableEntry(effect, value);
            case CONTROL_REGISTER -> "CR" + address + ": " + controlRegister(effect, value);
            case DEBUG_REGISTER -> "DR" + address + ": " + change(effect);
            case MSR_READ -> "RDMSR " + Words.msr(address) + " = " + values.number(value) + efer(address, value);
            case MSR_WRITE ->
                "WRMSR " + Words.msr(address) + ": "
                        + (address == EFER && effect.old().isPresent()
                                ? values.change(RegisterBits.EFER, effect.old().getAsLong(), value)
                                : change(effect));
            case DESCRIPTOR_TABLE -> Words.descriptorTable(address) + " = " + values.number(value);
            case DESCRIPTOR -> "descriptor at " + values.physical(address) + ": " + change(effect);
            case SEGMENT -> Words.segment(address) + " = " + values.number(value);
            case TLB_FLUSH -> "TLB flush" + (value != 0 ? ", global entries too" : "");
            case TLB_PAGE -> "TLB flush of " + values.number(address);
            case PORT_IN -> String.format("IN%d port 0x%x = 0x%x", 8 * effect.level(), address, value);
            case PORT_OUT -> String.format("OUT%d port 0x%x, 0x%x", 8 * effect.level(), address, value);
            case HYPERCALL -> hypercall(effect);
            case HYPERCALL_OPERATION ->
                XenNames.operation(address, effect.level())
                        + list("", effect.arguments().subList(0, XenNames.operationArguments(effect.level())))
                        + result(effect);
            case EXCEPTION ->
                "exception " + Words.exception(address)
                        + (effect.value().isPresent() ? ", error code " + ValueText.hex(value) : "")
                        + (effect.result().isPresent()
                                ? ", address " + values.number(effect.result().getAsLong())
                                : "");
            case INTERRUPT -> "interrupt " + ValueText.hex(address);
            case HALT -> "HLT";
            case CPUID -> "CPUID leaf " + ValueText.hex(address) + list(", subleaf and registers ", effect.arguments());
            case TSC -> "RDTSC = " + ValueText.hex(value);
            case INTERRUPT_FLAG -> "interrupts " + (value != 0 ? "on" : "off");
            case SHARED_MEMORY -> "shared memory at " + ValueText.hex(address) + ": " + change(effect);
        };
    }

    private String pageTableEntry(RecordedEffect effect, long value) {
        long old = effect.old().orElse(NO_OLD);
        String changed = old != 0 && value != 0 && PageTableEntry.frame(old) == PageTableEntry.frame(value)
                ? "  (" + flagChange(old, value, effect.level()) + ")"
                : "";
        return String.format(
                "level %d entry at %s: %s -> %s%s",
                effect.level(),
                values.physical(effect.address()),
                old == 0 ? "0" : ValueText.hex(old),
                values.entry(value, effect.level()),
                changed);
    }

    private static String flagChange(long old, long value, int level) {
        String set = PageTableEntry.flagNames(value & ~old, level);
        String cleared = PageTableEntry.flagNames(old & ~value, level);
        return (set.isEmpty() ? "" : "+" + set.replace(" ", " +"))
                + (set.isEmpty() || cleared.isEmpty() ? "" : " ")
                + (cleared.isEmpty() ? "" : "-" + cleared.replace(" ", " -"));
    }

    private String controlRegister(RecordedEffect effect, long value) {
        if (effect.old().isEmpty()) {
            return values.number(value);
        }
        long old = effect.old().getAsLong();
        if (effect.address() == 0) {
            return values.change(RegisterBits.CR0, old, value);
        }
        return effect.address() == 4 ? values.change(RegisterBits.CR4, old, value) : change(effect);
    }

    private String change(RecordedEffect effect) {
        OptionalLong old = effect.old();
        if (effect.value().isEmpty()) {
            return "stays" + (old.isPresent() ? " " + values.number(old.getAsLong()) : "");
        }
        return (old.isPresent() ? values.number(old.getAsLong()) + " -> " : "")
                + values.number(effect.value().orElse(0));
    }

    private static String efer(long index, long value) {
        return index == EFER ? " (" + RegisterBits.EFER.names(value) + ")" : "";
    }

    private String hypercall(RecordedEffect effect) {
        List<Long> arguments = effect.arguments();
        long command = arguments.isEmpty() ? -1 : arguments.get(0);
        return "hypercall " + XenNames.hypercall(effect.address(), command) + list(" ", arguments) + result(effect);
    }

    private String result(RecordedEffect effect) {
        return effect.result().isPresent()
                ? " = " + values.number(effect.result().getAsLong())
                : "";
    }

    private String list(String before, List<Long> numbers) {
        return numbers.isEmpty()
                ? ""
                : before + numbers.stream().map(values::number).collect(Collectors.joining(", ", "(", ")"));
    }
}
