package org.pvdiet.notebooks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The studies, executed by Jupyter on the sample traces. */
class NotebooksTest {
    private static final Path SAMPLES =
            Path.of("..", "traces", "samples").toAbsolutePath().normalize();
    private static final int MOST_BYTES = 200_000;

    @TempDir
    private Path directory;

    private static List<Path> notebooks() throws IOException {
        try (Stream<Path> list = Files.list(Path.of(""))) {
            return list.filter(file -> file.toString().endsWith(".ipynb"))
                    .sorted()
                    .toList();
        }
    }

    private Process execute(Path notebook) throws IOException {
        Path kernel = Files.createDirectories(directory.resolve("jupyter/kernels/java"));
        Files.writeString(
                kernel.resolve("kernel.json"),
                new ObjectMapper()
                        .writeValueAsString(Map.of(
                                "argv",
                                List.of(
                                        Path.of(System.getProperty("java.home"), "bin", "java")
                                                .toString(),
                                        "--add-opens=java.base/java.nio=ALL-UNNAMED",
                                        "-XX:TieredStopAtLevel=1",
                                        "-cp",
                                        System.getProperty("java.class.path"),
                                        JavaKernel.class.getName(),
                                        "{connection_file}"),
                                "display_name",
                                "Java",
                                "language",
                                "java")));
        ProcessBuilder builder = new ProcessBuilder(
                        "jupyter-nbconvert",
                        "--log-level",
                        "WARN",
                        "--to",
                        "notebook",
                        "--execute",
                        "--ExecutePreprocessor.timeout=120",
                        "--output-dir",
                        directory.resolve("executed").toString(),
                        notebook.toString())
                .redirectErrorStream(true)
                .redirectOutput(
                        directory.resolve(notebook.getFileName() + ".log").toFile());
        builder.environment().put("JUPYTER_PATH", directory.resolve("jupyter").toString());
        builder.environment()
                .put("PVDIET_NATIVE", SAMPLES.resolve("native.pvtrace").toString());
        builder.environment()
                .put("PVDIET_XEN", SAMPLES.resolve("xen-pv.pvtrace").toString());
        return builder.start();
    }

    private static void assumeJupyter() {
        assumeTrue(
                Stream.of(System.getenv("PATH").split(":", -1))
                        .anyMatch(place -> Files.isExecutable(Path.of(place, "jupyter-nbconvert"))),
                "no Jupyter: apt-get install jupyter-nbconvert");
    }

    private static int pictures(Path notebook) throws IOException {
        int pictures = 0;
        for (JsonNode output : new ObjectMapper().readTree(notebook.toFile()).findValues("outputs")) {
            pictures += output.findValues("image/png").size();
        }
        return pictures;
    }

    /** The log of one that could not start because another process took a port between Jupyter's choice and its use. */
    private static boolean portWasTaken(String log) {
        return log.contains("The port that Jupyter chose is taken");
    }

    @Test
    void everyNotebookRunsOnTheSamples() throws IOException, InterruptedException {
        assumeJupyter();
        List<Path> notebooks = notebooks();
        List<Process> runs = new ArrayList<>();
        for (Path notebook : notebooks) {
            runs.add(execute(notebook));
        }
        for (int i = 0; i < runs.size(); i++) {
            Path notebook = notebooks.get(i);
            Path file = directory.resolve(notebook.getFileName() + ".log");
            int exitCode = runs.get(i).waitFor();
            for (int again = 0; again < 3 && portWasTaken(Files.readString(file)); again++) {
                exitCode = execute(notebook).waitFor();
            }
            String log = Files.readString(file);
            assertEquals(0, exitCode, () -> notebook + ": " + log);
            assertEquals(
                    pictures(notebook),
                    pictures(directory.resolve("executed").resolve(notebook)),
                    notebook + " has other pictures than it shows");
        }
    }

    @Test
    @Timeout(60)
    void aPortThatIsTakenEndsTheKernel() throws IOException, InterruptedException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Map<String, Object> connection = new HashMap<>(Map.of(
                    "transport",
                    "tcp",
                    "ip",
                    "127.0.0.1",
                    "key",
                    "",
                    "signature_scheme",
                    "hmac-sha256",
                    "kernel_name",
                    ""));
            for (String channel : List.of("shell_port", "iopub_port", "stdin_port", "control_port", "hb_port")) {
                connection.put(channel, taken.getLocalPort());
            }
            Path file = directory.resolve("connection.json");
            new ObjectMapper().writeValue(file.toFile(), connection);
            Path log = directory.resolve("kernel.log");
            Process kernel = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            JavaKernel.class.getName(),
                            file.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            try {
                assertEquals(1, kernel.waitFor());
            } finally {
                kernel.destroyForcibly();
            }
            assertTrue(portWasTaken(Files.readString(log)), Files.readString(log));
        }
    }

    @Test
    void anErrorInACellFails() throws IOException, InterruptedException {
        assumeJupyter();
        JsonNode notebook = new ObjectMapper().readTree(notebooks().get(0).toFile());
        String text = notebook.toString().replace("DriverManager.getConnection(", "DriverManager.getNoConnection(");
        assertNotEquals(text, notebook.toString());
        Path broken = Files.writeString(directory.resolve("broken.ipynb"), text);
        assertNotEquals(0, execute(broken).waitFor());
        assertTrue(Files.readString(directory.resolve("broken.ipynb.log")).contains("getNoConnection"));
    }

    @Test
    void theStudiesShowTheirPictures() throws IOException {
        assertEquals(3, notebooks().size());
        for (Path notebook : notebooks()) {
            assertTrue(pictures(notebook) > 0, notebook.toString());
            assertTrue(Files.size(notebook) < MOST_BYTES, notebook + " is large: clear what need not be shown");
            String text = Files.readString(notebook, StandardCharsets.UTF_8);
            assertTrue(!text.contains("\"output_type\": \"error\""), notebook.toString());
            JsonNode kernel = new ObjectMapper().readTree(text).at("/metadata/kernelspec/name");
            assertEquals("java", kernel.asText(), "JJava's name");
        }
    }
}
