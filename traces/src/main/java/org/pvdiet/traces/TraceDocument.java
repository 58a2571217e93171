package org.pvdiet.traces;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.cfg.EnumFeature;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.google.common.collect.ImmutableList;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/**
 * The content of {@code trace.json}.
 *
 * @param format {@value #FORMAT}
 * @param formatVersion {@link TraceSchema#FORMAT_VERSION}
 * @param state whether the recording was closed
 * @param run what was known when it began
 * @param ending how the run ended, once it is complete
 * @param counts rows in the files listed
 * @param files finished files by name; others do not belong to the trace
 */
record TraceDocument(
        String format,
        int formatVersion,
        State state,
        TraceInfo run,
        Optional<Ending> ending,
        Counts counts,
        List<FileEntry> files) {
    static final String FORMAT = "pvtrace";
    static final String FILE_NAME = "trace.json";
    private static final long MAX_BYTES = 1 << 26;

    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .addModule(new Jdk8Module())
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(EnumFeature.WRITE_ENUMS_TO_LOWERCASE)
            .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
            .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();
    private static final ObjectWriter WRITER =
            MAPPER.writer(new DefaultPrettyPrinter().withObjectIndenter(new DefaultIndenter("  ", "\n")));

    /** Whether the recording was closed. */
    enum State {
        INCOMPLETE,
        COMPLETE
    }

    TraceDocument {
        files = ImmutableList.copyOf(files);
    }

    /** The file of that name, if it is part of the trace. */
    Optional<FileEntry> file(String name) {
        return files.stream().filter(file -> file.name().equals(name)).findFirst();
    }

    /** Loads what writing takes. */
    static void loadForWriting() throws IOException {
        WRITER.writeValueAsString(
                new TraceDocument(FORMAT, 0, State.INCOMPLETE, null, Optional.empty(), new Counts(0, 0), List.of()));
    }

    /** Loads what reading takes. */
    static void loadForReading() {
        Objects.requireNonNull(MAPPER.readerFor(TraceDocument.class));
    }

    /** Replaces the document in {@code directory} in one step. */
    void write(Path directory) throws IOException {
        Path temporary = directory.resolve(FILE_NAME + ".tmp");
        Files.write(temporary, (WRITER.writeValueAsString(this) + "\n").getBytes(StandardCharsets.UTF_8));
        Files.move(temporary, directory.resolve(FILE_NAME), StandardCopyOption.ATOMIC_MOVE);
    }

    /**
     * Reads the document of a trace.
     *
     * @throws BadTraceException if there is none or it is not one we understand
     */
    static TraceDocument read(Path directory) {
        Path file = directory.resolve(FILE_NAME);
        if (!Files.exists(directory)) {
            throw new BadTraceException("There is no trace " + directory + ".");
        }
        JsonNode tree = tree(file, directory);
        if (!FORMAT.equals(tree.path("format").asText())) {
            throw new BadTraceException(file + " does not describe a trace: its format is not " + FORMAT + ".");
        }
        JsonNode version = tree.path("format_version");
        if (version.isIntegralNumber() && version.asLong() != TraceSchema.FORMAT_VERSION) {
            throw new BadTraceException(file + " has format version " + version.asText() + "; this program reads "
                    + TraceSchema.FORMAT_VERSION + ". Record it again.");
        }
        try {
            return MAPPER.treeToValue(tree, TraceDocument.class);
        } catch (JsonMappingException e) {
            throw new BadTraceException(
                    file + " does not describe a trace: " + fault(tree, e)
                            + ". If it was edited, undo that; otherwise record the trace again.",
                    e);
        } catch (JsonProcessingException e) {
            throw new BadTraceException(file + " does not describe a trace: " + e.getOriginalMessage(), e);
        }
    }

    private static JsonNode tree(Path file, Path directory) {
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new BadTraceException(file + " is too large to describe a trace.");
            }
            return MAPPER.readTree(Files.readAllBytes(file));
        } catch (NoSuchFileException e) {
            throw new BadTraceException(directory + " is not a trace: it has no " + FILE_NAME + ".", e);
        } catch (JsonProcessingException e) {
            JsonLocation at = e.getLocation();
            throw new BadTraceException(
                    file + " is not JSON from line " + at.getLineNr() + ", column " + at.getColumnNr()
                            + " on. Copy or record the trace again.",
                    e);
        } catch (IOException e) {
            throw new BadTraceException(file + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** Which field is not as it must be, {@code counts.calls}, and why. */
    private static String fault(JsonNode tree, JsonMappingException failure) {
        StringBuilder name = new StringBuilder();
        JsonNode value = tree;
        for (JsonMappingException.Reference step : failure.getPath()) {
            if (step.getFieldName() == null) {
                name.append('[').append(step.getIndex()).append(']');
                value = value.path(step.getIndex());
            } else {
                name.append(name.isEmpty() ? "" : ".").append(step.getFieldName());
                value = value.path(step.getFieldName());
            }
        }
        if (value.isMissingNode()) {
            return "it has no " + name;
        }
        String written = value.isContainerNode() ? value.isArray() ? "a list" : "an object" : value.toString();
        return name + " is " + written + ", not " + expected(failure);
    }

    private static String expected(JsonMappingException failure) {
        Class<?> type = failure instanceof MismatchedInputException mismatch ? mismatch.getTargetType() : null;
        if (type == null) {
            return "what belongs there";
        }
        if (type.isEnum()) {
            return Arrays.stream(type.getEnumConstants())
                    .map(constant -> constant.toString().toLowerCase(Locale.ROOT))
                    .collect(Collectors.joining(" or "));
        }
        if (type == String.class) {
            return "text";
        }
        if (type == int.class || type == long.class || type == OptionalInt.class || type == OptionalLong.class) {
            return "a whole number";
        }
        return List.class.isAssignableFrom(type) ? "a list" : "an object";
    }
}
