package org.pvdiet.analyzer.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.pvdiet.emulator.machine.Console;
import org.pvdiet.emulator.machine.Ending;
import org.pvdiet.emulator.machine.Machine;

/**
 * A guest's run that nothing is recorded of.
 *
 * @param console a file, or {@code -} for standard output
 * @param until ends the run when a console line matches
 * @param maxInstructions ends the run after so many
 */
record PlainRun(String console, Optional<Pattern> until, long maxInstructions) {
    /** Runs the guest and says how it ended. Returns the exit code. */
    int of(Function<Console, Machine> guest) throws IOException {
        try (OutputStream sink = ConsoleOutput.open(Optional.of(console))) {
            Console lines = new Console(sink);
            until.ifPresent(lines::waitFor);
            Machine machine = guest.apply(lines);
            Ending ending;
            try (Interruption interruption = Interruption.begin()) {
                interruption.stops(machine::stop);
                ending = machine.run(maxInstructions);
            }
            if (ending.isIntended()) {
                return ExitCode.DONE;
            }
            sink.flush();
            GuestFailure.report(ending, lines.lastLines());
            return ExitCode.GUEST_FAILED;
        }
    }
}
