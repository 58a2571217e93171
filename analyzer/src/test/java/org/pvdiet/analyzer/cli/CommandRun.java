package org.pvdiet.analyzer.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;

/**
 * What a command did that ran in this process. It takes what is printed on standard output, which is everybody's: tests that
 * use it run alone.
 */
record CommandRun(int exitCode, String out, String err) {

    /** Runs a command with these arguments. */
    static CommandRun of(Object command, Object... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        StringWriter err = new StringWriter();
        PrintStream before = System.out;
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        try {
            CommandLine line = new CommandLine(command);
            line.setErr(new PrintWriter(err, true));
            line.setCaseInsensitiveEnumValuesAllowed(true);
            line.setExecutionExceptionHandler((failure, where, parsed) -> Failures.report(failure, where.getErr()));
            String[] words = new String[arguments.length];
            for (int i = 0; i < words.length; i++) {
                words[i] = arguments[i].toString();
            }
            int exitCode = line.execute(words);
            return new CommandRun(exitCode, out.toString(StandardCharsets.UTF_8), err.toString());
        } finally {
            System.setOut(before);
        }
    }

    /** What it printed. */
    JsonNode json() {
        try {
            return new ObjectMapper().readTree(out);
        } catch (IOException e) {
            throw new AssertionError(out, e);
        }
    }

    /** One of the hooks in that. */
    JsonNode hook(String name) {
        for (JsonNode hook : json().get("hooks")) {
            if (hook.get("hook").asText().equals(name)) {
                return hook;
            }
        }
        throw new AssertionError("no hook " + name);
    }
}
