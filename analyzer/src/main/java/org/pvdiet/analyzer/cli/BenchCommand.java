package org.pvdiet.analyzer.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.pvdiet.emulator.guest.DebianKernel;
import org.pvdiet.emulator.guest.KernelImage;
import org.pvdiet.emulator.guest.Workload;
import org.pvdiet.emulator.session.PlatformName;
import org.pvdiet.traces.RegisterMode;
import org.pvdiet.traces.TraceReader;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description =
                "Measures how fast guests run and record here, each run in a process of its own, beside QEMU where"
                        + " it is installed.",
        footer = {
            "",
            "Seconds are from the start of the process to the workload's first line, or to the guest's end.",
            "MIPS are millions of guest instructions by those seconds, starting included.",
            "",
            "Examples:",
            "  pvdiet bench",
            "  pvdiet bench --runs 5 --format json > bench.json"
        })
final class BenchCommand implements Callable<Integer> {
    @Option(
            names = "--kernel",
            paramLabel = "IMAGE",
            description = "A bzImage or vmlinux. Default: Debian's newest cloud kernel.")
    private Path kernel;

    @Option(names = "--runs", paramLabel = "N", defaultValue = "3", description = "Default: ${DEFAULT-VALUE}.")
    private int runs;

    @Option(names = "--format", paramLabel = "text|json", defaultValue = "TEXT", description = "Default: text.")
    private Format format;

    /** What a whole recording gave. */
    private record Recorded(long calls, long instructions, long bytes) {}

    private record Row(String name, Timing timing, Optional<Recorded> recorded) {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (runs < 1 || format == Format.CSV) {
            throw new BadInputException("bench takes --runs of at least 1 and --format text or json.");
        }
        Path image = kernel == null ? new DebianKernel(System.err::println).newest() : kernel;
        Path directory = Files.createTempDirectory("pvdiet-bench");
        try {
            List<Row> rows = measure(image, directory);
            if (format == Format.JSON) {
                System.out.println(Json.print(json(image, rows)));
            } else {
                text(image, rows);
            }
            return ExitCode.DONE;
        } finally {
            MoreFiles.deleteRecursively(directory, RecursiveDeleteOption.ALLOW_INSECURE);
        }
    }

    private List<Row> measure(Path image, Path directory) throws IOException, InterruptedException {
        List<Row> rows = new ArrayList<>();
        for (PlatformName platform : PlatformName.values()) {
            String firstLine = Workload.FIRST_LINE;
            List<String> run =
                    List.of("run", image.toString(), "--platform", platform.toString(), "--console", "/dev/null");
            rows.add(timed(platform + " run, to first line", Timing.own(with(run, "--until", firstLine), runs)));
            rows.add(timed(platform + " run, to the end", Timing.own(run, runs)));
            for (RegisterMode registers : RegisterMode.values()) {
                String mode = registers.name().toLowerCase(Locale.ROOT);
                Path trace = directory.resolve(platform + "-" + mode + ".pvtrace");
                List<String> record = List.of(
                        "record",
                        "--kernel",
                        image.toString(),
                        "--platform",
                        platform.toString(),
                        "--registers",
                        mode,
                        "--force",
                        "-o",
                        trace.toString());
                rows.add(timed(
                        platform + " record " + mode + ", to first line",
                        Timing.own(with(record, "--until", firstLine), runs)));
                Timing whole = Timing.own(record, runs);
                rows.add(new Row(platform + " record " + mode + ", to the end", whole, Optional.of(recorded(trace))));
            }
        }
        Optional<Timing> qemu = Qemu.timeToFirstLine(KernelImage.open(image), directory, runs);
        qemu.ifPresent(timing -> rows.add(timed("QEMU (TCG) native, to first line", timing)));
        if (qemu.isEmpty()) {
            System.err.println("pvdiet: qemu-system-x86_64 is not installed, so nothing is compared with it.");
        }
        return rows;
    }

    private static List<String> with(List<String> arguments, String... more) {
        return Stream.concat(arguments.stream(), Stream.of(more)).toList();
    }

    private static Row timed(String name, Timing timing) {
        return new Row(name, timing, Optional.empty());
    }

    private static Recorded recorded(Path trace) throws IOException {
        long bytes = 0;
        try (Stream<Path> files = Files.list(trace)) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString();
                if (name.startsWith("calls-") || name.startsWith("effects-")) {
                    bytes += Files.size(file);
                }
            }
        }
        try (TraceReader reader = TraceReader.open(trace)) {
            return new Recorded(
                    reader.counts().calls(),
                    reader.ending().map(e -> e.icount()).orElse(0L),
                    bytes);
        }
    }

    private static void text(Path image, List<Row> rows) {
        System.out.println("kernel  " + image);
        System.out.println("machine " + machine());
        System.out.println();
        System.out.printf(
                "%-40s %8s %8s %8s %8s %8s %10s %10s%n",
                "median of runs", "seconds", "min", "max", "MB", "MIPS", "calls/s", "bytes/call");
        for (Row row : rows) {
            System.out.printf(
                    Locale.ROOT,
                    "%-40s %8.2f %8.2f %8.2f %8d",
                    row.name(),
                    row.timing().median(),
                    row.timing().least(),
                    row.timing().most(),
                    row.timing().peakBytes() >> 20);
            if (row.recorded().isPresent()) {
                Recorded recorded = row.recorded().get();
                System.out.printf(
                        Locale.ROOT,
                        " %8.1f %10.0f %10.2f",
                        recorded.instructions() / row.timing().median() / 1e6,
                        recorded.calls() / row.timing().median(),
                        (double) recorded.bytes() / recorded.calls());
            }
            System.out.println();
        }
    }

    private static ObjectNode json(Path image, List<Row> rows) {
        ObjectNode root = Json.object();
        root.put("kernel", image.toString());
        root.put("machine", machine());
        ArrayNode array = root.putArray("rows");
        for (Row row : rows) {
            ObjectNode node = array.addObject();
            node.put("name", row.name());
            node.put("medianSeconds", row.timing().median());
            node.put("leastSeconds", row.timing().least());
            node.put("mostSeconds", row.timing().most());
            node.put("peakBytes", row.timing().peakBytes());
            row.recorded().ifPresent(recorded -> {
                node.put("calls", recorded.calls());
                node.put("instructions", recorded.instructions());
                node.put("bytesPerCall", (double) recorded.bytes() / recorded.calls());
            });
        }
        return root;
    }

    private static String machine() {
        return String.format(
                Locale.ROOT,
                "%d processors, %s %s, %s",
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("java.vm.name"),
                System.getProperty("java.version"),
                System.getProperty("os.arch"));
    }
}
