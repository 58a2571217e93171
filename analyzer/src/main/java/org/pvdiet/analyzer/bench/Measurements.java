package org.pvdiet.analyzer.bench;

import com.google.common.collect.Maps;
import com.google.common.collect.Table;
import com.google.common.collect.Tables;
import com.google.common.math.Quantiles;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What has been measured so far, by the run of the benchmark that it is of. A ratio is made of two measurements of one run,
 * which are minutes apart at most: the machine's speed may be another in the next.
 */
public final class Measurements {
    private final Table<Guest, Integer, GuestRun> guests = inOrder();
    private final Map<Guest, BenchReport.Recorded> recorded = new HashMap<>();
    private final Table<Command, Integer, MeasuredRun> commands = inOrder();

    /**
     * A command on traces.
     *
     * @param calls in the traces
     */
    public record Command(String name, long calls) {}

    private static <R, V> Table<R, Integer, V> inOrder() {
        return Tables.newCustomTable(new LinkedHashMap<>(), TreeMap::new);
    }

    public void add(int run, Guest guest, GuestRun measured) {
        guests.put(guest, run, measured);
    }

    public void add(int run, Command command, MeasuredRun measured) {
        commands.put(command, run, measured);
    }

    /** What the recording of a guest has; each run records the same. */
    public void recorded(Guest guest, BenchReport.Recorded what) {
        recorded.put(guest, what);
    }

    public boolean isEmpty() {
        return guests.isEmpty() && commands.isEmpty();
    }

    /**
     * @param runs that were asked for
     * @param complete whether all of them were made
     */
    public BenchReport report(String kernel, BenchReport.Machine machine, int runs, boolean complete) {
        List<BenchReport.Boot> boots = new ArrayList<>();
        List<BenchReport.Work> work = new ArrayList<>();
        guests.rowMap().forEach((guest, measured) -> {
            boots.add(boot(guest, measured));
            measured.values().iterator().next().work().forEach(kind -> work.add(work(guest, kind, measured)));
        });
        List<BenchReport.Analysis> analysis = new ArrayList<>();
        commands.rowMap()
                .forEach((command, measured) -> analysis.add(new BenchReport.Analysis(
                        command.name(),
                        command.calls(),
                        measured.size(),
                        Spread.of(Maps.transformValues(measured, MeasuredRun::seconds)
                                .values()),
                        most(measured.values(), MeasuredRun::peakBytes))));
        return new BenchReport(kernel, machine, runs, complete, boots, work, analysis);
    }

    private BenchReport.Boot boot(Guest guest, Map<Integer, GuestRun> measured) {
        Map<Integer, Double> firstLine = Maps.transformValues(measured, GuestRun::firstLine);
        List<Double> ends = new ArrayList<>();
        for (GuestRun run : measured.values()) {
            if (run.end() != null) {
                ends.add(run.end());
            }
        }
        return new BenchReport.Boot(
                guest.program(),
                guest.platform(),
                guest.kernel(),
                guest.recording(),
                measured.size(),
                Spread.of(firstLine.values()),
                ratio(guest, guest.byQemu(), GuestRun::firstLine),
                ratio(guest, guest.unrecorded(), GuestRun::firstLine),
                ends.isEmpty() ? null : Spread.of(ends),
                most(measured.values(), GuestRun::peakBytes),
                recorded.get(guest));
    }

    private BenchReport.Work work(Guest guest, GuestRun.Work kind, Map<Integer, GuestRun> measured) {
        Function<GuestRun, Double> seconds = run -> run.work().stream()
                .filter(work -> work.kind().equals(kind.kind()))
                .findFirst()
                .orElseThrow()
                .seconds();
        return new BenchReport.Work(
                guest.program(),
                guest.platform(),
                kind.kind(),
                kind.count(),
                measured.size(),
                Spread.of(measured.values().stream().map(seconds).toList()),
                ratio(guest, guest.byQemu(), seconds),
                kind.instructions());
    }

    /** Median over the runs that have both; null where there is no other guest or none has both. */
    private @Nullable Double ratio(Guest guest, Guest other, Function<GuestRun, Double> seconds) {
        if (guest.equals(other)) {
            return null;
        }
        Map<Integer, GuestRun> others = guests.row(other);
        List<Double> ratios = new ArrayList<>();
        guests.row(guest).forEach((run, measured) -> {
            GuestRun beside = others.get(run);
            if (beside != null) {
                ratios.add(seconds.apply(measured) / seconds.apply(beside));
            }
        });
        return ratios.isEmpty() ? null : Quantiles.median().compute(ratios);
    }

    private static <T> long most(Collection<T> runs, Function<T, Long> bytes) {
        return runs.stream().map(bytes).max(Long::compare).orElse(0L);
    }
}
