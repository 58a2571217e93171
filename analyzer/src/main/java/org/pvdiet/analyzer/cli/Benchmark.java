package org.pvdiet.analyzer.cli;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.Lists;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pvdiet.analyzer.bench.BenchReport;
import org.pvdiet.analyzer.bench.MeasuredRun;
import org.pvdiet.analyzer.bench.Spread;
import org.pvdiet.emulator.guest.KernelImage;
import org.pvdiet.emulator.guest.Workload;
import org.pvdiet.emulator.session.PlatformName;
import org.pvdiet.traces.RegisterMode;
import org.pvdiet.traces.TraceReader;

/** Measures pvdiet on this machine, each run in a process of its own, and QEMU beside it. */
final class Benchmark {
    private static final String OURS = "pvdiet";
    private static final String QEMU = "qemu";
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
    private final Optional<Qemu> qemu;
    private final Path workload;
    private final Path benchmark;

    /**
     * @param directory for what is recorded meanwhile
     */
    Benchmark(Path image, Path directory, int runs) throws IOException {
        this.image = image;
        this.directory = directory;
        this.runs = runs;
        this.qemu = Qemu.isInstalled() ? Optional.of(new Qemu(KernelImage.open(image), directory)) : Optional.empty();
        this.workload = Files.write(directory.resolve("workload.cpio"), Workload.initrd());
        this.benchmark = Files.write(directory.resolve("benchmark.cpio"), Workload.benchmark());
    }

    BenchReport measure() throws IOException, InterruptedException {
        return new BenchReport(image.toString(), machine(), runs, boots(), work(), analysis());
    }

    private List<BenchReport.Boot> boots() throws IOException, InterruptedException {
        ImmutableList.Builder<BenchReport.Boot> boots = ImmutableList.builder();
        for (PlatformName platform : PlatformName.values()) {
            List<MeasuredRun> plain = repeat(() -> own("run", image, "--platform", platform));
            boots.add(boot(OURS, platform, "none", plain, true, null));
            for (RegisterMode registers : RegisterMode.values()) {
                String mode = registers.name().toLowerCase(Locale.ROOT);
                Path trace = trace(platform, registers);
                List<MeasuredRun> recording = repeat(() -> own(
                        "record",
                        "--kernel",
                        image,
                        "--platform",
                        platform,
                        "--registers",
                        mode,
                        "--console",
                        "-",
                        "--force",
                        "-o",
                        trace));
                boots.add(boot(OURS, platform, mode, recording, true, recorded(trace)));
            }
            if (platform == PlatformName.NATIVE && qemu.isPresent()) {
                List<MeasuredRun> other = repeat(() -> qemu.get().run(workload, Workload.FIRST_LINE));
                boots.add(boot(QEMU, platform, "none", other, false, null));
            }
        }
        return boots.build();
    }

    private static BenchReport.Boot boot(
            String program,
            PlatformName platform,
            String recording,
            List<MeasuredRun> runs,
            boolean ended,
            BenchReport.@Nullable Recorded recorded) {
        return new BenchReport.Boot(
                program,
                platform.toString(),
                recording,
                Spread.of(Lists.transform(
                        runs,
                        run -> run.secondsTo(Workload.FIRST_LINE)
                                .orElseThrow(() -> new BadInputException(
                                        program + " ended before the workload began; nothing can be measured.")))),
                ended ? Spread.of(Lists.transform(runs, MeasuredRun::seconds)) : null,
                peak(runs),
                recorded);
    }

    private List<BenchReport.Work> work() throws IOException, InterruptedException {
        ImmutableList.Builder<BenchReport.Work> work = ImmutableList.builder();
        for (PlatformName platform : PlatformName.values()) {
            work.addAll(work(
                    OURS, platform, repeat(() -> own("run", image, "--platform", platform, "--initrd", benchmark))));
            if (platform == PlatformName.NATIVE && qemu.isPresent()) {
                work.addAll(work(
                        QEMU, platform, repeat(() -> qemu.get().run(benchmark, Workload.BENCHMARK_LAST_LINE))));
            }
        }
        return work.build();
    }

    private static List<BenchReport.Work> work(String program, PlatformName platform, List<MeasuredRun> runs) {
        List<BenchReport.Work> work = new ArrayList<>();
        for (MeasuredRun.Line line : runs.get(0).lines()) {
            Matcher end = END_OF_WORK.matcher(line.text());
            if (end.find()) {
                String kind = end.group(1);
                work.add(new BenchReport.Work(
                        program,
                        platform.toString(),
                        kind,
                        Long.parseLong(end.group(2)),
                        Spread.of(Lists.transform(runs, run -> secondsOf(run, kind))),
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
        Path first = trace(PlatformName.NATIVE, RegisterMode.ARGS);
        Path second = trace(PlatformName.XEN_PV, RegisterMode.ARGS);
        long calls = calls(first) + calls(second);
        ImmutableList.Builder<BenchReport.Analysis> analysis = ImmutableList.builder();
        for (String command : List.of("diff", "diet")) {
            analysis.add(analysis(command + " native xen-pv", calls, repeat(() -> own(command, first, second))));
        }
        for (String command : List.of("stats", "contract")) {
            analysis.add(analysis(command + " xen-pv", calls(second), repeat(() -> own(command, second))));
        }
        analysis.add(analysis("DuckDB: group-by, xen-pv", calls(second), repeat(() -> own("query", second, GROUP_BY))));
        analysis.add(analysis("DuckDB: join, xen-pv", calls(second), repeat(() -> own("query", second, JOIN))));
        return analysis.build();
    }

    private static BenchReport.Analysis analysis(String name, long calls, List<MeasuredRun> runs) {
        return new BenchReport.Analysis(
                name, calls, Spread.of(Lists.transform(runs, MeasuredRun::seconds)), peak(runs));
    }

    private Path trace(PlatformName platform, RegisterMode registers) {
        return directory.resolve(platform + "-" + registers.name().toLowerCase(Locale.ROOT) + ".pvtrace");
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

    private List<MeasuredRun> repeat(Measurement measurement) throws IOException, InterruptedException {
        ImmutableList.Builder<MeasuredRun> all = ImmutableList.builder();
        for (int i = 0; i < runs; i++) {
            all.add(measurement.run());
        }
        return all.build();
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
