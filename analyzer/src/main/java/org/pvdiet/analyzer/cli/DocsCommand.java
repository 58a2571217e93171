package org.pvdiet.analyzer.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.pvdiet.analyzer.diet.DietTrace;
import org.pvdiet.analyzer.diff.Diff;
import org.pvdiet.analyzer.docs.Manual;
import org.pvdiet.analyzer.docs.ManualFormat;
import org.pvdiet.traces.TraceReader;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "docs",
        mixinStandardHelpOptions = true,
        description = {
            "Writes the manual of the paravirt hooks from traces of one kernel: a section for each hook, an overview",
            "for each group, the hypercalls, the page-table bits. The first trace is what the others are compared with."
        },
        footer = {
            "",
            "Writes index, a page for each group, hypercalls and page-table-bits, as .rst for the kernel's Sphinx or as",
            ".md; as kernel-doc it writes paravirt_types.h, the hooks' structs with a comment for each member.",
            "",
            "Examples:",
            "  pvdiet docs native.pvtrace xen-pv.pvtrace -o Documentation/virt/paravirt",
            "  pvdiet docs native.pvtrace xen-pv.pvtrace -o manual --format md"
        })
final class DocsCommand implements Callable<Integer> {
    @Parameters(arity = "1..*", paramLabel = "X.pvtrace", description = "Traces of one kernel, the native one first.")
    private List<Path> traces;

    @Option(
            names = {"-o", "--output"},
            required = true,
            paramLabel = "DIR",
            description = "Where the files go.")
    private Path directory;

    @Option(
            names = "--format",
            paramLabel = "rst|md|kernel-doc",
            defaultValue = "rst",
            split = ",",
            description = "One, or several with commas between. Default: rst.")
    private List<ManualFormat> formats;

    @Option(names = "--force", description = "Replace files of a manual that is there already.")
    private boolean force;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        try (OpenTraces open = OpenTraces.ofOneKernel(traces, spec.commandLine().getErr())) {
            List<TraceReader> readers = open.readers();
            write(manual(readers));
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

    private void write(Manual manual) throws IOException {
        Map<String, String> files = new TreeMap<>();
        for (ManualFormat format : formats) {
            files.putAll(format.files(manual));
        }
        OutputDirectory output = new OutputDirectory(directory);
        if (!force) {
            output.refuseExisting(files.keySet());
        }
        for (Map.Entry<String, String> file : files.entrySet()) {
            output.write(file.getKey(), file.getValue());
        }
    }
}
