package org.pvdiet.emulator.machine;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What the guest prints. Bytes go to a sink as they are; beside that the last lines are kept, and a few lines are listened
 * for. Belongs to the guest's thread.
 */
public final class Console {
    private static final int KEPT_LINES = 40;
    private static final int LONGEST_LINE = 4096;
    private static final String PANIC = "Kernel panic - not syncing";
    private static final String END_OF_PANIC = "end Kernel panic - not syncing";

    private final OutputStream sink;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private final Deque<String> lines = new ArrayDeque<>();
    private Optional<Pattern> until = Optional.empty();
    private Runnable onDecided = () -> {};
    private Optional<String> untilLine = Optional.empty();
    private Optional<String> panicLine = Optional.empty();
    private boolean panicOver;

    /**
     * @param sink where the bytes go; it is flushed with each line
     */
    public Console(OutputStream sink) {
        this.sink = sink;
    }

    /** Waits for the first line, complete or not, in which the pattern is found. */
    public void waitFor(Pattern pattern) {
        until = Optional.of(pattern);
    }

    /** Runs when something was printed that ends the run. */
    void onDecided(Runnable action) {
        onDecided = action;
    }

    /**
     * Takes a byte from the guest.
     *
     * @param value 0..255
     * @throws UncheckedIOException where the sink fails
     */
    public void write(int value) {
        try {
            sink.write(value);
            if (value == '\n') {
                sink.flush();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the console's output cannot be written: " + e.getMessage(), e);
        }
        if (value == '\n' || line.size() == LONGEST_LINE) {
            endLine();
        } else if (value != '\r') {
            line.write(value);
            if (until.isPresent() && untilLine.isEmpty()) {
                String text = unfinishedLine();
                if (until.get().matcher(text).find()) {
                    untilLine = Optional.of(text);
                    onDecided.run();
                }
            }
        }
    }

    private void endLine() {
        String text = unfinishedLine();
        line.reset();
        lines.addLast(text);
        if (lines.size() > KEPT_LINES) {
            lines.removeFirst();
        }
        if (panicLine.isEmpty() && text.contains(PANIC)) {
            panicLine = Optional.of(text);
        }
        if (text.contains(END_OF_PANIC)) {
            panicOver = true;
            onDecided.run();
        }
    }

    private String unfinishedLine() {
        return line.toString(StandardCharsets.UTF_8);
    }

    /** The last lines, oldest first, the unfinished one included. */
    public List<String> lastLines() {
        List<String> all = new ArrayList<>(lines);
        if (line.size() > 0) {
            all.add(unfinishedLine());
        }
        return List.copyOf(all);
    }

    /** The last finished line, empty before the first. */
    public String lastLine() {
        return lines.isEmpty() ? "" : lines.getLast();
    }

    /** The line that was waited for, once it is there. */
    Optional<String> untilLine() {
        return untilLine;
    }

    /** The line in which a Linux kernel said that it panics. */
    public Optional<String> panicLine() {
        return panicLine;
    }

    /** True once a Linux kernel has said its last word after a panic: with panic=0 it then spins for ever. */
    boolean isPanicOver() {
        return panicOver;
    }
}
