package org.pvdiet.analyzer.cli;

import com.google.common.collect.Iterables;
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
import org.pvdiet.analyzer.bench.Guest;
import org.pvdiet.analyzer.bench.GuestRun;
import org.pvdiet.analyzer.bench.MeasuredRun;
import org.pvdiet.analyzer.bench.Measurements;
import org.pvdiet.emulator.guest.Workload;
import org.pvdiet.emulator.session.PlatformName;
import org.pvdiet.traces.RegisterMode;
import org.pvdiet.traces.TraceReader;

/**
 * Measures pvdiet on this machine, each run in a process of its own, and QEMU beside it. All that is measured is measured once,
 * then again: what the machine does meanwhile, it does to all of them.
 *
 * <p>The benchmark's guest also is the boot that records nothing: it prints its first line where the start-up workload does.
 */
final class Benchmark {
    private static final String FIRST_KIND = "benchmark: begin ";
    private static final Pattern END_OF_WORK = Pattern.compile("benchmark: end (.+), (\\d+) in (\\d+) ticks");
    private static final Pattern PROCESSOR = Pattern.compile("(?m)^model name\\s*: (.*)$");

    /** No line has it. */
    private static final String NEVER = "\0";

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
    private final Interruption interruption;
    private final Measurements measurements;
    private final Path workload;
    private final Path benchmark;

    /**
     * @param directory for what is recorded meanwhile
     * @param measurements takes each as soon as it is made
     */
    Benchmark(Path image, Path directory, int runs, Interruption interruption, Measurements measurements)
            throws IOException {
        this.image = image;
        this.directory = directory;
        this.runs = runs;
        this.interruption = interruption;
        this.measurements = measurements;
        this.workload = Files.write(directory.resolve("workload.cpio"), Workload.initrd());
        this.benchmark = Files.write(directory.resolve("benchmark.cpio"), Workload.benchmark());
    }

    /** One measurement. */
    private interface Measurement {
        /**
         * @param run counts from 1
         */
        void take(int run) throws IOException, InterruptedException;
    }

    /**
     * @param everyRun or else in the first alone: what is beside nothing, or hardly differs from its neighbour
     */
    private record Step(String what, boolean everyRun, Measurement measurement) {}

    /**
     * @param bare what QEMU runs beside the kernel on bare metal
     * @param xen what it runs on real Xen; another kernel than ours is measured here, too
     * @throws InterruptedException where the user asked for an early end
     */
    void measure(Optional<Qemu> bare, Optional<Qemu> xen) throws IOException, InterruptedException {
        List<Step> steps = steps(bare, xen);
        for (int run = 1; run <= runs; run++) {
            for (Step step : steps) {
                if (run == 1 || step.everyRun()) {
                    System.err.printf("pvdiet: run %d of %d: %s ... ", run, runs, step.what());
                    long start = System.nanoTime();
                    try {
                        step.measurement().take(run);
                        System.err.printf(Locale.ROOT, "%.1f s%n", (System.nanoTime() - start) / 1e9);
                    } catch (InterruptedException e) {
                        System.err.println("ended early");
                        throw e;
                    }
                }
            }
        }
    }

    private List<Step> steps(Optional<Qemu> bare, Optional<Qemu> xen) {
        List<Step> steps = new ArrayList<>();
        steps.add(work(PlatformName.NATIVE, true));
        steps.add(recording(PlatformName.NATIVE, image, RegisterMode.ARGS, true));
        bare.ifPresent(qemu -> steps.add(work(qemu)));

        boolean beside = xen.isPresent() && xen.get().kernel().equals(image);
        steps.add(work(PlatformName.XEN_PV, false));
        steps.add(recording(PlatformName.XEN_PV, image, RegisterMode.ARGS, beside));
        // Of both platforms, the one that has more to say of a call.
        steps.add(recording(PlatformName.XEN_PV, image, RegisterMode.FULL, false));
        if (xen.isPresent()) {
            if (!beside) {
                steps.add(recording(PlatformName.XEN_PV, xen.get().kernel(), RegisterMode.ARGS, true));
            }
            steps.add(boot(xen.get()));
        }

        Path first = trace(PlatformName.NATIVE, image, RegisterMode.ARGS);
        Path second = trace(PlatformName.XEN_PV, image, RegisterMode.ARGS);
        for (String command : List.of("diff", "diet")) {
            steps.add(analysis(command + " native xen-pv", List.of(first, second), command, first, second));
        }
        for (String command : List.of("stats", "contract")) {
            steps.add(analysis(command + " xen-pv", List.of(second), command, second));
        }
        steps.add(analysis("DuckDB: group-by, xen-pv", List.of(second), "query", second, GROUP_BY));
        steps.add(analysis("DuckDB: join, xen-pv", List.of(second), "query", second, JOIN));
        return steps;
    }

    private Step work(PlatformName platform, boolean everyRun) {
        Guest guest = new Guest(Guest.OURS, platform.toString(), name(image), Guest.UNRECORDED);
        return new Step(what(guest) + ", with work", everyRun, run -> {
            MeasuredRun measured = own("run", image, "--platform", platform, "--initrd", benchmark);
            measurements.add(run, guest, guestRun(guest, measured, FIRST_KIND, null));
        });
    }

    private Step work(Qemu qemu) {
        Guest guest = new Guest(Guest.QEMU, PlatformName.NATIVE.toString(), name(qemu.kernel()), Guest.UNRECORDED);
        return new Step(what(guest) + ", with work", true, run -> {
            MeasuredRun measured = process(qemu.program(benchmark), Workload.BENCHMARK_LAST_LINE);
            measurements.add(run, guest, guestRun(guest, measured, FIRST_KIND, null));
        });
    }

    private Step boot(Qemu qemu) {
        Guest guest = new Guest(Guest.QEMU, PlatformName.XEN_PV.toString(), name(qemu.kernel()), Guest.UNRECORDED);
        return new Step(what(guest), true, run -> {
            MeasuredRun measured = process(qemu.program(workload), Workload.FIRST_LINE);
            measurements.add(run, guest, guestRun(guest, measured, Workload.FIRST_LINE, null));
        });
    }

    private Step recording(PlatformName platform, Path kernel, RegisterMode registers, boolean everyRun) {
        String recording = registers.name().toLowerCase(Locale.ROOT);
        Guest guest = new Guest(Guest.OURS, platform.toString(), name(kernel), recording);
        Path trace = trace(platform, kernel, registers);
        return new Step(what(guest), everyRun, run -> {
            MeasuredRun measured = own(
                    "record",
                    KernelOption.NAME,
                    kernel,
                    GuestOptions.PLATFORM,
                    platform,
                    "--registers",
                    recording,
                    "--console",
                    "-",
                    "--force",
                    "-o",
                    trace);
            measurements.add(run, guest, guestRun(guest, measured, Workload.FIRST_LINE, measured.seconds()));
            measurements.recorded(guest, recorded(trace));
        });
    }

    private Step analysis(String name, List<Path> traces, Object... arguments) {
        return new Step(name, true, run -> {
            MeasuredRun measured = own(arguments);
            long calls = traces.stream().mapToLong(Benchmark::calls).sum();
            measurements.add(run, new Measurements.Command(name, calls), measured);
        });
    }

    private static String what(Guest guest) {
        return guest.program() + ", " + guest.kernel() + " on " + guest.platform() + ", recording " + guest.recording();
    }

    private static GuestRun guestRun(Guest guest, MeasuredRun run, String firstLine, @Nullable Double end) {
        double toFirstLine = run.secondsTo(firstLine)
                .orElseThrow(() -> new BadInputException(
                        "The guest ended before it printed '" + firstLine + "'; nothing can be measured."));
        List<GuestRun.Work> work = new ArrayList<>();
        for (MeasuredRun.Line line : run.lines()) {
            Matcher ended = END_OF_WORK.matcher(line.text());
            if (ended.find()) {
                String kind = ended.group(1);
                double begun = run.secondsTo(FIRST_KIND + kind).orElseThrow();
                work.add(new GuestRun.Work(
                        kind,
                        Long.parseLong(ended.group(2)),
                        line.seconds() - begun,
                        guest.program().equals(Guest.OURS) ? Long.valueOf(ended.group(3)) : null));
            }
        }
        return new GuestRun(toFirstLine, end, run.peakBytes(), work);
    }

    private Path trace(PlatformName platform, Path kernel, RegisterMode registers) {
        return directory.resolve(name(kernel) + "-" + platform + "-" + registers + ".pvtrace");
    }

    private static String name(Path kernel) {
        return kernel.getFileName().toString();
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

    /** Runs pvdiet itself in a new process, by its launcher where it was started so. */
    private MeasuredRun own(Object... arguments) throws IOException, InterruptedException {
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
        Stream.of(arguments).map(Object::toString).forEach(command::add);
        return process(new ProcessBuilder(command), NEVER);
    }

    private MeasuredRun process(ProcessBuilder program, String lastLine) throws IOException, InterruptedException {
        if (interruption.asked()) {
            throw new InterruptedException();
        }
        Path errors = directory.resolve("errors");
        program.redirectError(errors.toFile());
        MeasuredRun run = MeasuredRun.of(program, lastLine, process -> interruption.stops(process::destroyForcibly));
        if (run.exitCode() != ExitCode.DONE) {
            if (interruption.asked()) {
                throw new InterruptedException();
            }
            throw new BadInputException(String.join(" ", program.command()) + " failed with exit code " + run.exitCode()
                    + ": " + Iterables.getLast(Files.readAllLines(errors), "it says nothing")
                    + "; nothing can be measured.");
        }
        return run;
    }

    /**
     * @param qemu its version, if it is installed
     */
    static BenchReport.Machine machine(Optional<String> qemu) throws IOException {
        Path processors = Path.of("/proc/cpuinfo");
        Matcher name = PROCESSOR.matcher(Files.exists(processors) ? Files.readString(processors) : "");
        return new BenchReport.Machine(
                Runtime.getRuntime().availableProcessors(),
                name.find() ? name.group(1) : System.getProperty("os.arch"),
                System.getProperty("java.vm.name") + " " + System.getProperty("java.version"),
                qemu.orElse(null));
    }
}
