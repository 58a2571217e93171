package org.pvdiet.analyzer.contract;

import java.util.Optional;

/**
 * Something that was so before every call of a hook.
 *
 * @param claim in words: {@code was always called with interrupts off}
 * @param detail what to add where it is said of one trace alone; or empty
 * @param clause which machine state it is about; empty where it is about an argument or something else
 * @param argument which argument it is about; empty where it is about the machine
 */
public record Precondition(String claim, String detail, Optional<Clause> clause, Optional<Argument> argument) {

    /**
     * That a state held before every call, or before none.
     *
     * @param otherwise the opposite in words, {@code with interrupts on}
     */
    public record Clause(State state, boolean holds, String otherwise) {}

    /** That an argument always had one value. */
    public record Argument(int index, long value) {}

    static Precondition of(String words, Clause clause) {
        return new Precondition("was always called " + words, "", Optional.of(clause), Optional.empty());
    }

    static Precondition of(String words, String detail) {
        return new Precondition("was always called " + words, detail, Optional.empty(), Optional.empty());
    }

    static Precondition of(String claim, String detail, Argument argument) {
        return new Precondition(claim, detail, Optional.empty(), Optional.of(argument));
    }
}
