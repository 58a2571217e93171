package org.pvdiet.analyzer.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.pvdiet.analyzer.architecture.Catalogue;
import org.pvdiet.analyzer.architecture.CatalogueCheck;
import org.pvdiet.analyzer.architecture.ClaimResult;
import org.pvdiet.analyzer.calls.CallStream;
import org.pvdiet.analyzer.calls.Kernel;
import org.pvdiet.analyzer.calls.TwoSummaries;
import org.pvdiet.analyzer.contract.ContractReport;
import org.pvdiet.analyzer.contract.ContractSummary;
import org.pvdiet.analyzer.contract.Contracts;
import org.pvdiet.traces.TraceReader;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "contract",
        mixinStandardHelpOptions = true,
        description = {
            "Says what each hook did on every call: result, effects, preconditions, faults, hypercalls, cost, callers.",
            "In brackets: calls behind a statement where these are not all calls of the hook, and the number of one that"
                    + " shows it, for 'pvdiet show' and 'pvdiet replay'. 'thin' marks what so few calls or different"
                    + " inputs stand behind that it may be chance."
        },
        footer = {
            "",
            "Examples:",
            "  pvdiet contract xen-pv.pvtrace cpu.write_cr4",
            "  pvdiet contract native.pvtrace --format json > contracts.json"
        })
final class ContractCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "X.pvtrace", description = "A trace.")
    private Path trace;

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "HOOK",
            description = "A hook, with or without its group: then with how many inputs stand behind each statement."
                    + " Default: all hooks.")
    private String hook;

    @Option(names = "--format", paramLabel = "text|json", defaultValue = "TEXT", description = "Default: text.")
    private Format format;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        try (TraceReader reader = TraceInput.open(trace, spec.commandLine().getErr())) {
            String wanted =
                    hook == null ? null : HookNames.find(reader.hooks(), hook).fullName();
            Kernel kernel = Kernel.of(reader);
            TwoSummaries<ContractSummary, CatalogueCheck> seen = CallStream.fold(
                    reader,
                    () -> new TwoSummaries<>(
                            new ContractSummary(kernel), Catalogue.get().check(kernel)));
            ContractReport all = Contracts.of(reader, seen.first());
            ContractReport report = new ContractReport(
                    all.trace(),
                    all.platform(),
                    all.complete(),
                    all.registers(),
                    all.hooks().stream()
                            .filter(statements ->
                                    wanted == null || statements.hook().equals(wanted))
                            .toList());
            List<ClaimResult> claims = seen.second().results().stream()
                    .filter(claim -> wanted == null || claim.hook().equals(wanted))
                    .toList();
            if (format == Format.JSON) {
                ObjectNode root = Json.object();
                root.setAll((ObjectNode) Json.tree(report));
                root.set("claims", Json.tree(claims));
                System.out.println(Json.print(root));
            } else {
                System.out.print(new ContractText(report, claims, hook != null));
            }
        }
        return ExitCode.DONE;
    }
}
