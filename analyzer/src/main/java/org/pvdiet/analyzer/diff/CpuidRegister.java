package org.pvdiet.analyzer.diff;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.pvdiet.analyzer.diff.CpuidAnswers.Question;
import org.pvdiet.analyzer.words.RegisterBits;

/**
 * A register in which CPUID answers a question.
 *
 * @param register 0 to 3, EAX to EDX
 */
record CpuidRegister(Question question, int register) {
    private static final List<String> REGISTERS = List.of("EAX", "EBX", "ECX", "EDX");
    /** Those whose bits are features. */
    private static final List<Features> FEATURES = List.of(
            new Features(1, 2, RegisterBits.CPUID_1_ECX),
            new Features(1, 3, RegisterBits.CPUID_1_EDX),
            new Features(7, 1, RegisterBits.CPUID_7_EBX),
            new Features(0x80000001L, 2, RegisterBits.CPUID_80000001_ECX),
            new Features(0x80000001L, 3, RegisterBits.CPUID_80000001_EDX));

    private record Features(long leaf, int register, RegisterBits bits) {}

    /** All four. */
    static List<CpuidRegister> of(Question question) {
        return List.of(
                new CpuidRegister(question, 0),
                new CpuidRegister(question, 1),
                new CpuidRegister(question, 2),
                new CpuidRegister(question, 3));
    }

    /** The names of its bits, if they are features. */
    Optional<RegisterBits> features() {
        return FEATURES.stream()
                .filter(one -> one.leaf() == question.leaf() && one.register() == register && question.subleaf() == 0)
                .map(Features::bits)
                .findFirst();
    }

    /** Its value in a reply. */
    Long in(CpuidAnswers.Reply reply) {
        return reply.registers().get(register);
    }

    /** A value in words, {@code EDX 0x78bf9fd (with PSE)}, with the features that the other value has not. */
    String words(long value, long other) {
        String extra = features().map(bits -> bits.names(value & ~other)).orElse("");
        return String.format(
                Locale.ROOT,
                "%s 0x%x%s",
                REGISTERS.get(register),
                value,
                extra.isEmpty() ? "" : " (with " + extra + ")");
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "CPUID leaf 0x%x subleaf %d %s",
                question.leaf(),
                question.subleaf(),
                REGISTERS.get(register));
    }
}
