package org.pvdiet.emulator.session;

import com.google.common.hash.Hashing;
import java.nio.file.Path;
import java.util.Optional;
import org.pvdiet.emulator.guest.Cpio;
import org.pvdiet.emulator.guest.Workload;

/**
 * What the guest finds as its root file system.
 *
 * @param path the file; empty for the built-in start-up workload
 * @param content a cpio archive, perhaps compressed
 */
public record InitialRamDisk(Optional<Path> path, byte[] content) {
    /** The start-up workload. */
    public static InitialRamDisk workload() {
        return new InitialRamDisk(Optional.empty(), Workload.initrd());
    }

    /**
     * A user's archive.
     *
     * @throws org.pvdiet.emulator.guest.BadImageException where the file is no cpio
     */
    public static InitialRamDisk open(Path path) {
        return new InitialRamDisk(Optional.of(path), Cpio.open(path).toArray());
    }

    /** Of the content, in lower-case hexadecimal. */
    public String sha256() {
        return Hashing.sha256().hashBytes(content).toString();
    }
}
