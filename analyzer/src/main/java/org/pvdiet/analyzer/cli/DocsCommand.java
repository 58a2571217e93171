package org.pvdiet.analyzer.cli;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.pvdiet.analyzer.diet.DietTrace;
import org.pvdiet.analyzer.diff.Diff;
import org.pvdiet.analyzer.docs.Manual;
import org.pvdiet.analyzer.docs.ManualFormat;
import org.pvdiet.traces.TraceReader;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "docs",
        mixinStandardHelpOptions = true,
        description = {
            "Writes the manual of the paravirt hooks from traces of one kernel: a section for each hook, an overview"
                    + " for each group, the hypercalls, the page-table bits. The first trace is what the others are compared with."
        },
        footer = {
            "",
            "Writes index, a page for each group, hypercalls and page-table-bits, as .rst for the kernel's Sphinx or as"
                    + " .md; as kernel-doc it writes paravirt_types.h, the hooks' structs with a comment for each member.",
            "",
            "Examples:",
            "  pvdiet docs native.pvtrace xen-pv.pvtrace -o Documentation/virt/paravirt",
            "  pvdiet docs native.pvtrace xen-pv.pvtrace -o manual --format md"
        })
final class DocsCommand implements Callable<Integer> {
    @Mixin
    private OutputOptions options;

    @Option(
            names = "--format",
            paramLabel = "rst|md|kernel-doc",
            defaultValue = "rst",
            split = ",",
            description = "One, or several with commas between. Default: rst.")
    private List<ManualFormat> formats;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        try (OpenTraces open =
                OpenTraces.ofOneKernel(options.traces(), spec.commandLine().getErr())) {
            List<TraceReader> readers = open.readers();
            List<String> names = formats.stream()
                    .flatMap(format -> format.names(readers.get(0).hooks()).stream())
                    .toList();
            OutputDirectory output = options.directory(names);
            Manual manual = manual(readers);
            for (ManualFormat format : formats) {
                for (Map.Entry<String, String> file : format.files(manual).entrySet()) {
                    output.write(file.getKey(), file.getValue());
                }
            }
        }
        return ExitCode.DONE;
    }

    private static Manual manual(List<TraceReader> readers) {
        List<DietTrace> read = DietTrace.of(readers);
        return Manual.of(
                readers,
                read.stream().map(DietTrace::statements).toList(),
                Diff.of(read.stream().map(DietTrace::log).toList()),
                read.stream().map(DietTrace::bits).toList());
    }
}
