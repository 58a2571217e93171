package org.pvdiet.analyzer.cli;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.Iterables;
import com.google.common.collect.Lists;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pvdiet.analyzer.bench.BenchReport;
import org.pvdiet.analyzer.bench.MeasuredRun;
import org.pvdiet.analyzer.bench.Spread;
import org.pvdiet.emulator.guest.Workload;
import org.pvdiet.emulator.session.PlatformName;
import org.pvdiet.traces.RegisterMode;
import org.pvdiet.traces.TraceReader;

/** Measures pvdiet on this machine, each run in a process of its own, and QEMU beside it. */
final class Benchmark {
    private static final String OURS = "pvdiet";
    private static final String QEMU = "qemu";
    private static final String BOTH = " native xen-pv";
    private static final Pattern END_OF_WORK = Pattern.compile("benchmark: end (.+), (\\d+) in (\\d+) ticks");

    /** What {@code stats} counts. */
    private static final String GROUP_BY =
            "select h.full_name, count(*), sum(c.instructions), sum(c.hypercalls), sum(c.traps)"
                    + " from calls c join hooks h on c.hook = h.id group by all order by 2 desc";

    /** The least that comparing needs: which effects each hook's calls have. */
    private static final String JOIN = "select h.full_name, e.kind, count(*), min(c.seq)"
            + " from calls c join hooks h on c.hook = h.id join effects e using (seq) group by all order by 3 desc";

    private final Path image;
    private final Path directory;
    private final int runs;
    private final Path workload;
    private final Path benchmark;

    /**
     * @param directory for what is recorded meanwhile
     */
    Benchmark(Path image, Path directory, int runs) throws IOException {
        this.image = image;
        this.directory = directory;
        this.runs = runs;
        this.workload = Files.write(directory.resolve("workload.cpio"), Workload.initrd());
        this.benchmark = Files.write(directory.resolve("benchmark.cpio"), Workload.benchmark());
    }

    /**
     * @param bare what QEMU runs beside the kernel on bare metal
     * @param xen what it runs on real Xen; another kernel than ours is measured here, too
     */
    BenchReport measure(Optional<Qemu> bare, Optional<Qemu> xen) throws IOException, InterruptedException {
        ImmutableList.Builder<BenchReport.Boot> boots = ImmutableList.builder();
        boots.addAll(boots(PlatformName.NATIVE, image, bare));
        boots.addAll(boots(
                PlatformName.XEN_PV, image, xen.filter(qemu -> qemu.kernel().equals(image))));
        if (xen.isPresent() && !xen.get().kernel().equals(image)) {
            boots.addAll(boots(PlatformName.XEN_PV, xen.get().kernel(), xen));
        }
        ImmutableList.Builder<BenchReport.Work> work = ImmutableList.builder();
        work.addAll(work(PlatformName.NATIVE, bare));
        work.addAll(work(PlatformName.XEN_PV, Optional.empty()));
        return new BenchReport(image.toString(), machine(), runs, boots.build(), work.build(), analysis());
    }

    private List<BenchReport.Boot> boots(PlatformName platform, Path kernel, Optional<Qemu> other)
            throws IOException, InterruptedException {
        List<Measurement> measurements = new ArrayList<>();
        measurements.add(() -> own("run", kernel, "--platform", platform));
        for (RegisterMode registers : RegisterMode.values()) {
            measurements.add(() -> own(
                    "record",
                    "--kernel",
                    kernel,
                    "--platform",
                    platform,
                    "--registers",
                    name(registers),
                    "--console",
                    "-",
                    "--force",
                    "-o",
                    trace(kernel, platform, registers)));
        }
        other.ifPresent(qemu -> measurements.add(() -> qemu.run(workload, Workload.FIRST_LINE)));
        List<List<MeasuredRun>> measured = inTurn(measurements);

        Optional<Spread> beside = other.map(qemu -> firstLine(QEMU, Iterables.getLast(measured)));
        List<BenchReport.Boot> boots = new ArrayList<>();
        boots.add(boot(platform, kernel, "none", measured.get(0), beside, null));
        for (RegisterMode registers : RegisterMode.values()) {
            boots.add(boot(
                    platform,
                    kernel,
                    name(registers),
                    measured.get(1 + registers.ordinal()),
                    beside,
                    recorded(trace(kernel, platform, registers))));
        }
        beside.ifPresent(firstLine -> boots.add(new BenchReport.Boot(
                QEMU,
                platform.toString(),
                name(kernel),
                "none",
                firstLine,
                null,
                null,
                peak(Iterables.getLast(measured)),
                null)));
        return boots;
    }

    private static BenchReport.Boot boot(
            PlatformName platform,
            Path kernel,
            String recording,
            List<MeasuredRun> runs,
            Optional<Spread> beside,
            BenchReport.@Nullable Recorded recorded) {
        Spread firstLine = firstLine(OURS, runs);
        return new BenchReport.Boot(
                OURS,
                platform.toString(),
                name(kernel),
                recording,
                firstLine,
                beside.map(firstLine::to).orElse(null),
                Spread.of(Lists.transform(runs, MeasuredRun::seconds)),
                peak(runs),
                recorded);
    }

    private static Spread firstLine(String program, List<MeasuredRun> runs) {
        return Spread.of(Lists.transform(
                runs,
                run -> run.secondsTo(Workload.FIRST_LINE)
                        .orElseThrow(() -> new BadInputException(
                                program + " ended before the workload began; nothing can be measured."))));
    }

    private List<BenchReport.Work> work(PlatformName platform, Optional<Qemu> other)
            throws IOException, InterruptedException {
        List<Measurement> measurements = new ArrayList<>();
        measurements.add(() -> own("run", image, "--platform", platform, "--initrd", benchmark));
        other.ifPresent(qemu -> measurements.add(() -> qemu.run(benchmark, Workload.BENCHMARK_LAST_LINE)));
        List<List<MeasuredRun>> measured = inTurn(measurements);

        Map<String, Spread> beside = new HashMap<>();
        List<BenchReport.Work> theirs = new ArrayList<>();
        if (other.isPresent()) {
            theirs.addAll(work(QEMU, platform, measured.get(1), Map.of()));
            theirs.forEach(row -> beside.put(row.kind(), row.seconds()));
        }
        List<BenchReport.Work> work = new ArrayList<>(work(OURS, platform, measured.get(0), beside));
        work.addAll(theirs);
        return work;
    }

    private static List<BenchReport.Work> work(
            String program, PlatformName platform, List<MeasuredRun> runs, Map<String, Spread> beside) {
        List<BenchReport.Work> work = new ArrayList<>();
        for (MeasuredRun.Line line : runs.get(0).lines()) {
            Matcher end = END_OF_WORK.matcher(line.text());
            if (end.find()) {
                String kind = end.group(1);
                Spread seconds = Spread.of(Lists.transform(runs, run -> secondsOf(run, kind)));
                work.add(new BenchReport.Work(
                        program,
                        platform.toString(),
                        kind,
                        Long.parseLong(end.group(2)),
                        seconds,
                        Optional.ofNullable(beside.get(kind)).map(seconds::to).orElse(null),
                        program.equals(OURS) ? Long.valueOf(end.group(3)) : null));
            }
        }
        return work;
    }

    private static double secondsOf(MeasuredRun run, String kind) {
        return run.secondsTo("benchmark: end " + kind).orElseThrow()
                - run.secondsTo("benchmark: begin " + kind).orElseThrow();
    }

    private List<BenchReport.Analysis> analysis() throws IOException, InterruptedException {
        Path first = trace(image, PlatformName.NATIVE, RegisterMode.ARGS);
        Path second = trace(image, PlatformName.XEN_PV, RegisterMode.ARGS);
        long ofSecond = calls(second);
        long ofBoth = calls(first) + ofSecond;
        Map<String, Measurement> measurements = new LinkedHashMap<>();
        for (String command : List.of("diff", "diet")) {
            measurements.put(command + BOTH, () -> own(command, first, second));
        }
        for (String command : List.of("stats", "contract")) {
            measurements.put(command + " xen-pv", () -> own(command, second));
        }
        measurements.put("DuckDB: group-by, xen-pv", () -> own("query", second, GROUP_BY));
        measurements.put("DuckDB: join, xen-pv", () -> own("query", second, JOIN));
        List<List<MeasuredRun>> measured = inTurn(List.copyOf(measurements.values()));
        List<BenchReport.Analysis> analysis = new ArrayList<>();
        for (String name : measurements.keySet()) {
            List<MeasuredRun> runs = measured.get(analysis.size());
            analysis.add(new BenchReport.Analysis(
                    name,
                    name.endsWith(BOTH) ? ofBoth : ofSecond,
                    Spread.of(Lists.transform(runs, MeasuredRun::seconds)),
                    peak(runs)));
        }
        return analysis;
    }

    private Path trace(Path kernel, PlatformName platform, RegisterMode registers) {
        return directory.resolve(name(kernel) + "-" + platform + "-" + name(registers) + ".pvtrace");
    }

    private static String name(Path kernel) {
        return kernel.getFileName().toString();
    }

    private static String name(RegisterMode registers) {
        return registers.name().toLowerCase(Locale.ROOT);
    }

    private static long calls(Path trace) {
        try (TraceReader reader = TraceReader.open(trace)) {
            return reader.counts().calls();
        }
    }

    private static BenchReport.Recorded recorded(Path trace) throws IOException {
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
            long calls = reader.counts().calls();
            long instructions = reader.ending().map(ending -> ending.icount()).orElse(0L);
            return new BenchReport.Recorded(calls, instructions, (double) bytes / calls);
        }
    }

    private static long peak(List<MeasuredRun> runs) {
        return runs.stream().mapToLong(MeasuredRun::peakBytes).max().orElse(0);
    }

    /** One measurement. */
    private interface Measurement {
        MeasuredRun run() throws IOException, InterruptedException;
    }

    /** Each once, then each again: what the machine does meanwhile, it does to all of them. */
    private List<List<MeasuredRun>> inTurn(List<Measurement> measurements) throws IOException, InterruptedException {
        List<List<MeasuredRun>> all = new ArrayList<>();
        measurements.forEach(measurement -> all.add(new ArrayList<>()));
        for (int run = 0; run < runs; run++) {
            for (int i = 0; i < measurements.size(); i++) {
                all.get(i).add(measurements.get(i).run());
            }
        }
        return all;
    }

    /** Runs pvdiet itself in a new process, by its launcher where it was started so. */
    private static MeasuredRun own(Object... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        String launcher = System.getenv("PVDIET_LAUNCHER");
        if (launcher != null) {
            command.add(launcher);
        } else {
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
            command.add("-cp");
            command.add(System.getProperty("java.class.path"));
            command.add(Main.class.getName());
        }
        List<String> words = Stream.of(arguments).map(Object::toString).toList();
        command.addAll(words);
        System.err.println("pvdiet: measuring: pvdiet " + String.join(" ", words));
        MeasuredRun run = MeasuredRun.of(command);
        if (run.exitCode() != ExitCode.DONE) {
            throw new BadInputException("pvdiet " + String.join(" ", words) + " failed with exit code " + run.exitCode()
                    + "; nothing can be measured.");
        }
        return run;
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
