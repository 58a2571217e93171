package org.pvdiet.traces;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever is wrong with a trace, the answer is a sentence that names the file. */
class BadTraceTest {
    @TempDir
    Path directory;

    private Path path;

    @BeforeEach
    void record() {
        path = directory.resolve("x.pvtrace");
        SyntheticRun.record(path, 1, RegisterMode.FULL, 3_000, Options.defaults());
    }

    @Test
    void saysWhenThereIsNone() throws IOException {
        expect("There is no trace", directory.resolve("y.pvtrace"));
        expect("it has no trace.json", Files.createDirectory(directory.resolve("empty")));
        expect("y.pvtrace", directory.resolve("y.pvtrace"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "{", "[]", "null", "7", "{}", "{\"format\":\"pvtrace\"}", "{\"format\":\"gif\",\"x\":1}"})
    void saysWhenTheDescriptionIsNone(String json) throws IOException {
        Files.writeString(path.resolve("trace.json"), json);
        expect("trace.json", path);
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "run, , it has no run",
                "counts, , it has no counts",
                "counts.calls, , it has no counts.calls",
                "counts.calls, null, `counts.calls is null, not a whole number`",
                "counts.calls, 1.5, `counts.calls is 1.5, not a whole number`",
                "counts.calls, \"3000\", `counts.calls is \"3000\", not a whole number`",
                "counts, 7, `counts is 7, not an object`",
                "state, \"done\", `state is \"done\", not incomplete or complete`",
                "format_version, \"1\", `format_version is \"1\", not a whole number`",
                "run.platform, {}, `run.platform is an object, not text`",
                "run.image.sha256, , it has no run.image.sha256",
                "run.max_instructions, \"many\", `run.max_instructions is \"many\", not a whole number`",
                "files, {}, `files is an object, not a list`",
                "files.1.bytes, , it has no files[1].bytes",
                "ending.console_tail, \"end\", `ending.console_tail is \"end\", not a list`"
            })
    void saysWhichFieldOfTheDescriptionIsWrong(String field, String value, String message) throws IOException {
        Path json = path.resolve("trace.json");
        ObjectMapper mapper = new ObjectMapper();
        JsonNode tree = mapper.readTree(Files.readString(json));
        int dot = field.lastIndexOf('.');
        ObjectNode parent = (ObjectNode)
                tree.at(dot < 0 ? "" : "/" + field.substring(0, dot).replace('.', '/'));
        if (value == null) {
            parent.remove(field.substring(dot + 1));
        } else {
            parent.set(field.substring(dot + 1), mapper.readTree(value));
        }
        Files.writeString(json, mapper.writeValueAsString(tree));
        expect(json + " does not describe a trace: " + message + ". If it was edited, undo that", path);
    }

    @Test
    void saysWhereTheDescriptionIsNotJson() throws IOException {
        replaceInDescription("\"format_version\" : 1,", "\"format_version\" : 1");
        expect("trace.json is not JSON from line 4, column ", path);
    }

    /** Whatever the rest of it looks like: a later version may have other fields. */
    @Test
    void refusesAnotherVersionByItsNumberAlone() throws IOException {
        Files.writeString(path.resolve("trace.json"), "{\"format\":\"pvtrace\",\"format_version\":2}");
        expect("format version 2; this program reads 1", path);
    }

    @Test
    void refusesAnotherVersion() throws IOException {
        replaceInDescription("\"format_version\" : 1", "\"format_version\" : 2");
        expect("format version 2; this program reads 1", path);
    }

    @ParameterizedTest
    @ValueSource(strings = {"hooks", "sites", "symbols", "frames", "calls-00000", "effects-00000"})
    void saysWhichFileIsDamagedOrMissing(String name) throws IOException {
        Path file = path.resolve(name + ".parquet");
        byte[] good = Files.readAllBytes(file);
        byte[] bad = good.clone();
        bad[good.length / 2] ^= 1;
        Files.write(file, bad);
        expect(file + " is damaged", path);
        Files.write(file, Arrays.copyOf(good, good.length - 1));
        expect(file + " is damaged: it has", path);
        Files.delete(file);
        expect(file + " is missing", path);
        Files.write(file, good);
        assertDoesNotThrow(() -> readAll(path));
    }

    @Test
    void saysWhenAFileIsAnothersOrLacksColumns() throws IOException {
        Path calls = path.resolve("calls-00000.parquet");
        Path effects = path.resolve("effects-00000.parquet");
        Files.copy(effects, calls, StandardCopyOption.REPLACE_EXISTING);
        vouchFor(calls);
        expect("calls-00000.parquet is not a table of calls: column seq is", path);
        Files.writeString(calls, "PAR1 but not really");
        vouchFor(calls);
        expect("calls-00000.parquet is damaged or no Parquet file", path);
        Files.write(calls, new byte[0]);
        vouchFor(calls);
        expect("calls-00000.parquet is damaged or no Parquet file", path);
    }

    @Test
    void saysWhenRegistersWereNotRecorded() {
        Path args = directory.resolve("args.pvtrace");
        SyntheticRun.record(args, 1, RegisterMode.ARGS, 100, Options.defaults());
        try (TraceReader reader = TraceReader.open(args)) {
            BadTraceException e = assertThrows(
                    BadTraceException.class,
                    () -> reader.calls(EnumSet.of(CallColumn.RBX)).iterator().next());
            assertTrue(e.getMessage().contains("it has no rbx"), e::getMessage);
        }
    }

    /** Also where the checksum is right, as in a file made to deceive, damage is reported and nothing else is thrown. */
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4})
    void survivesDamageBehindARightChecksum(long seed) throws IOException {
        Random random = new Random(seed);
        Path file = path.resolve(seed % 2 == 0 ? "hooks.parquet" : "effects-00000.parquet");
        byte[] good = Files.readAllBytes(file);
        int reported = 0;
        for (int i = 0; i < 80; i++) {
            byte[] bad;
            if (i % 10 == 0) {
                bad = Arrays.copyOf(good, random.nextInt(good.length));
            } else {
                bad = good.clone();
                // Half of the damage in the footer and the last page headers, where structure is.
                int from = i % 2 == 0 ? 0 : Math.max(0, good.length - 3_000);
                for (int n = 1 + random.nextInt(3); n > 0; n--) {
                    bad[from + random.nextInt(good.length - from)] ^= (byte) (1 << random.nextInt(8));
                }
            }
            Files.write(file, bad);
            vouchFor(file);
            try {
                readAll(path);
            } catch (BadTraceException e) {
                assertTrue(e.getMessage().contains(file.toString()), e::getMessage);
                assertFalse(e.getMessage().contains("\n"), e::getMessage);
                reported++;
            }
        }
        assertTrue(reported > 40, "most damage is noticed: " + reported);
    }

    private static void readAll(Path path) {
        try (TraceReader reader = TraceReader.open(path)) {
            reader.hooks();
            reader.sites();
            reader.symbols();
            reader.frames();
            for (Batch<CallColumn> batch : reader.calls(reader.callColumns())) {
                assertEquals(0, batch.get(CallColumn.SEQ, 0));
            }
            for (Batch<EffectColumn> batch : reader.effects(EnumSet.allOf(EffectColumn.class))) {
                assertTrue(batch.rows() > 0);
            }
        }
    }

    private static void expect(String message, Path path) {
        BadTraceException e = assertThrows(BadTraceException.class, () -> readAll(path));
        assertTrue(e.getMessage().contains(message), e::getMessage);
    }

    private void replaceInDescription(String from, String to) throws IOException {
        Path json = path.resolve("trace.json");
        String text = Files.readString(json);
        assertTrue(text.contains(from), text);
        Files.writeString(json, text.replace(from, to));
    }

    /** Makes {@code trace.json} agree with a changed file. */
    private void vouchFor(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        CRC32C checksum = new CRC32C();
        checksum.update(bytes);
        Path json = path.resolve("trace.json");
        String name = file.getFileName().toString();
        Files.writeString(
                json,
                Files.readString(json)
                        .replaceAll(
                                "(\"name\" : \"" + name
                                        + "\",\\s*\"rows\" : \\d+,\\s*\"bytes\" : )\\d+(,\\s*\"crc32c\" : )\\d+",
                                String.format(Locale.ROOT, "$1%d$2%d", bytes.length, checksum.getValue())));
    }
}
