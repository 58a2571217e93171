package org.pvdiet.analyzer.architecture;

import com.google.common.collect.ImmutableList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What the architecture says of one hook's native operation.
 *
 * @param hook {@code cpu.write_cr4}
 * @param arguments names of the hook's arguments, as {@code claims} use them
 * @param purpose one sentence
 * @param instructions in AT&T syntax; empty where the hook has no architectural meaning
 * @param privileged whether the instructions fault outside of privilege level 0 (or, for port access, above the I/O
 *     privilege level)
 * @param claims what each call does; empty where that does not show in a trace
 * @param reference volume and section of Intel's SDM; empty where the hook has no architectural meaning
 */
public record NativeMeaning(
        String hook,
        List<String> arguments,
        String purpose,
        List<String> instructions,
        boolean privileged,
        List<Claim> claims,
        String reference) {

    public NativeMeaning {
        arguments = ImmutableList.copyOf(arguments);
        instructions = ImmutableList.copyOf(instructions);
        claims = ImmutableList.copyOf(claims);
    }

    /** Whether the processor has an operation that this hook stands for. */
    public boolean isArchitectural() {
        return !instructions.isEmpty() || !reference.isEmpty();
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
