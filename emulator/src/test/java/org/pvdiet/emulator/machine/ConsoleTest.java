package org.pvdiet.emulator.machine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ConsoleTest {
    private final ByteArrayOutputStream sink = new ByteArrayOutputStream();
    private final Console console = new Console(sink);

    private void print(String text) {
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            console.write(b & 0xff);
        }
    }

    @Test
    void bytesReachTheSinkAsTheyAre() {
        print("\u001b[1mgrün\u001b[0m\r\n");
        assertArrayEquals("\u001b[1mgrün\u001b[0m\r\n".getBytes(StandardCharsets.UTF_8), sink.toByteArray());
    }

    @Test
    void keepsTheLastLines() {
        for (int i = 0; i < 100; i++) {
            print("line " + i + "\r\n");
        }
        print("prompt");
        List<String> lines = console.lastLines();
        assertEquals("line 60", lines.get(0));
        assertEquals("prompt", lines.get(lines.size() - 1));
        assertEquals("line 99", console.lastLine());
    }

    @Test
    void findsWhatIsWaitedForInAnUnfinishedLine() {
        console.waitFor(Pattern.compile("login: $"));
        print("debian log");
        assertEquals(Optional.empty(), console.untilLine());
        print("in: ");
        assertEquals(Optional.of("debian login: "), console.untilLine());
    }

    @Test
    void patternsDoNotReachAcrossLines() {
        console.waitFor(Pattern.compile("a.*b", Pattern.DOTALL));
        print("a\nb\n");
        assertEquals(Optional.empty(), console.untilLine());
    }

    @Test
    void seesPanics() {
        print("[    1.335408] Kernel panic - not syncing: Attempted to kill init! exitcode=0x0000000b\r\n");
        assertEquals(
                Optional.of("[    1.335408] Kernel panic - not syncing: Attempted to kill init! exitcode=0x0000000b"),
                console.panicLine());
        assertFalse(console.isPanicOver());
        print("[    1.335420] ---[ end Kernel panic - not syncing: Attempted to kill init! ]---\r\n");
        assertTrue(console.isPanicOver());
    }

    @Test
    void aFailingSinkIsReported() {
        Console broken = new Console(new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("No space left on device");
            }
        });
        UncheckedIOException e = assertThrows(UncheckedIOException.class, () -> broken.write('x'));
        assertTrue(e.getMessage().contains("No space left on device"), e.getMessage());
    }
}
