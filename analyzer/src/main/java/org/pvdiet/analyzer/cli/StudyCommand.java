package org.pvdiet.analyzer.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.pvdiet.analyzer.diet.Diet;
import org.pvdiet.analyzer.diet.DietReport;
import org.pvdiet.analyzer.diet.DietText;
import org.pvdiet.analyzer.diet.DietTrace;
import org.pvdiet.analyzer.diff.Diff;
import org.pvdiet.analyzer.diff.DiffReport;
import org.pvdiet.analyzer.diff.DiffText;
import org.pvdiet.analyzer.report.ReportTrace;
import org.pvdiet.emulator.cpu.CpuModel;
import org.pvdiet.emulator.guest.KernelImage;
import org.pvdiet.emulator.machine.Configuration;
import org.pvdiet.emulator.machine.Machine;
import org.pvdiet.emulator.session.Guest;
import org.pvdiet.emulator.session.InitialRamDisk;
import org.pvdiet.emulator.session.PlatformName;
import org.pvdiet.traces.RegisterMode;
import org.pvdiet.traces.TraceReader;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "study",
        mixinStandardHelpOptions = true,
        description = "Records a kernel on every platform, compares, and says which hooks can go.",
        footer = {
            "",
            "Examples:",
            "  pvdiet study",
            "  pvdiet study --kernel /boot/vmlinuz-6.1.0-56-cloud-amd64 -o study-6.1",
            "",
            "Writes report.html, a page that holds all that follows; native.pvtrace, xen-pv.pvtrace, their console logs,"
                    + " diff.txt, diff.json, diet.txt, diet.md, diet.json, report.json."
        })
final class StudyCommand implements Callable<Integer> {
    private static final Set<String> OWN_FILES = Set.of(
            "native.pvtrace",
            "xen-pv.pvtrace",
            "native.log",
            "xen-pv.log",
            "diff.txt",
            "diff.json",
            "diet.txt",
            "diet.md",
            "diet.json",
            ReportFiles.PAGE,
            ReportFiles.JSON);

    @Mixin
    private KernelOption kernel;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "DIR",
            defaultValue = "study",
            description = "Where everything goes. Default: ${DEFAULT-VALUE}.")
    private Path directory;

    @Mixin
    private Force force;

    @Override
    public Integer call() throws IOException, InterruptedException {
        OutputDirectory output = new OutputDirectory(directory);
        if (!force.given()) {
            output.refuseContent();
        }
        output.refuseAllBut(OWN_FILES);
        Path path = kernel.path();
        KernelImage image = HeadStart.image(path);
        System.err.println("pvdiet: " + image.banner());
        output.clear();
        List<RecordingRun> runs = record(image);
        for (RecordingRun run : runs) {
            if (run.conclude() != ExitCode.DONE) {
                return ExitCode.GUEST_FAILED;
            }
        }
        compare(image, output);
        return ExitCode.DONE;
    }

    private Path trace(PlatformName platform) {
        return directory.resolve(platform + ".pvtrace");
    }

    /** All platforms at once: a guest has one processor, and the machine has more. */
    private List<RecordingRun> record(KernelImage image) throws IOException, InterruptedException {
        ExecutorService guests = Executors.newFixedThreadPool(PlatformName.values().length);
        try (Interruption interruption = Interruption.begin()) {
            List<Future<RecordingRun>> pending = new ArrayList<>();
            for (PlatformName platform : PlatformName.values()) {
                Guest guest = new Guest(
                        image,
                        platform,
                        CpuModel.named(CpuModel.DEFAULT),
                        platform.commandLine(),
                        Configuration.DEFAULT_MEMORY,
                        InitialRamDisk.workload(),
                        Configuration.DEFAULT_SEED);
                pending.add(guests.submit(() -> RecordingRun.record(
                        guest,
                        trace(platform),
                        RegisterMode.ARGS,
                        false,
                        Optional.of(directory.resolve(platform + ".log").toString()),
                        Optional.empty(),
                        Machine.UNLIMITED,
                        interruption)));
            }
            List<RecordingRun> runs = new ArrayList<>();
            for (Future<RecordingRun> run : pending) {
                runs.add(run.get());
            }
            return runs;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IOException(e.getCause().getMessage(), e.getCause());
        } finally {
            guests.shutdown();
        }
    }

    private void compare(KernelImage image, OutputDirectory output) throws IOException {
        try (TraceReader bare = TraceReader.open(trace(PlatformName.NATIVE));
                TraceReader xen = TraceReader.open(trace(PlatformName.XEN_PV))) {
            List<ReportTrace> read = ReportTrace.of(List.of(bare, xen));
            List<DietTrace> traces = read.stream().map(ReportTrace::diet).toList();
            DiffReport diff = Diff.of(traces.get(0).log(), traces.get(1).log());
            DietReport diet = Diet.of(traces, List.of(diff));
            output.write("diff.txt", DiffText.of(diff));
            output.write("diff.json", Json.print(Json.tree(diff)));
            output.write("diet.txt", DietText.plain(diet));
            output.write("diet.md", DietText.markdown(diet));
            output.write("diet.json", Json.print(Json.tree(diet)));
            new ReportFiles(output).write(ReportFiles.report(read, diet, List.of(diff)));
            summary(image, diff, diet);
        }
    }

    private void summary(KernelImage image, DiffReport diff, DietReport diet) {
        System.out.println(image.banner());
        System.out.printf(
                Locale.ROOT,
                "%n%d hooks. %,d calls on %s, %,d on %s.%n",
                image.hooks().size(),
                diff.first().calls(),
                diff.first().platform(),
                diff.second().calls(),
                diff.second().platform());
        String divergent = diff.hooks().stream()
                .filter(DiffReport.HookDiff::isDivergent)
                .map(DiffReport.HookDiff::hook)
                .collect(Collectors.joining(", "));
        System.out.printf(
                "%n%d divergent hooks, whose callers can tell the platforms apart:%n",
                diff.summary().divergentHooks());
        System.out.println(wrapped(divergent));
        diet.hooks().stream()
                .filter(hook -> !hook.verdict().equals("keep"))
                .collect(
                        Collectors.groupingBy(DietReport.HookVerdict::verdict, LinkedHashMap::new, Collectors.toList()))
                .forEach((verdict, hooks) -> {
                    System.out.printf("%nCandidates to %s (%d):%n", verdict, hooks.size());
                    System.out.println(wrapped(
                            hooks.stream().map(DietReport.HookVerdict::hook).collect(Collectors.joining(", "))));
                });
        System.out.printf(
                "%nWhy: %s, a page for a browser. Text, JSON, traces and console logs are beside it.%n",
                directory.resolve(ReportFiles.PAGE));
        System.out.printf("Any call: pvdiet show %s SEQ%n", trace(PlatformName.NATIVE));
    }

    private static String wrapped(String list) {
        StringBuilder text = new StringBuilder();
        int column = 0;
        for (String word : list.split(" ", -1)) {
            if (column == 0 || column + word.length() + 1 > 96) {
                text.append(column == 0 ? "  " : "\n  ");
                column = 2;
            } else {
                text.append(' ');
                column++;
            }
            text.append(word);
            column += word.length();
        }
        return text.toString();
    }
}
