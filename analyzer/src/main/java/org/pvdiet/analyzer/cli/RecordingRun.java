package org.pvdiet.analyzer.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.pvdiet.emulator.machine.Console;
import org.pvdiet.emulator.machine.Ending;
import org.pvdiet.emulator.session.Guest;
import org.pvdiet.emulator.session.Recording;
import org.pvdiet.traces.Options;
import org.pvdiet.traces.RegisterMode;

/**
 * One recording with all that the user sees of it.
 *
 * @param lastLines of the console
 */
record RecordingRun(Ending ending, long calls, long instructions, double seconds, List<String> lastLines) {
    /**
     * @param console a file, {@code -}, or nothing
     * @param interruption may end it early
     */
    static RecordingRun record(
            Guest guest,
            Path trace,
            RegisterMode registers,
            boolean force,
            Optional<String> console,
            Optional<Pattern> until,
            long maxInstructions,
            Interruption interruption)
            throws IOException {
        long start = System.nanoTime();
        try (OutputStream sink = ConsoleOutput.open(console)) {
            Console output = new Console(sink);
            until.ifPresent(output::waitFor);
            Recording.Extent extent = new Recording.Extent(registers, maxInstructions, until.map(Pattern::pattern));
            try (Recording recording =
                    Recording.begin(guest, output, trace, Options.defaults().withOverwrite(force), extent)) {
                Ending ending;
                interruption.stops(recording.machine()::stop);
                try (ProgressDisplay display = ProgressDisplay.show(
                        guest.platform().toString(), recording.machine(), recording::calls, maxInstructions)) {
                    ending = recording.run();
                    recording.close();
                }
                return new RecordingRun(
                        ending,
                        recording.calls(),
                        recording.machine().cpu().retired(),
                        (System.nanoTime() - start) / 1e9,
                        output.lastLines());
            }
        }
    }

    /** Says on stderr how a run failed and what the console said last; gives the exit code. */
    int conclude() {
        if (ending.isIntended()) {
            return ExitCode.DONE;
        }
        GuestFailure.report(ending, lastLines);
        return ExitCode.GUEST_FAILED;
    }
}
