package org.pvdiet.traces;

import com.google.common.collect.ImmutableList;
import java.util.List;
import java.util.OptionalInt;

/**
 * How a run ended.
 *
 * @param reason in a word: {@code halted}, {@code shutdown}, {@code until}, {@code panic} ...
 * @param detail in a sentence
 * @param exitCode the guest's, where it gave one
 * @param icount retired instructions
 * @param consoleTail the last lines of the console
 * @param unimplementedHypercalls names of those the guest asked for in vain
 */
public record Ending(
        String reason,
        String detail,
        OptionalInt exitCode,
        long icount,
        List<String> consoleTail,
        List<String> unimplementedHypercalls) {
    public Ending {
        consoleTail = ImmutableList.copyOf(consoleTail);
        unimplementedHypercalls = ImmutableList.copyOf(unimplementedHypercalls);
    }
}
