package org.pvdiet.analyzer.cli;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.pvdiet.emulator.cpu.Execution;
import org.pvdiet.emulator.guest.StockKernels;
import org.pvdiet.emulator.session.PlatformName;

/** Debian's cloud kernel with the start-up workload, recorded once for all tests of a build. */
final class Recordings {
    /** How far the brief recordings go: into start-up on both platforms, past the patching of sites under Xen. */
    static final long BRIEF = 150_000_000;

    private static final Path DIRECTORY = Path.of("target", "recordings").toAbsolutePath();
    private static final Map<PlatformName, Recording> WHOLE = new ConcurrentHashMap<>();
    private static final Map<PlatformName, Recording> BRIEFS = new ConcurrentHashMap<>();

    private Recordings() {}

    /** A recording under way or done. */
    static final class Recording {
        private final Path trace;
        private final Path console;
        private final Pvdiet program;
        private Pvdiet.Result result;

        private Recording(PlatformName platform, String name, Object... options) {
            trace = DIRECTORY.resolve(name + ".pvtrace");
            console = DIRECTORY.resolve(name + ".console");
            Object[] arguments = new Object[9 + options.length];
            System.arraycopy(
                    new Object[] {
                        "record", "--kernel", kernel(), "--platform", platform, "--console", console, "-o", trace
                    },
                    0,
                    arguments,
                    0,
                    9);
            System.arraycopy(options, 0, arguments, 9, options.length);
            program = Pvdiet.start(arguments);
        }

        synchronized Pvdiet.Result result() {
            if (result == null) {
                result = program.await();
            }
            return result;
        }

        /** The trace, once it is complete. */
        Path trace() {
            result().done();
            return trace;
        }

        String console() throws IOException {
            result();
            return Files.readString(console);
        }
    }

    static Path kernel() {
        return StockKernels.path(StockKernels.CLOUD);
    }

    /** From entry to power-off. Both platforms are begun together, since a guest keeps little more than one core busy. */
    static synchronized Recording whole(PlatformName platform) {
        clear();
        for (PlatformName each : PlatformName.values()) {
            WHOLE.computeIfAbsent(each, p -> new Recording(p, p.toString()));
        }
        return WHOLE.get(platform);
    }

    /** The first {@link #BRIEF} instructions. */
    static synchronized Recording brief(PlatformName platform) {
        clear();
        return BRIEFS.computeIfAbsent(platform, p -> briefly(p, p + "-brief", Execution.INTERPRET));
    }

    /** The same once more, with frequent code translated. */
    static synchronized Recording briefAgain(PlatformName platform) {
        clear();
        return briefly(platform, platform + "-again", Execution.TRANSLATE);
    }

    private static Recording briefly(PlatformName platform, String name, Execution execution) {
        return new Recording(platform, name, "--max-instructions", BRIEF, "--execution", execution);
    }

    private static void clear() {
        try {
            kernel();
            if (WHOLE.isEmpty() && BRIEFS.isEmpty() && Files.exists(DIRECTORY)) {
                MoreFiles.deleteRecursively(DIRECTORY, RecursiveDeleteOption.ALLOW_INSECURE);
            }
            Files.createDirectories(DIRECTORY);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
