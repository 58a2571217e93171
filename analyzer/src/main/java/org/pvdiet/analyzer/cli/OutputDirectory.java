package org.pvdiet.analyzer.cli;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

/** Where a command leaves files of text: each is there whole or not at all. */
record OutputDirectory(Path path) {
    /** Ends the name of a file that is being written; a process that is killed leaves it. */
    private static final String UNFINISHED = ".tmp";

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

    /**
     * @throws BadInputException if it is there and holds anything
     */
    void refuseContent() throws IOException {
        if (!content().isEmpty()) {
            throw new BadInputException(path + " exists; choose another with -o DIR, or replace it with --force.");
        }
    }

    /**
     * @throws BadInputException if it holds anything but files of these names, whole or unfinished
     */
    void refuseAllBut(Collection<String> names) throws IOException {
        for (Path file : content()) {
            String name = file.getFileName().toString();
            if (!names.contains(name) && !names.contains(name.replaceFirst("\\.tmp$", ""))) {
                throw new BadInputException(
                        file + " is none of the files that would be replaced; choose another directory with -o DIR.");
            }
        }
    }

    /** Makes it an empty directory. */
    void clear() throws IOException {
        for (Path file : content()) {
            MoreFiles.deleteRecursively(file, RecursiveDeleteOption.ALLOW_INSECURE);
        }
        Files.createDirectories(path);
    }

    private List<Path> content() throws IOException {
        if (!Files.exists(path)) {
            return List.of();
        }
        try (Stream<Path> list = Files.list(path)) {
            return list.sorted().toList();
        }
    }

    /** Writes a file, in the place of one that is there. */
    void write(String name, String content) throws IOException {
        Files.createDirectories(path);
        Path temporary = path.resolve(name + UNFINISHED);
        Files.writeString(temporary, content);
        Files.move(temporary, path.resolve(name), StandardCopyOption.REPLACE_EXISTING);
    }
}
