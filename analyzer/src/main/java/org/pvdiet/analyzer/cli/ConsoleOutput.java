package org.pvdiet.analyzer.cli;

import java.io.BufferedOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Optional;

/** Where a guest's console goes. */
final class ConsoleOutput {
    private ConsoleOutput() {}

    /**
     * @param target a file, {@code -} for standard output, or nothing
     */
    static OutputStream open(Optional<String> target) throws IOException {
        if (target.isEmpty()) {
            return OutputStream.nullOutputStream();
        }
        if (target.get().equals("-")) {
            // Standard output stays open for what the command itself prints.
            return new BufferedOutputStream(System.out) {
                @Override
                public void close() throws IOException {
                    flush();
                }
            };
        }
        return new BufferedOutputStream(
                new FileOutputStream(Path.of(target.get()).toFile()));
    }
}
