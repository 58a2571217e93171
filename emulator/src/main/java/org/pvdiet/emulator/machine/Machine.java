package org.pvdiet.emulator.machine;

import java.util.Optional;
import java.util.function.LongFunction;
import org.pvdiet.emulator.cpu.Cpu;
import org.pvdiet.emulator.cpu.TranslationDifference;
import org.pvdiet.emulator.cpu.TripleFault;
import org.pvdiet.emulator.cpu.Unimplemented;
import org.pvdiet.emulator.cpu.UnimplementedInstruction;
import org.pvdiet.emulator.platform.Platform;
import org.pvdiet.emulator.time.Timeline;

/**
 * A guest on its platform, from its start to its end. One thread runs it; any thread may look at its progress and ask it to
 * stop, neither of which the guest can notice.
 */
public final class Machine {
    /** A run without a limit on instructions. */
    public static final long UNLIMITED = Long.MAX_VALUE;

    /** Nanoseconds of virtual time after which a run looks up, at the latest. */
    private static final long SLICE = 1 << 20;

    /** A guest that slept for an hour of virtual time and was woken by nothing will not wake. */
    private static final long LONGEST_SLEEP = 3_600_000_000_000L;

    private final Cpu cpu;
    private final Timeline timeline;
    private final Platform platform;
    private final Console console;
    private final LongFunction<String> symbols;
    private volatile boolean stopRequested;
    private volatile Progress progress = new Progress(0, 0, "");

    /**
     * @param symbols what the guest calls an address, empty where it has no name; for messages
     */
    public Machine(Cpu cpu, Timeline timeline, Platform platform, Console console, LongFunction<String> symbols) {
        this.cpu = cpu;
        this.timeline = timeline;
        this.platform = platform;
        this.console = console;
        this.symbols = symbols;
        timeline.onEarlier(cpu::requestExit);
        console.onDecided(cpu::requestExit);
    }

    public Cpu cpu() {
        return cpu;
    }

    public Platform platform() {
        return platform;
    }

    public Console console() {
        return console;
    }

    /** How far the run is; from any thread, at most a slice late. */
    public Progress progress() {
        return progress;
    }

    /** Ends the run soon; from any thread. */
    public void stop() {
        stopRequested = true;
    }

    /**
     * Runs the guest until it ends or {@code maxInstructions} have retired since the machine started.
     *
     * @return how it ended, where the processor is left standing
     */
    public Ending run(long maxInstructions) {
        Ending ending;
        try {
            ending = untilDecided(maxInstructions);
        } catch (EndOfRun end) {
            Ending asked = end.ending();
            ending = new Ending(asked.reason(), asked.detail() + ", " + where(), asked.code());
        } catch (TripleFault fault) {
            ending = new Ending(Ending.Reason.TRIPLE_FAULT, fault.getMessage() + ", " + where(), 0);
        } catch (Unimplemented | UnimplementedInstruction missing) {
            ending = new Ending(Ending.Reason.UNIMPLEMENTED, missing.getMessage() + ", " + where(), 0);
        } catch (TranslationDifference difference) {
            ending = new Ending(Ending.Reason.DIFFERENCE, difference.getMessage() + ", " + where(), 0);
        }
        report();
        return withPanic(ending);
    }

    private Ending untilDecided(long maxInstructions) {
        long awake = cpu.time();
        while (true) {
            timeline.advance(cpu.time());
            platform.deliverInterrupt();
            if (cpu.isHalted()) {
                long next = timeline.next();
                if (next == Timeline.NEVER || next - awake > LONGEST_SLEEP) {
                    return ending(Ending.Reason.HANG, "the processor is halted and nothing will wake it");
                }
                cpu.idleUntil(next);
            } else {
                long rest = maxInstructions - cpu.retired();
                if (rest <= 0) {
                    return ending(Ending.Reason.LIMIT, maxInstructions + " instructions were executed");
                }
                long now = cpu.time();
                cpu.run(Math.min(timeline.next(), now + Math.min(rest, SLICE)));
                awake = cpu.time();
            }
            report();
            Optional<Ending> decided = decided();
            if (decided.isPresent()) {
                return decided.get();
            }
        }
    }

    private void report() {
        progress = new Progress(cpu.retired(), cpu.time(), console.lastLine());
    }

    private Optional<Ending> decided() {
        if (console.untilLine().isPresent()) {
            return Optional.of(ending(
                    Ending.Reason.UNTIL,
                    "the console printed: " + console.untilLine().get()));
        }
        if (console.isPanicOver()) {
            return Optional.of(ending(Ending.Reason.CRASH, "the guest panicked"));
        }
        if (stopRequested) {
            return Optional.of(ending(Ending.Reason.INTERRUPTED, "the run was interrupted"));
        }
        return Optional.empty();
    }

    private Ending ending(Ending.Reason reason, String what) {
        return new Ending(reason, what + ", " + where(), 0);
    }

    private String where() {
        String name = symbols.apply(cpu.rip());
        return String.format(
                "at %#x%s after %d instructions", cpu.rip(), name.isEmpty() ? "" : " (" + name + ")", cpu.retired());
    }

    /** What a guest does after a panic depends on its settings: it reboots, halts or spins. All of these are crashes. */
    private Ending withPanic(Ending ending) {
        Optional<String> panic = console.panicLine();
        return switch (ending.reason()) {
            case REBOOT, POWER_OFF, HANG, TRIPLE_FAULT, CRASH, LIMIT ->
                panic.isEmpty()
                        ? ending
                        : new Ending(
                                Ending.Reason.CRASH,
                                "the guest panicked: " + panic.get() + ", " + where(),
                                ending.code());
            case UNIMPLEMENTED, DIFFERENCE, UNTIL, INTERRUPTED -> ending;
        };
    }
}
