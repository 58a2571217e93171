package org.pvdiet.emulator.record;

import com.google.common.base.Throwables;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.pvdiet.emulator.cpu.Cpu;
import org.pvdiet.emulator.cpu.Observer;
import org.pvdiet.emulator.cpu.Probe;
import org.pvdiet.emulator.guest.KernelImage;
import org.pvdiet.emulator.platform.Platform;
import org.pvdiet.traces.CallColumn;
import org.pvdiet.traces.FrameRun;
import org.pvdiet.traces.OpenCalls;
import org.pvdiet.traces.Phase;
import org.pvdiet.traces.RegisterMode;
import org.pvdiet.traces.RowBatch;
import org.pvdiet.traces.Symbol;
import org.pvdiet.traces.TraceWriter;

/**
 * Records every call of every hook, and what happens inside.
 *
 * <p>A call begins when control reaches a site and ends when control is next at the site's end with the stack pointer it
 * began with.
 */
public final class Recorder implements OpenCalls {
    private final Cpu cpu;
    private final Platform platform;
    private final KernelImage image;
    private final TraceWriter writer;
    private final List<RecordedSite> sites;
    private final CallStack stack;
    private final EventLog log;
    private final HookTargets targets;
    private final List<FrameRun> frameRuns = new ArrayList<>();
    private final List<Platform.Frames> knownFrames = new ArrayList<>();
    private final Map<Long, Probe> probes = new HashMap<>();

    /** Done when the tables of what is known before the guest starts are written. */
    private CompletableFuture<Void> beginnings = CompletableFuture.completedFuture(null);

    public Recorder(Cpu cpu, Platform platform, KernelImage image, TraceWriter writer, RegisterMode registers) {
        this.cpu = cpu;
        this.platform = platform;
        this.image = image;
        this.writer = writer;
        this.sites = image.sites().stream().map(RecordedSite::of).toList();
        boolean full = registers == RegisterMode.FULL;
        Moment now = new Moment();
        this.stack = new CallStack(now, writer, full);
        EventQueue queue = new EventQueue(new EventReader(sites, writer, stack, now, full));
        this.log = new EventLog(cpu, platform, new TableMappings(cpu.mmu(), image), queue, full);
        this.targets = new HookTargets(image, cpu.mmu());
    }

    /** Begins to record: call once, when the guest is ready to run. */
    public void start() {
        writeBeginnings(frameTable());
        log.start();
        cpu.setObserver(log);
        // Ends first: where one site follows another, the first call ends before the second begins.
        for (RecordedSite site : sites) {
            addProbe(site.end(), (processor, address) -> log.leave(site));
        }
        for (RecordedSite site : sites) {
            addProbe(image.sites().get(site.site()).address(), (processor, address) -> {
                targets.called(site.hook(), processor.retired());
                log.enter(site);
            });
        }
        onReturn("init_hypervisor_platform", () -> {
            log.phase(Phase.SETUP);
            targets.platformSetUp();
        });
        onReturn("alternative_instructions", () -> {
            log.phase(Phase.PATCHED);
            targets.sitesPatched();
        });
    }

    /** In the background: all that writes tables must be loaded for it, and the guest need not wait. */
    private void writeBeginnings(List<FrameRun> frames) {
        HookTargets unset = new HookTargets(image, cpu.mmu());
        beginnings = CompletableFuture.runAsync(() -> {
            writer.symbols(image.kallsyms().symbols().stream()
                    .map(s -> new Symbol(s.address(), s.name(), s.type()))
                    .toList());
            writer.hooks(unset.hooks());
            writer.sites(unset.sites());
            writer.frames(frames);
        });
    }

    /** Waits until nothing is done in the background any more, whatever has come of it: to be called before the writer is closed. */
    public void settle() {
        log.settle();
        beginnings.exceptionally(failure -> null).join();
    }

    /** Completes what is open and writes the tables that are known only now. The writer is left to be completed. */
    public void finish() {
        log.end();
        cpu.setObserver(Observer.NONE);
        try {
            beginnings.join();
        } catch (CompletionException e) {
            Throwables.throwIfUnchecked(e.getCause());
            throw e;
        }
        writer.hooks(targets.hooks());
        writer.sites(targets.sites());
        writer.frames(frameTable());
    }

    public long calls() {
        return stack.calls();
    }

    /** Runs {@code probe} at {@code address} after those that are there already. */
    private void addProbe(long address, Probe probe) {
        cpu.setProbe(address, probes.merge(address, probe, (first, second) -> (processor, at) -> {
            first.reached(processor, at);
            second.reached(processor, at);
        }));
    }

    /** Runs {@code action} when the function returns for the first time. */
    private void onReturn(String function, Runnable action) {
        OptionalLong entry = image.kallsyms().address(function);
        if (entry.isEmpty()) {
            return;
        }
        boolean[] called = new boolean[2];
        addProbe(entry.getAsLong(), (processor, address) -> {
            if (!called[0]) {
                called[0] = true;
                addProbe(processor.memory().load64(processor.r[Cpu.RSP]), (p, at) -> {
                    if (!called[1]) {
                        called[1] = true;
                        action.run();
                    }
                });
            }
        });
    }

    /** All runs of frames so far. */
    private List<FrameRun> frameTable() {
        List<Platform.Frames> now = platform.frames();
        if (!now.equals(knownFrames)) {
            for (Platform.Frames run : now) {
                if (!knownFrames.contains(run)) {
                    frameRuns.add(new FrameRun(
                            cpu.retired(),
                            run.pfn(),
                            run.mfn() < 0 ? OptionalLong.empty() : OptionalLong.of(run.mfn()),
                            run.count()));
                }
            }
            knownFrames.clear();
            knownFrames.addAll(now);
        }
        return List.copyOf(frameRuns);
    }

    @Override
    public void abandon(RowBatch<CallColumn> batch, int row) {
        stack.abandon(batch, row);
    }
}
