package org.pvdiet.analyzer.contract;

import java.util.List;

/**
 * The contracts of one trace. The components are what {@code --format json} prints; JSON.md says what they mean.
 *
 * @param trace path
 * @param complete whether the recording was closed; if not, this is of the beginning of a run
 * @param registers which were recorded, {@code args} or {@code full}: only then is known which ones calls change
 * @param hooks in the order of the kernel's table
 */
public record ContractReport(
        String trace, String platform, boolean complete, String registers, List<HookStatements> hooks) {

    /**
     * One hook.
     *
     * @param target symbol of the function it leads to, at the latest moment recorded
     * @param targetBefore symbol of the function it led to when the platform was set up, if that is another than when sites
     *     were patched; else empty
     * @param statements by aspect, most calls first
     */
    public record HookStatements(
            String hook,
            String prototype,
            String target,
            String targetBefore,
            long calls,
            List<Statement> statements) {}
}
