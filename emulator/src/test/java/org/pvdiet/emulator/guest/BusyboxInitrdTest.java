package org.pvdiet.emulator.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class BusyboxInitrdTest {
    /** Leaves the archive in target/ for trying it by hand under QEMU. */
    @Test
    void isAnArchiveThatLinuxUnpacks() throws IOException, InterruptedException {
        byte[] initrd = BusyboxInitrd.bytes();
        Files.write(Path.of("target/busybox.cpio"), initrd);
        assertEquals("070701", new String(initrd, 0, 6, StandardCharsets.US_ASCII));
        assertEquals(0, initrd.length % 512);
    }
}
