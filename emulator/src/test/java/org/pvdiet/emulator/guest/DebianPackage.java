package org.pvdiet.emulator.guest;

import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.ArchiveEntry;
import org.apache.commons.compress.archivers.ArchiveInputStream;
import org.apache.commons.compress.archivers.ar.ArArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/** A package taken by {@code apt-get download}, kept in {@code target/packages}; nothing is installed. */
final class DebianPackage {
    private static final Path PACKAGES = Path.of("target/packages");

    private final Path file;

    private DebianPackage(Path file) {
        this.file = file;
    }

    /** Skips the calling test where the package cannot be had. */
    static DebianPackage download(String name) throws IOException, InterruptedException {
        Files.createDirectories(PACKAGES);
        Optional<Path> downloaded = find(name);
        if (downloaded.isEmpty()) {
            aptGetDownload(name);
            downloaded = find(name);
        }
        assumeTrue(downloaded.isPresent(), "apt-get download " + name + " failed, see " + log(name));
        return new DebianPackage(downloaded.orElseThrow());
    }

    /** The version as in the file's name: a colon in it is written as %3a. */
    String version() {
        return file.getFileName().toString().split("_", -1)[1];
    }

    /** The content of a file of the package; {@code path} begins with {@code ./}. */
    byte[] content(String path) throws IOException {
        try (InputStream archive = Files.newInputStream(file)) {
            byte[] data = member(new ArArchiveInputStream(archive), "data.tar.xz");
            return member(new TarArchiveInputStream(new XZCompressorInputStream(new ByteArrayInputStream(data))), path);
        }
    }

    private byte[] member(ArchiveInputStream<? extends ArchiveEntry> archive, String name) throws IOException {
        for (ArchiveEntry entry = archive.getNextEntry(); entry != null; entry = archive.getNextEntry()) {
            if (entry.getName().equals(name)) {
                return archive.readAllBytes();
            }
        }
        throw new IOException(file + " has no " + name);
    }

    private static void aptGetDownload(String name) throws IOException, InterruptedException {
        Process apt;
        try {
            apt = new ProcessBuilder("apt-get", "download", name)
                    .directory(PACKAGES.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(log(name).toFile())
                    .start();
        } catch (IOException e) {
            abort("apt-get is not installed");
            return;
        }
        if (!apt.waitFor(2, TimeUnit.MINUTES)) {
            apt.destroy();
        }
    }

    private static Path log(String name) {
        return PACKAGES.resolve(name + ".log");
    }

    private static Optional<Path> find(String name) throws IOException {
        try (Stream<Path> files = Files.list(PACKAGES)) {
            return files.filter(file -> file.getFileName().toString().startsWith(name + "_")
                            && file.toString().endsWith(".deb"))
                    .sorted()
                    .findFirst();
        }
    }
}
