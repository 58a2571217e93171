package org.pvdiet.emulator.guest;

import com.google.common.io.ByteStreams;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;
import java.util.zip.Checksum;

/**
 * Decompresses kernels, and keeps those that take long to decompress in a folder, where the next run finds them by what is
 * compressed, whatever path or date that has.
 *
 * <p>A file holds a kernel and its CRC-32C, so that one that is damaged or not whole is taken for none. Where the folder
 * cannot be read or written, that costs time and nothing else.
 */
final class KernelCache implements BzImage.Decompression {
    /** Distributions' kernels have 50 to 70 MB. */
    static final int MOST = 8;

    /** The other formats take little longer than reading so much larger a file, and less where it is not in memory. */
    private static final Set<Compression> SLOW =
            EnumSet.of(Compression.XZ, Compression.LZMA, Compression.BZIP2, Compression.GZIP);

    /** Reading makes a copy in memory outside of the heap, which had better be small. */
    private static final int AT_ONCE = 1 << 20;

    private final Path folder;
    private final Executor writer;

    /** @param writer writes the files; who wants the kernel need not wait for that */
    KernelCache(Path folder, Executor writer) {
        this.folder = folder;
        this.writer = writer;
    }

    /** The user's. A process that ends does not wait for what is still being written. */
    static KernelCache ofUser() {
        return new KernelCache(UserCache.folder().resolve("kernels"), task -> {
            Thread thread = new Thread(task, "kernel-cache");
            thread.setDaemon(true);
            thread.start();
        });
    }

    @Override
    public Bytes decompress(Compression compression, Bytes stream, int size) {
        if (!SLOW.contains(compression)) {
            return compression.decompressExactly(stream, size);
        }
        Path file = folder.resolve(name(stream, size));
        Optional<byte[]> kept = kept(file, size);
        if (kept.isPresent()) {
            return Compression.decompressed(stream, kept.get());
        }
        Bytes kernel = compression.decompressExactly(stream, size);
        if (kernel.size() == size) {
            writer.execute(() -> keep(file, kernel));
        }
        return kernel;
    }

    /**
     * Tells a kernel from all others: two checksums that are independent of each other, so that kernels which have both in
     * common by chance, and their lengths, are one in 2^64. The processor has instructions for both; SHA-256 takes fifty times
     * as long in a process that has just begun.
     */
    private static String name(Bytes stream, int size) {
        Checksum first = new CRC32C();
        Checksum second = new CRC32();
        stream.readBy(first::update);
        stream.readBy(second::update);
        return Long.toHexString(first.getValue() << 32 | second.getValue()) + "-" + stream.size() + "-" + size;
    }

    private static Optional<byte[]> kept(Path file, int size) {
        try (CheckedInputStream in = new CheckedInputStream(Files.newInputStream(file), new CRC32C())) {
            if (Files.size(file) != size + (long) Long.BYTES) {
                return Optional.empty();
            }
            byte[] kernel = new byte[size];
            for (int at = 0; at < size; at += AT_ONCE) {
                in.readNBytes(kernel, at, Math.min(AT_ONCE, size - at));
            }
            long sum = in.getChecksum().getValue();
            if (new DataInputStream(in).readLong() != sum) {
                return Optional.empty();
            }
            used(file);
            return Optional.of(kernel);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** So that it is not the next to go. */
    private static void used(Path file) {
        try {
            Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
        } catch (IOException e) {
            // Somebody else's, or just gone; it was read all the same.
        }
    }

    private void keep(Path file, Bytes kernel) {
        try {
            Files.createDirectories(folder);
            Path partial = Files.createTempFile(folder, "kernel", ".partial");
            try {
                partial.toFile().deleteOnExit();
                write(partial, kernel);
                Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(partial);
            }
            dropOldest();
        } catch (IOException | UncheckedIOException | IllegalStateException e) {
            // No room or no right, or the process is ending: the next one decompresses it again.
        }
    }

    private static void write(Path file, Bytes kernel) throws IOException {
        CheckedOutputStream checked =
                new CheckedOutputStream(new BufferedOutputStream(Files.newOutputStream(file), AT_ONCE), new CRC32C());
        try (DataOutputStream out = new DataOutputStream(checked)) {
            ByteStreams.copy(kernel.stream(), out);
            out.writeLong(checked.getChecksum().getValue());
        }
    }

    /** The least recently used go. What a process that was killed left half-written is never used, and so is among them. */
    private void dropOldest() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> old = files.sorted(
                            Comparator.comparing((Path file) -> file.toFile().lastModified())
                                    .reversed())
                    .skip(MOST)
                    .toList();
            for (Path file : old) {
                Files.deleteIfExists(file);
            }
        }
    }
}
