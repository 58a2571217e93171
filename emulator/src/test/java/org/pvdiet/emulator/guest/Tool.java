package org.pvdiet.emulator.guest;

import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Programs of the machine whose answers tests compare with. */
final class Tool {
    private Tool() {}

    static List<String> lines(String... command) throws IOException, InterruptedException {
        return new String(output(command), StandardCharsets.UTF_8).lines().toList();
    }

    static byte[] output(String... command) throws IOException, InterruptedException {
        Process process;
        try {
            ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
            builder.environment().put("LC_ALL", "C");
            process = builder.start();
        } catch (IOException e) {
            return abort(command[0] + " is not installed");
        }
        byte[] output = process.getInputStream().readAllBytes();
        process.waitFor();
        return output;
    }
}
