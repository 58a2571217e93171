package org.pvdiet.traces;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.io.LocalInputFile;

/**
 * Where a trace's bytes are, by column; and, given no trace, how fast a synthetic one is written. Run with the test class
 * path: {@code java org.pvdiet.traces.SizeReport [X.pvtrace]}.
 */
final class SizeReport {
    private SizeReport() {}

    public static void main(String[] args) throws IOException {
        if (args.length > 0) {
            report(Path.of(args[0]));
            return;
        }
        for (RegisterMode registers : RegisterMode.values()) {
            for (int run = 0; run < 2; run++) {
                Path path = Files.createTempDirectory("size").resolve("x.pvtrace");
                long calls = 1_000_000;
                double cpuStart = cpuSeconds();
                long start = System.nanoTime();
                SyntheticRun.record(path, 1, registers, calls, Options.defaults());
                double cpu = cpuSeconds() - cpuStart;
                double seconds = (System.nanoTime() - start) / 1e9;
                long begin = System.nanoTime();
                try (TraceReader reader = TraceReader.open(path)) {
                    for (Batch<CallColumn> batch : reader.calls(reader.callColumns())) {
                        batch.rows();
                    }
                }
                double reading = (System.nanoTime() - begin) / 1e9;
                System.out.printf(
                        Locale.ROOT,
                        "%s: %d calls written in %.2f s (%.2f s of CPU), read in %.2f s%n",
                        registers,
                        calls,
                        seconds,
                        cpu,
                        reading);
                if (run == 1) {
                    report(path);
                }
            }
        }
    }

    private static double cpuSeconds() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                        .getProcessCpuTime()
                / 1e9;
    }

    static void report(Path trace) throws IOException {
        Map<String, Long> sizes = new TreeMap<>();
        long total = 0;
        long calls;
        try (TraceReader reader = TraceReader.open(trace)) {
            calls = reader.counts().calls();
            try (Stream<Path> files = Files.list(trace)) {
                for (Path file : files.sorted().toList()) {
                    String name = file.getFileName().toString();
                    total += Files.size(file);
                    if (!name.endsWith(".parquet")) {
                        continue;
                    }
                    String table = name.replaceAll("(-\\d+)?\\.parquet", "");
                    if (!table.equals("calls") && !table.equals("effects")) {
                        continue;
                    }
                    try (ParquetFileReader parquet =
                            new ParquetFileReader(new LocalInputFile(file), HadoopFreeOptions.OPTIONS)) {
                        parquet.getRowGroups()
                                .forEach(group -> group.getColumns()
                                        .forEach(column -> sizes.merge(
                                                table + "." + column.getPath().toDotString() + " "
                                                        + column.getEncodings(),
                                                column.getTotalSize(),
                                                Long::sum)));
                    }
                }
            }
        }
        System.out.printf(
                Locale.ROOT, "%s: %d calls, %.3f bytes per call in all%n", trace, calls, (double) total / calls);
        sizes.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder()))
                .limit(45)
                .forEach(e ->
                        System.out.printf(Locale.ROOT, "  %8.4f  %s%n", (double) e.getValue() / calls, e.getKey()));
    }
}
