package org.pvdiet.analyzer.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collection;

/** Where a command leaves files of text: each is there whole or not at all. */
record OutputDirectory(Path path) {
    /**
     * @throws BadInputException if there is a file of one of these names
     */
    void refuseExisting(Collection<String> names) {
        for (String name : names) {
            Path file = path.resolve(name);
            if (Files.exists(file)) {
                throw new BadInputException(
                        file + " exists; choose another directory with -o DIR, or replace it with --force.");
            }
        }
    }

    /** Writes a file, in the place of one that is there. */
    void write(String name, String content) throws IOException {
        Files.createDirectories(path);
        Path temporary = path.resolve(name + ".tmp");
        Files.writeString(temporary, content);
        Files.move(temporary, path.resolve(name), StandardCopyOption.REPLACE_EXISTING);
    }
}
