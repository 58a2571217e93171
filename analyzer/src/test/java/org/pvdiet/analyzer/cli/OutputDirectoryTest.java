package org.pvdiet.analyzer.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputDirectoryTest {
    private static final List<String> OWN = List.of("diff.json", "native.pvtrace");

    @TempDir
    Path directory;

    private OutputDirectory output;

    @BeforeEach
    void open() {
        output = new OutputDirectory(directory);
    }

    @Test
    void aFileThatCannotBeWrittenWholeLeavesWhatWasThere() throws IOException {
        Path full = Path.of("/dev/full");
        assumeTrue(Files.exists(full), "there is no /dev/full");
        output.write("diff.json", "earlier");
        Files.createSymbolicLink(directory.resolve("diff.json.tmp"), full);
        assertThrows(IOException.class, () -> output.write("diff.json", "later"));
        assertEquals("earlier", Files.readString(directory.resolve("diff.json")));
        // JUnit warns of a link out of a temporary directory.
        Files.delete(directory.resolve("diff.json.tmp"));
    }

    @Test
    void whatAKilledProcessLeftIsReplaced() throws IOException {
        Files.writeString(directory.resolve("diff.json.tmp"), "{ \"hal");
        Files.createDirectory(directory.resolve("native.pvtrace"));
        Files.writeString(directory.resolve("native.pvtrace").resolve("calls-00000.parquet.tmp"), "PAR1");
        BadInputException there = assertThrows(BadInputException.class, output::refuseContent);
        assertTrue(there.getMessage().contains("--force"), there.getMessage());
        output.refuseAllBut(OWN);
        output.clear();
        output.refuseContent();
    }

    @Test
    void whatIsNotOursIsKept() throws IOException {
        Path notes = Files.writeString(directory.resolve("notes.tmp"), "mine");
        BadInputException other = assertThrows(BadInputException.class, () -> output.refuseAllBut(OWN));
        assertTrue(other.getMessage().contains(notes.toString()), other.getMessage());
    }

    @Test
    void aDirectoryIsMadeWhereThereIsNone() throws IOException {
        OutputDirectory below = new OutputDirectory(directory.resolve("a").resolve("b"));
        below.refuseContent();
        below.write("diff.json", "{}");
        assertEquals("{}", Files.readString(directory.resolve("a").resolve("b").resolve("diff.json")));
    }
}
