package org.pvdiet.analyzer.contract;

import com.google.common.base.Ascii;
import java.util.List;
import org.pvdiet.analyzer.calls.CallStream;
import org.pvdiet.analyzer.calls.Kernel;
import org.pvdiet.analyzer.contract.ContractReport.HookStatements;
import org.pvdiet.traces.Hook;
import org.pvdiet.traces.TraceReader;

/** What held on every call of every hook of one trace, in sentences. */
public final class Contracts {
    private Contracts() {}

    /** Reads a trace. */
    public static ContractReport of(TraceReader reader) {
        Kernel kernel = Kernel.of(reader);
        return of(reader, CallStream.fold(reader, () -> new ContractSummary(kernel)));
    }

    /** The report of a trace whose calls {@code summary} has seen. */
    public static ContractReport of(TraceReader reader, ContractSummary summary) {
        boolean hypercallsExist = summary.makesHypercalls();
        boolean privilegesVary = summary.privilegesVary();
        List<HookStatements> hooks = summary.kernel().hooks().parallelStream()
                .map(hook -> new HookStatements(
                        hook.fullName(),
                        hook.prototype(),
                        hook.latest(summary.kernel().hooks())
                                .map(Hook.Target::name)
                                .orElse(""),
                        before(hook),
                        summary.hook(hook.id()).calls().calls(),
                        Statements.of(summary.hook(hook.id()), hypercallsExist, privilegesVary)))
                .toList();
        return new ContractReport(
                reader.path().toString(),
                reader.info().platform(),
                reader.complete(),
                Ascii.toLowerCase(reader.info().registers().name()),
                hooks);
    }

    private static String before(Hook hook) {
        return hook.patched().isEmpty() || hook.setup().equals(hook.patched())
                ? ""
                : hook.setup().map(Hook.Target::name).orElse("");
    }
}
