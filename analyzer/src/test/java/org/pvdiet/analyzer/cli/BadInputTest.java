package org.pvdiet.analyzer.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pvdiet.emulator.guest.KernelImage;
import org.pvdiet.emulator.session.PlatformName;
import org.pvdiet.traces.TraceReader;

/** What can be wrong with what a user gives: a sentence on stderr, the right exit code, and nothing half-written. */
class BadInputTest {
    @TempDir
    Path directory;

    private Path file(String name, byte[] content) throws IOException {
        return Files.write(directory.resolve(name), content);
    }

    /** Records natively with these options besides. */
    private Pvdiet.Result record(Path kernel, Object... options) {
        Object[] arguments = Stream.concat(
                        Stream.of("record", "--kernel", kernel, "--platform", "native"), Arrays.stream(options))
                .toArray();
        return Pvdiet.run(arguments);
    }

    private void refusesKernel(Path kernel, String words) {
        Path trace = directory.resolve("x.pvtrace");
        record(kernel, "-o", trace).failed(ExitCode.BAD_INPUT, kernel.toString(), words);
        assertFalse(Files.exists(trace));
    }

    @Test
    void aFileThatIsNoKernel() throws IOException {
        refusesKernel(file("text", "not a kernel\n".repeat(1000).getBytes("US-ASCII")), "not a kernel");
        refusesKernel(file("empty", new byte[0]), "not a kernel");
        refusesKernel(directory.resolve("nowhere"), "there is no such file");
        refusesKernel(directory, directory.toString());
        Pvdiet.run("inspect", file("zeros", new byte[100_000])).failed(ExitCode.BAD_INPUT, "zeros", "not a kernel");
    }

    @Test
    void aTruncatedOrDamagedKernel() throws IOException {
        byte[] image = Files.readAllBytes(Recordings.kernel());
        refusesKernel(file("truncated", Arrays.copyOf(image, image.length / 2)), "truncated");
        byte[] damaged = image.clone();
        Random random = new Random(20240101);
        for (int i = 0; i < 64; i++) {
            damaged[image.length / 4 + random.nextInt(image.length / 2)] ^= (byte) (1 << random.nextInt(8));
        }
        refusesKernel(file("damaged", damaged), "damaged");
    }

    /** XLF_KERNEL_64 in xloadflags says that a bzImage has a 64-bit entry (Documentation/x86/boot.rst). */
    @Test
    void a32BitKernel() throws IOException {
        byte[] image = Files.readAllBytes(Recordings.kernel());
        image[0x236] &= ~1;
        refusesKernel(file("bzimage32", image), "32-bit");
    }

    @Test
    void anInitrdThatIsNoCpio() throws IOException {
        Path initrd = file("initrd", "this is not a cpio archive".getBytes("US-ASCII"));
        Path trace = directory.resolve("x.pvtrace");
        record(Recordings.kernel(), "--initrd", initrd, "-o", trace)
                .failed(ExitCode.BAD_INPUT, initrd.toString(), "cpio");
        assertFalse(Files.exists(trace));
        record(Recordings.kernel(), "--initrd", directory.resolve("nowhere"), "-o", trace)
                .failed(ExitCode.BAD_INPUT, "nowhere", "no such file");
    }

    @ParameterizedTest
    @ValueSource(strings = {"native", "xen-pv"})
    void aGuestThatPanics(String platform) {
        Path trace = directory.resolve("x.pvtrace");
        Pvdiet.run(
                        "record",
                        "--kernel",
                        Recordings.kernel(),
                        "--platform",
                        platform,
                        "--append",
                        "rdinit=/nonexistent root=/dev/nonexistent",
                        "-o",
                        trace)
                .failed(ExitCode.GUEST_FAILED, "Unable to mount root fs", "last lines", "after ", "instructions");
        try (TraceReader reader = TraceReader.open(trace)) {
            assertTrue(reader.complete());
            assertEquals("crash", reader.ending().orElseThrow().reason());
        }
    }

    /** A kernel whose first instructions are these: it waits for ever with interrupts off, or has no handler for #UD. */
    @ParameterizedTest
    @CsvSource({"fa f4, hang, halted with interrupts off", "0f 0b, triple fault, instructions"})
    void aGuestThatHangsOrTripleFaults(String code, String reason, String words) throws IOException {
        Path kernel = file("vmlinux", beginningWith(code));
        Path trace = directory.resolve("x.pvtrace");
        record(kernel, "-o", trace).failed(ExitCode.GUEST_FAILED, "the guest failed (" + reason + ")", words);
        try (TraceReader reader = TraceReader.open(trace)) {
            assertEquals(reason.replace(' ', '-'), reader.ending().orElseThrow().reason());
        }
        Pvdiet.run("run", kernel, "--platform", "native").failed(ExitCode.GUEST_FAILED, reason);
    }

    /** Debian's kernel, uncompressed, with other instructions at its 64-bit entry, which is where its text begins. */
    private static byte[] beginningWith(String code) {
        KernelImage image = KernelImage.open(Recordings.kernel());
        byte[] vmlinux = image.elf().file().toArray();
        int text = (int) image.elf().file().u64(32);
        // The first program header: its offset in the file.
        int offset = (int) image.elf().file().u64(text + 8);
        List<String> bytes = List.of(code.split(" ", -1));
        for (int i = 0; i < bytes.size(); i++) {
            vmlinux[offset + i] = (byte) Integer.parseInt(bytes.get(i), 16);
        }
        return vmlinux;
    }

    @Test
    void tooLittleMemory() {
        Path trace = directory.resolve("x.pvtrace");
        record(Recordings.kernel(), "--memory", "32M", "-o", trace)
                .failed(ExitCode.BAD_INPUT, "32 MiB of memory are too little");
        assertFalse(Files.exists(trace));
        Pvdiet.run("record", "--kernel", Recordings.kernel(), "--platform", "xen-pv", "--memory", "32M", "-o", trace)
                .failed(ExitCode.BAD_INPUT, "in the guest's 32 MiB of memory");
        assertFalse(Files.exists(trace));
    }

    @Test
    void aFullDisk() throws Exception {
        Path disk = Files.createDirectory(directory.resolve("disk"));
        Process mount = new ProcessBuilder("mount", "-t", "tmpfs", "-o", "size=760k", "none", disk.toString())
                .redirectErrorStream(true)
                .start();
        assumeTrue(mount.waitFor() == 0, "no small disk to fill: mounting a tmpfs needs root");
        try {
            Path trace = disk.resolve("x.pvtrace");
            record(Recordings.kernel(), "-o", trace).failed(ExitCode.BAD_INPUT, trace.toString(), "No space left");
            try (TraceReader reader = TraceReader.open(trace)) {
                assertFalse(reader.complete());
            }
        } finally {
            new ProcessBuilder("umount", disk.toString()).start().waitFor();
        }
    }

    @Test
    void aConsoleThatCannotBeWritten() {
        Path full = Path.of("/dev/full");
        assumeTrue(Files.exists(full), "there is no /dev/full");
        Path trace = directory.resolve("x.pvtrace");
        record(Recordings.kernel(), "--console", full, "-o", trace)
                .failed(ExitCode.BAD_INPUT, "console", "No space left");
        try (TraceReader reader = TraceReader.open(trace)) {
            assertFalse(reader.complete());
        }
    }

    @Test
    void anOutputThatExists() throws IOException {
        Path other = Files.createDirectory(directory.resolve("letters"));
        Path letter = Files.writeString(other.resolve("letter"), "dear");
        record(Recordings.kernel(), "-o", other).failed(ExitCode.BAD_INPUT, other.toString(), "exists");
        record(Recordings.kernel(), "--force", "-o", other).failed(ExitCode.BAD_INPUT, other.toString());
        record(Recordings.kernel(), "--force", "-o", letter).failed(ExitCode.BAD_INPUT, letter.toString());
        record(Recordings.kernel(), "-o", letter.resolve("x.pvtrace")).failed(ExitCode.BAD_INPUT, letter.toString());
        assertEquals("dear", Files.readString(letter));
        try (Stream<Path> files = Files.list(other)) {
            assertEquals(List.of(letter), files.toList());
        }

        Path trace = directory.resolve("x.pvtrace");
        record(Recordings.kernel(), "--max-instructions", "3000000", "-o", trace)
                .done();
        byte[] before = Files.readAllBytes(trace.resolve("trace.json"));
        record(Recordings.kernel(), "-o", trace).failed(ExitCode.BAD_INPUT, trace.toString(), "--force");
        assertEquals(Arrays.toString(before), Arrays.toString(Files.readAllBytes(trace.resolve("trace.json"))));
        record(Recordings.kernel(), "--force", "--max-instructions", "4000000", "-o", trace)
                .done();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "record --kernel K --platform kvm -o X",
                "record --kernel K --platform native --cpu i386 -o X",
                "record --kernel K --platform native --memory lots -o X",
                "record --kernel K --platform native --memory 1M -o X",
                "record --kernel K --platform native --until ( -o X",
                "record --kernel K --platform native --registers some -o X",
                "record --kernel K --platform native --max-instructions -1 -o X",
                "record --kernel K --platform native",
                "record --platform native -o X",
                "run --platform native",
                "inspect",
                "inspect K --format xml",
                "bench --runs 0",
                "contract X --format csv",
                "replay X --verify --at 3",
                "frobnicate",
            })
    void wrongUsage(String line) {
        Pvdiet.run((Object[]) line.split(" ", -1)).failed(ExitCode.USAGE, "--help");
        assertFalse(Files.exists(Path.of("X")));
    }

    /** Not in the names that a program has for them. */
    @Test
    void whatAnOptionMayBeIsSaidAsItIsTyped() {
        Pvdiet.run("docs", "X", "-o", "Y", "--format", "pdf")
                .failed(ExitCode.USAGE, "expected rst|md|kernel-doc but was 'pdf'");
        Pvdiet.run("stats", "X", "--format", "xml").failed(ExitCode.USAGE, "expected text|json|csv but was 'xml'");
    }

    @Test
    void aTraceThatIsDamagedOrNone() throws IOException {
        Path good = Recordings.brief(PlatformName.NATIVE).trace();
        Path trace = AlteredTrace.damaged(good, directory.resolve("x.pvtrace"));
        Path calls = trace.resolve("calls-00000.parquet");
        Pvdiet.run("replay", trace, "--at", "100").failed(ExitCode.BAD_INPUT, calls + " is damaged", "record it again");
        Pvdiet.run("replay", trace, "--verify").failed(ExitCode.BAD_INPUT, calls + " is damaged");
        Files.writeString(calls, "PAR1 of someone else's PAR1");
        Pvdiet.run("replay", trace, "--at", "100").failed(ExitCode.BAD_INPUT, calls.toString());
        Files.writeString(trace.resolve("trace.json"), "{}");
        Pvdiet.run("replay", trace).failed(ExitCode.BAD_INPUT, "trace.json");
        Pvdiet.run("replay", directory.resolve("nowhere")).failed(ExitCode.BAD_INPUT, "There is no trace");
        Pvdiet.run("replay", directory).failed(ExitCode.BAD_INPUT, "is not a trace");
    }

    @Test
    void aReplayWithAnotherKernel() throws IOException {
        Path trace = Recordings.brief(PlatformName.NATIVE).trace();
        Path other = file("vmlinux", beginningWith("fa f4"));
        Pvdiet.run("replay", trace, "--kernel", other).failed(ExitCode.BAD_INPUT, "is not the recorded kernel");
        Pvdiet.run("replay", trace, "--kernel", directory.resolve("nowhere")).failed(ExitCode.BAD_INPUT, "nowhere");
    }
}
