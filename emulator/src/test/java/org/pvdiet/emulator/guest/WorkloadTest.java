package org.pvdiet.emulator.guest;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkloadTest {
    private static final Path SOURCE = Path.of("src/main/workload");

    @TempDir
    Path directory;

    /** What is committed is what the source says: byte for byte where the compiler is the recorded one. */
    @Test
    void programIsBuiltFromItsSource() throws IOException, InterruptedException {
        assumeTrue(isInstalled("gcc") && isInstalled("make"), "gcc and make are not installed");
        Output make = run(SOURCE, "make", "OUT=" + directory, "all");
        assertEquals(0, make.status(), make.text());
        byte[] built = Files.readAllBytes(directory.resolve("workload"));
        byte[] benchmark = Files.readAllBytes(directory.resolve("benchmark"));

        String compiler =
                run(SOURCE, "gcc", "--version").text().lines().findFirst().orElse("");
        if (compiler.equals(Workload.compiler())) {
            assertArrayEquals(Workload.program(), built, "src/main/workload has changed: run `make install` there");
            assertArrayEquals(Workload.benchmarkProgram(), benchmark, "src/main/benchmark has changed: likewise");
        } else {
            System.out.printf(
                    "workload: built by %s, committed from %s: not compared%n", compiler, Workload.compiler());
        }
    }

    /** On the Linux that the tests run on, no step may fail: a failure is the step's own. */
    @Test
    void everyStepHoldsOnThisMachine() throws IOException, InterruptedException {
        assumeTrue(System.getProperty("os.name").equals("Linux"), "not on Linux");
        assumeTrue(System.getProperty("os.arch").equals("amd64"), "not on x86-64");
        assumeTrue(
                Files.readString(Path.of("/proc/self/status")).contains("Seccomp:\t0"),
                "a seccomp filter may forbid what the workload does");
        Path program = directory.resolve("workload");
        Files.write(program, Workload.program());
        assertTrue(program.toFile().setExecutable(true));

        Output output = run(directory, program.toString());
        List<String> lines = output.text().lines().toList();
        assertEquals(Workload.FIRST_LINE, lines.get(0));
        Matcher last = Pattern.compile(Pattern.quote(Workload.LAST_LINE) + "(\\d+) steps, 0 failed")
                .matcher(lines.get(lines.size() - 1));
        assertTrue(last.matches(), output.text());
        assertEquals(lines.size() - 2, Integer.parseInt(last.group(1)));
        assertEquals(0, output.status());
    }

    private record Output(int status, String text) {}

    private static boolean isInstalled(String program) {
        return Pattern.compile(File.pathSeparator)
                .splitAsStream(System.getenv("PATH"))
                .anyMatch(path -> Files.isExecutable(Path.of(path, program)));
    }

    private static Output run(Path directory, String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        String text = new String(process.getInputStream().readAllBytes());
        return new Output(process.waitFor(), text);
    }
}
