package org.pvdiet.analyzer.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pvdiet.emulator.guest.BusyboxInitrd;
import org.pvdiet.emulator.session.PlatformName;
import org.pvdiet.traces.TraceReader;

/** A user's initrd of programs that are not ours. */
class BusyboxTest {
    @TempDir
    Path directory;

    @ParameterizedTest
    @EnumSource
    void debiansBusyboxIsRecordedUntilItIsDone(PlatformName platform) throws Exception {
        Path initrd = Files.write(directory.resolve("busybox.cpio"), BusyboxInitrd.bytes());
        Path console = directory.resolve("console");
        Path trace = directory.resolve("busybox.pvtrace");
        Pvdiet.run(
                        "record",
                        "--kernel",
                        Recordings.kernel(),
                        "--platform",
                        platform,
                        "--initrd",
                        initrd,
                        "--until",
                        BusyboxInitrd.LAST_LINE,
                        "--console",
                        console,
                        "-o",
                        trace)
                .done();
        String printed = Files.readString(console);
        for (String line : List.of(BusyboxInitrd.FIRST_LINE, "sum 20100", "copy equal", "348.857143")) {
            assertTrue(printed.contains(line), () -> line + " is missing in " + printed);
        }
        try (TraceReader reader = TraceReader.open(trace)) {
            assertTrue(reader.complete());
            assertEquals("until", reader.ending().orElseThrow().reason());
            assertEquals(initrd.toString(), reader.info().initrd().path().orElseThrow());
        }
    }
}
