package org.pvdiet.analyzer.diet;

import java.util.List;
import java.util.Optional;
import org.pvdiet.analyzer.contract.HookContract;
import org.pvdiet.analyzer.diff.DiffReport.HookDiff;
import org.pvdiet.traces.Hook;

/**
 * One hook, as all traces show it.
 *
 * @param name the hook's
 * @param sites that the kernel has
 * @param siteBytes their length together
 * @param runs what each trace shows; the first is what the others are compared with
 */
record Subject(String name, int sites, int siteBytes, List<Run> runs) {

    /**
     * What one trace shows.
     *
     * @param hooks all hooks of the kernel, by id
     * @param diff to the first trace; empty for that itself
     */
    record Run(
            String trace,
            String platform,
            Hook hook,
            HookContract contract,
            List<Hook> hooks,
            Optional<HookDiff> diff) {

        /** Where the hook leads after start-up. */
        String target() {
            return hook.patched()
                    .or(hook::setup)
                    .or(hook::entry)
                    .flatMap(Hook.Target::symbol)
                    .orElse("?");
        }

        boolean doesNothing() {
            // Linux, arch/x86/kernel/paravirt.c: what hooks without a function lead to.
            return target().equals("_paravirt_nop") || target().equals("paravirt_nop");
        }

        List<Evidence.Witness> witness() {
            return contract.witness() < 0 ? List.of() : List.of(new Evidence.Witness(trace, contract.witness()));
        }
    }

    long calls() {
        return runs.stream().mapToLong(run -> run.contract().calls()).sum();
    }

    Run first() {
        return runs.get(0);
    }

    /** All but the first. */
    List<Run> others() {
        return runs.subList(1, runs.size());
    }

    boolean sameTarget() {
        return runs.stream().map(Run::target).distinct().count() == 1
                && !first().target().equals("?");
    }

    List<Evidence.Witness> witnesses() {
        return runs.stream().flatMap(run -> run.witness().stream()).toList();
    }
}
