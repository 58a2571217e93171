package org.pvdiet.analyzer.diet;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableSet;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code forwards-to-table}: the function's only call or jump goes through a slot of another table of hooks that the kernel
 * has, and it does little besides.
 */
final class ForwardsToTable implements Finding {
    static final String ID = "forwards-to-table";

    /** Tables of hooks in Linux 6.1's arch/x86 (x86_init.h, apic.h, smp.h), and the clock sources. */
    private static final ImmutableSet<String> TABLES = ImmutableSet.of(
            "x86_init", "x86_cpuinit", "x86_platform", "x86_apic_ops", "x86_hyper", "apic", "smp_ops", "clocksource");

    private static final Pattern LEAVES = Pattern.compile("(call|jmp)\\b.*");
    /** What a function needs to pass its arguments on. */
    private static final Pattern LITTLE =
            Pattern.compile("(endbr64|mov|nop|xchg|push|pop|sub|add|xor|ret|int3|leave)\\b.*");

    private static final Pattern ADDRESS = Pattern.compile(".*# 0x(?<address>[0-9a-f]+)");

    @Override
    public List<Evidence> of(Subject subject, List<Subject> hooks) {
        return subject.runs().stream()
                .filter(run -> run.contract().calls() > 0)
                .flatMap(run -> slot(run)
                        .map(slot -> run.evidence(
                                ID,
                                Verdict.MERGE,
                                run.calls().all(),
                                "On %s %s does nothing but call through %s, for %,d calls.",
                                run.platform(),
                                run.target(),
                                slot,
                                run.contract().calls()))
                        .stream())
                .toList();
    }

    /** The slot, {@code x86_platform+0x28}. */
    private static Optional<String> slot(Subject.Run run) {
        List<String> code =
                run.hook().patchedCode().map(Splitter.on('\n')::splitToList).orElse(List.of());
        long leaves =
                code.stream().filter(line -> LEAVES.matcher(line).matches()).count();
        boolean little = code.stream()
                .allMatch(line ->
                        LEAVES.matcher(line).matches() || LITTLE.matcher(line).matches());
        if (leaves != 1 || !little) {
            return Optional.empty();
        }
        return code.stream().flatMap(line -> slot(run, line).stream()).findFirst();
    }

    private static Optional<String> slot(Subject.Run run, String line) {
        Matcher matcher = ADDRESS.matcher(line);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        return run.kernel()
                .symbols()
                .name(Long.parseUnsignedLong(matcher.group("address"), 16))
                .filter(symbol -> TABLES.stream()
                        .anyMatch(table -> symbol.equals(table)
                                || symbol.startsWith(table + "+")
                                || symbol.startsWith(table + "_")));
    }
}
