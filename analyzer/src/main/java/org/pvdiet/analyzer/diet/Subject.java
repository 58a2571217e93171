package org.pvdiet.analyzer.diet;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.pvdiet.analyzer.architecture.Catalogue;
import org.pvdiet.analyzer.architecture.NativeMeaning;
import org.pvdiet.analyzer.calls.Kernel;
import org.pvdiet.analyzer.calls.Prototype;
import org.pvdiet.analyzer.contract.Aspect;
import org.pvdiet.analyzer.contract.HookContract;
import org.pvdiet.analyzer.contract.Statement;
import org.pvdiet.analyzer.diet.seen.HookCalls;
import org.pvdiet.analyzer.diet.seen.Observations;
import org.pvdiet.analyzer.diet.seen.Seen;
import org.pvdiet.analyzer.diff.DiffReport.HookDiff;
import org.pvdiet.traces.Hook;
import org.pvdiet.traces.Site;

/**
 * One hook, as all traces show it.
 *
 * @param name the hook's
 * @param sites that the kernel has, as the first trace has them
 * @param runs what each trace shows; the first is what the others are compared with
 */
record Subject(String name, List<Site> sites, List<Run> runs) {
    private static final String NO_FUNCTION = "no function";

    /** What hooks without a function lead to (Linux, arch/x86/kernel/paravirt.c; since 6.8 arch/x86/kernel/alternative.c). */
    private static final Set<String> NOTHING = Set.of("_paravirt_nop", "paravirt_nop", "nop_func");

    /** The instructions of an empty function: room for patches, and a return. */
    private static final Pattern EMPTY = Pattern.compile("((endbr64|nop\\w*|xchg +%ax,%ax)\\b.*\n)*ret\\w*");

    /**
     * What one trace shows.
     *
     * @param hook as that trace has it
     * @param statements of its contract
     * @param diff to the first trace; empty for that itself
     */
    record Run(
            String trace,
            String platform,
            Hook hook,
            HookContract contract,
            Kernel kernel,
            Observations seen,
            List<Statement> statements,
            Optional<HookDiff> diff) {

        Stream<Statement> statements(Aspect aspect) {
            return statements.stream().filter(statement -> statement.aspect() == aspect);
        }

        /** The icount of the run's last call. */
        long end() {
            return seen.end();
        }

        Prototype prototype() {
            return kernel.prototype(hook.id());
        }

        HookCalls calls() {
            return seen.hook(hook.id());
        }

        /** Where the hook leads at the latest moment that the trace knows of; empty where its slot held nothing then. */
        Optional<Hook.Target> led() {
            return hook.latest(kernel.hooks());
        }

        /** The symbol of where it leads. */
        String target() {
            return led().map(Hook.Target::name).orElse(NO_FUNCTION);
        }

        boolean hasFunction() {
            return led().isPresent();
        }

        /** Whether calls were compared with the first trace's, and no caller can tell them apart. */
        boolean isLikeTheFirst() {
            return diff.filter(comparison -> comparison.compared() > 0 && !comparison.isDivergent())
                    .isPresent();
        }

        /** Whether it leads to what hooks without a function lead to, or to a function that is empty. */
        boolean doesNothing() {
            return hasNone() || isEmpty();
        }

        /** Whether it leads to the kernel's function for hooks that have none. */
        boolean hasNone() {
            return NOTHING.contains(target());
        }

        /** Whether the code of its function is a return. */
        boolean isEmpty() {
            return hook.patchedCode()
                    .filter(code -> EMPTY.matcher(code).matches())
                    .isPresent();
        }

        /** Whether the platform works: anything but nothing, and not what {@code first} does. */
        boolean hasOwnFunction(Run first) {
            return hasFunction() && !doesNothing() && !target().equals(first.target());
        }

        List<Evidence.Witness> witness() {
            return contract.witness() < 0 ? List.of() : List.of(new Evidence.Witness(trace, contract.witness()));
        }

        List<Evidence.Witness> witness(Seen shown) {
            return shown.ever() ? List.of(new Evidence.Witness(trace, shown.witness())) : List.of();
        }

        /** Evidence from calls of this trace alone. */
        @FormatMethod
        Evidence evidence(
                String finding, Verdict supports, Seen shown, @FormatString String format, Object... arguments) {
            return new Evidence(
                    finding,
                    supports,
                    String.format(Locale.ROOT, format, arguments),
                    shown.calls(),
                    Math.min(shown.calls(), calls().inputs()),
                    witness(shown));
        }
    }

    long calls() {
        return runs.stream().mapToLong(run -> run.contract().calls()).sum();
    }

    /** What the catalogue says of it; empty where it does not know it. */
    Optional<NativeMeaning> meaning() {
        return Catalogue.get().of(name, first().hook().prototype());
    }

    long inputs() {
        return runs.stream().mapToLong(run -> run.calls().inputs()).sum();
    }

    int siteBytes() {
        return sites.stream().mapToInt(Site::length).sum();
    }

    Run first() {
        return runs.get(0);
    }

    /** All but the first. */
    List<Run> others() {
        return runs.subList(1, runs.size());
    }

    boolean sameTarget() {
        return first().hasFunction()
                && runs.stream().map(Run::target).distinct().count() == 1;
    }

    List<Evidence.Witness> witnesses() {
        return runs.stream().flatMap(run -> run.witness().stream()).toList();
    }

    /** Evidence from the calls of all traces. */
    @FormatMethod
    Evidence evidence(String finding, Verdict supports, @FormatString String format, Object... arguments) {
        return new Evidence(
                finding, supports, String.format(Locale.ROOT, format, arguments), calls(), inputs(), witnesses());
    }
}
