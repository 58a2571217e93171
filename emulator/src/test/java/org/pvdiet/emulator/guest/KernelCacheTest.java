package org.pvdiet.emulator.guest;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** A kernel from the cache is the one that was asked for, whatever became of the cache's files. */
class KernelCacheTest {
    private static final int SIZE = 2_500_000;

    @TempDir
    Path folder;

    private int written;

    private KernelCache cache(Path of) {
        return new KernelCache(of, task -> {
            written++;
            task.run();
        });
    }

    private static byte[] kernel(long seed) {
        byte[] kernel = new byte[SIZE];
        new Random(seed).nextBytes(kernel);
        Arrays.fill(kernel, 1000, SIZE - 1000, (byte) 0x90);
        return kernel;
    }

    /** Reads a bzImage by way of the cache and gives the kernel in it. */
    private byte[] read(Path of, Compression compression, byte[] kernel) throws IOException {
        Bytes file = Bytes.of("synthetic", SyntheticBzImage.wrap(compression, kernel));
        return BzImage.read(file, cache(of)).vmlinux().toArray();
    }

    private void readsOf(byte[] kernel, int expectedWritten) throws IOException {
        assertArrayEquals(kernel, read(folder, Compression.GZIP, kernel));
        assertEquals(expectedWritten, written, "times decompressed and written");
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Compression.class,
            names = {"LZ4", "ZSTD"},
            mode = Mode.EXCLUDE)
    void aKernelIsDecompressedOnce(Compression compression) throws IOException {
        byte[] kernel = kernel(1);
        for (int i = 0; i < 3; i++) {
            assertArrayEquals(kernel, read(folder, compression, kernel));
        }
        assertEquals(1, written);
        assertEquals(1, files().size());
    }

    @ParameterizedTest
    @EnumSource(
            value = Compression.class,
            names = {"LZ4", "ZSTD"})
    void whatIsDecompressedAsFastAsReadIsNotKept(Compression compression) throws IOException {
        byte[] kernel = kernel(1);
        assertArrayEquals(kernel, read(folder, compression, kernel));
        assertEquals(List.of(), files());
    }

    @Test
    void kernelsOfTheSameLengthsAreToldApart() throws IOException {
        for (int i = 1; i <= 3; i++) {
            readsOf(kernel(i), i);
        }
        for (int i = 1; i <= 3; i++) {
            readsOf(kernel(i), 3);
        }
    }

    @Test
    void aDamagedFileIsNotTakenAndReplaced() throws IOException {
        byte[] kernel = kernel(1);
        readsOf(kernel, 1);
        Path file = files().get(0);
        byte[] sound = Files.readAllBytes(file);
        List<byte[]> damaged = new ArrayList<>(List.of(
                new byte[0],
                new byte[sound.length],
                Arrays.copyOf(sound, 1 << 20),
                Arrays.copyOf(sound, SIZE),
                Arrays.copyOf(sound, sound.length - 1),
                Arrays.copyOf(sound, sound.length + 1)));
        for (int at : new int[] {0, 1 << 20, SIZE - 1, SIZE, sound.length - 1}) {
            byte[] flipped = sound.clone();
            flipped[at] ^= 1;
            damaged.add(flipped);
        }
        for (int i = 0; i < damaged.size(); i++) {
            Files.write(file, damaged.get(i));
            readsOf(kernel, 2 + i);
            assertArrayEquals(sound, Files.readAllBytes(file), "case " + i);
        }
        assertEquals(List.of(file), files());
    }

    @Test
    void aFolderThatCannotBeWrittenIsNoError() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));
        byte[] kernel = kernel(1);
        for (int i = 0; i < 2; i++) {
            assertArrayEquals(kernel, read(file.resolve("kernels"), Compression.XZ, kernel));
        }
        assertEquals(0, Files.size(file));
    }

    @Test
    void theLeastRecentlyUsedGoes() throws IOException {
        for (int i = 0; i < KernelCache.MOST; i++) {
            readsOf(kernel(i), i + 1);
        }
        allUsedAnHourAgo();
        readsOf(kernel(0), KernelCache.MOST);
        readsOf(kernel(KernelCache.MOST), KernelCache.MOST + 1);
        assertEquals(KernelCache.MOST, files().size());
        readsOf(kernel(0), KernelCache.MOST + 1);
        readsOf(kernel(KernelCache.MOST), KernelCache.MOST + 1);
    }

    @Test
    void whatKilledProcessesLeaveGoes() throws IOException {
        Path left = Files.write(folder.resolve("kernel1.partial"), new byte[SIZE]);
        allUsedAnHourAgo();
        for (int i = 0; i < KernelCache.MOST; i++) {
            readsOf(kernel(i), i + 1);
        }
        assertFalse(Files.exists(left));
    }

    private void allUsedAnHourAgo() throws IOException {
        for (Path file : files()) {
            Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(1, ChronoUnit.HOURS)));
        }
    }
}
