package org.pvdiet.emulator.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A small Xen PV guest that asks the hypervisor questions and prints the answers; source in {@code
 * src/test/xen-guest}. It ends by shutting down with reason power-off, or crash where it met what it did not expect.
 */
public final class XenGuest {
    private static final Path SOURCE = Path.of("../emulator/src/test/xen-guest");

    private XenGuest() {}

    /** Builds the image, an ELF file with Xen notes; skips the calling test where gcc or make is missing. */
    public static Path build(Path directory) throws IOException, InterruptedException {
        Process make;
        try {
            new ProcessBuilder("gcc", "--version")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            make = new ProcessBuilder("make", "OUT=" + directory.toAbsolutePath())
                    .directory(SOURCE.toFile())
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException e) {
            return abort("gcc and make are not installed");
        }
        String output = new String(make.getInputStream().readAllBytes());
        assertEquals(0, make.waitFor(), output);
        return directory.resolve("xen-guest");
    }

    /** What real Xen answers, line by line from the first to the last that the guest prints. */
    public static List<String> expected() throws IOException {
        return Files.readAllLines(SOURCE.resolve("expected.txt")).stream()
                .filter(line -> !line.startsWith("#"))
                .toList();
    }

    /** The version of Xen that {@link #expected} was taken from, as Debian writes it. */
    static String version() throws IOException {
        return Files.readAllLines(SOURCE.resolve("expected.txt")).stream()
                .flatMap(line -> List.of(line.split(" ", -1)).stream())
                .dropWhile(word -> !word.equals("xen-hypervisor-4.17-amd64"))
                .skip(1)
                .findFirst()
                .orElseThrow();
    }
}
