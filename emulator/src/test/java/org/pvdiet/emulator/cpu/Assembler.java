package org.pvdiet.emulator.cpu;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** Assembles snippets with the machine's {@code as}, AT&T syntax; tests that use it are skipped where there is none. */
final class Assembler {
    private Assembler() {}

    static byte[] assemble(long origin, String source) {
        Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/as")), "needs GNU as (package binutils)");
        try {
            Path folder = Files.createTempDirectory("assembled");
            Path text = folder.resolve("a.s");
            Path object = folder.resolve("a.o");
            Path linked = folder.resolve("a.elf");
            Path binary = folder.resolve("a.bin");
            Files.writeString(text, source.replace(';', '\n') + "\n");
            run("as", "--64", "-o", object.toString(), text.toString());
            run("ld", "-e", "0", "-Ttext", Long.toHexString(origin), "-o", linked.toString(), object.toString());
            run("objcopy", "-O", "binary", "-j", ".text", linked.toString(), binary.toString());
            byte[] bytes = Files.readAllBytes(binary);
            for (Path file : new Path[] {text, object, linked, binary, folder}) {
                Files.delete(file);
            }
            return bytes;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void run(String... command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes());
        try {
            if (!process.waitFor(30, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IllegalArgumentException(String.join(" ", command) + ": " + output);
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
