package org.pvdiet.emulator.session;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.pvdiet.emulator.cpu.Cpu;
import org.pvdiet.emulator.guest.KernelImage;
import org.pvdiet.emulator.machine.Console;
import org.pvdiet.emulator.machine.Ending;
import org.pvdiet.emulator.machine.Machine;
import org.pvdiet.emulator.record.Recorder;
import org.pvdiet.traces.CallColumn;
import org.pvdiet.traces.OpenCalls;
import org.pvdiet.traces.Options;
import org.pvdiet.traces.RegisterMode;
import org.pvdiet.traces.RowBatch;
import org.pvdiet.traces.TraceInfo;
import org.pvdiet.traces.TraceWriter;

/** A guest that runs while its calls go to a trace. */
public final class Recording implements AutoCloseable {
    private static final String PRODUCER = "pvdiet 0.1.0";

    /**
     * What is recorded and for how long.
     *
     * @param maxInstructions {@link Machine#UNLIMITED} for no limit
     * @param until as the user wrote it; the console has been told to wait for it
     */
    public record Extent(RegisterMode registers, long maxInstructions, Optional<String> until) {}

    private final Machine machine;
    private final TraceWriter writer;
    private final Recorder recorder;
    private final Extent extent;

    private Recording(Machine machine, TraceWriter writer, Recorder recorder, Extent extent) {
        this.machine = machine;
        this.writer = writer;
        this.recorder = recorder;
        this.extent = extent;
    }

    /**
     * Loads in the background what every recording needs to begin, the processor first: to be called before the guest's image is
     * read. A thread of its own leaves the pool's to the image, for which the guest waits longest.
     */
    public static void load() {
        CompletableFuture.runAsync(Cpu::load, Recording::inBackground).thenRun(TraceWriter::load);
    }

    private static void inBackground(Runnable task) {
        new Thread(task, "recording-load").start();
    }

    /**
     * Places the guest and begins its trace.
     *
     * @throws org.pvdiet.traces.TraceWriteException where the trace cannot be written
     * @throws org.pvdiet.emulator.machine.ConfigurationException where the guest does not fit
     */
    public static Recording begin(Guest guest, Console console, Path trace, Options options, Extent extent) {
        Machine machine = guest.place(console);
        Abandonment abandonment = new Abandonment();
        TraceWriter writer = TraceWriter.create(trace, info(guest, extent), options, abandonment);
        Recorder recorder = new Recorder(machine.cpu(), machine.platform(), guest.image(), writer, extent.registers());
        abandonment.recorder = recorder;
        return new Recording(machine, writer, recorder, extent);
    }

    /** The writer is made before the recorder, which completes the writer's rows. */
    private static final class Abandonment implements OpenCalls {
        private Recorder recorder;

        @Override
        public void abandon(RowBatch<CallColumn> batch, int row) {
            recorder.abandon(batch, row);
        }
    }

    private static TraceInfo info(Guest guest, Extent extent) {
        KernelImage image = guest.image();
        Optional<String> initrd =
                guest.initrd().path().map(path -> path.toAbsolutePath().toString());
        return new TraceInfo(
                PRODUCER,
                new TraceInfo.Image(
                        image.path().toAbsolutePath().toString(), image.sha256(), image.buildId(), image.banner()),
                guest.platform().toString(),
                guest.cpu().name(),
                guest.commandLine(),
                guest.memory(),
                guest.seed(),
                new TraceInfo.Initrd(initrd, guest.initrd().sha256()),
                initrd.isPresent() ? "initrd" : "start-up",
                extent.registers(),
                extent.maxInstructions() == Machine.UNLIMITED
                        ? OptionalLong.empty()
                        : OptionalLong.of(extent.maxInstructions()),
                extent.until());
    }

    public Machine machine() {
        return machine;
    }

    /** Calls recorded so far; from any thread, perhaps a little late. */
    public long calls() {
        return recorder.calls();
    }

    /**
     * Runs the guest to its end. An interrupted run leaves a trace that says that it is incomplete; any other, one that says
     * how the run ended.
     */
    public Ending run() {
        recorder.start();
        Ending ending = machine.run(extent.maxInstructions());
        recorder.finish();
        if (ending.reason() != Ending.Reason.INTERRUPTED) {
            writer.complete(new org.pvdiet.traces.Ending(
                    ending.reason().name().toLowerCase(Locale.ROOT).replace('_', '-'),
                    ending.detail(),
                    OptionalInt.of(ending.code()),
                    machine.cpu().retired(),
                    machine.console().lastLines(),
                    machine.platform().unimplemented()));
        }
        return ending;
    }

    @Override
    public void close() {
        recorder.settle();
        writer.close();
    }
}
