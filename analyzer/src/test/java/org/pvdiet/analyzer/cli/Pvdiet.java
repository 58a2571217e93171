package org.pvdiet.analyzer.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The program in a process of its own, started as the launcher starts it. */
final class Pvdiet {
    private static final int LONGEST_MINUTES = 10;

    private final Process process;
    private final Path out;
    private final Path err;

    private Pvdiet(Process process, Path out, Path err) {
        this.process = process;
        this.out = out;
        this.err = err;
    }

    /** What a finished run left. */
    record Result(int exitCode, String out, String err) {
        /** Asserts that it ended well. */
        Result done() {
            assertEquals(ExitCode.DONE, exitCode, this::toString);
            return this;
        }

        /** Asserts that it ended with this code and a sentence on stderr that has these words, and no stack trace. */
        Result failed(int code, String... words) {
            assertEquals(code, exitCode, this::toString);
            for (String word : words) {
                assertTrue(err.contains(word), () -> "'" + word + "' is missing in " + this);
            }
            assertTrue(err.lines().anyMatch(line -> line.startsWith("pvdiet: ")), this::toString);
            assertFalse(err.contains("\tat ") || err.contains("Exception"), this::toString);
            return this;
        }
    }

    static Pvdiet start(Object... arguments) {
        // A build that runs in the background of a shell ignores SIGINT, and what it starts would, too.
        List<String> command = new ArrayList<>(List.of(
                "env",
                "--default-signal=INT",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-opens=java.base/java.nio=ALL-UNNAMED",
                "-XX:+UseParallelGC",
                "-Xmx1536m",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
        try {
            Path out = Files.createTempFile("pvdiet", ".out");
            Path err = Files.createTempFile("pvdiet", ".err");
            Process process = new ProcessBuilder(command)
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile())
                    .start();
            return new Pvdiet(process, out, err);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Result run(Object... arguments) {
        return start(arguments).await();
    }

    Process process() {
        return process;
    }

    /** As {@code kill -INT} does. */
    void signal(String name) throws IOException, InterruptedException {
        assertEquals(
                0,
                new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                        .start()
                        .waitFor());
    }

    Result await() {
        try {
            if (!process.waitFor(LONGEST_MINUTES, TimeUnit.MINUTES)) {
                process.destroyForcibly().waitFor();
                fail("not ended after " + LONGEST_MINUTES + " minutes: " + Files.readString(err));
            }
            Result result = new Result(process.exitValue(), Files.readString(out), Files.readString(err));
            Files.delete(out);
            Files.delete(err);
            return result;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
