package org.pvdiet.analyzer.architecture;

import com.google.common.collect.ImmutableList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the architecture says of one hook's native operation.
 *
 * @param hook {@code cpu.write_cr4}
 * @param arguments names of the hook's arguments, as {@code claims} use them
 * @param purpose one sentence
 * @param instructions in AT&T syntax; empty where the hook has no architectural meaning
 * @param privileged whether the instructions fault outside of privilege level 0 (or, for ports and the interrupt flag,
 *     above the I/O privilege level)
 * @param claims what each call does; empty where that does not show in a trace
 * @param reference where Intel's SDM says so, in {@link Catalogue#edition}; empty where the hook has no architectural
 *     meaning
 * @param note what the native function does besides, or when not; empty where there is nothing to say
 * @param unverified what of this was not checked against a source, and which to consult; empty where all was
 */
public record NativeMeaning(
        String hook,
        List<String> arguments,
        String purpose,
        List<String> instructions,
        boolean privileged,
        List<Claim> claims,
        String reference,
        String note,
        String unverified) {

    public NativeMeaning {
        arguments = ImmutableList.copyOf(arguments);
        instructions = ImmutableList.copyOf(instructions);
        claims = ImmutableList.copyOf(claims);
    }

    /** Whether the processor has an operation that this hook stands for. */
    public boolean isArchitectural() {
        return !instructions.isEmpty() || !reference.isEmpty();
    }

    /** The note, and a plain mark of what was not verified; empty where there is neither. */
    public String remarks() {
        return Stream.of(note, unverified.isEmpty() ? "" : "Not verified: " + unverified)
                .filter(remark -> !remark.isEmpty())
                .collect(Collectors.joining(" "));
    }

    /** What it does in words, {@code CR4 becomes val}. */
    public String words() {
        if (!isArchitectural()) {
            return "no architectural meaning";
        }
        return claims.isEmpty()
                ? String.join("; ", instructions)
                : claims.stream().map(claim -> claim.words(arguments)).collect(Collectors.joining("; "));
    }
}
