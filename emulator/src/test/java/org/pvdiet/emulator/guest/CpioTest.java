package org.pvdiet.emulator.guest;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.primitives.Bytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.apache.commons.compress.archivers.cpio.CpioArchiveEntry;
import org.apache.commons.compress.archivers.cpio.CpioArchiveOutputStream;
import org.apache.commons.compress.archivers.cpio.CpioConstants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CpioTest {
    @TempDir
    Path directory;

    private static byte[] archive(short format) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (CpioArchiveOutputStream out = new CpioArchiveOutputStream(bytes, format)) {
            byte[] init = new byte[12_345];
            new Random(7).nextBytes(init);
            CpioArchiveEntry entry = new CpioArchiveEntry(format, "init", init.length);
            entry.setMode(CpioConstants.C_ISREG | 0755);
            if (format == CpioConstants.FORMAT_NEW_CRC) {
                int sum = 0;
                for (byte b : init) {
                    sum += b & 0xff;
                }
                entry.setChksum(sum);
            }
            out.putArchiveEntry(entry);
            out.write(init);
            out.closeArchiveEntry();
        }
        return bytes.toByteArray();
    }

    private void accepted(byte[] content) throws IOException {
        Path file = Files.write(directory.resolve("initrd"), content);
        assertArrayEquals(content, Cpio.open(file).toArray());
    }

    private void refused(String reason, byte[] content) throws IOException {
        Path file = Files.write(directory.resolve("initrd"), content);
        String message =
                assertThrows(BadImageException.class, () -> Cpio.open(file)).getMessage();
        assertTrue(message.startsWith(file.toString()) && message.contains(reason), message);
    }

    @Test
    void newcIsAccepted() throws IOException {
        accepted(archive(CpioConstants.FORMAT_NEW));
        accepted(archive(CpioConstants.FORMAT_NEW_CRC));
    }

    @ParameterizedTest
    @EnumSource(Compression.class)
    void compressedNewcIsAccepted(Compression compression) throws IOException {
        accepted(SyntheticBzImage.compress(compression, archive(CpioConstants.FORMAT_NEW)));
    }

    @Test
    void microcodeBeforeACompressedArchiveIsAccepted() throws IOException {
        byte[] early = archive(CpioConstants.FORMAT_NEW);
        byte[] main = SyntheticBzImage.compress(Compression.ZSTD, early);
        accepted(Bytes.concat(early, new byte[512], main));
    }

    @Test
    void otherFilesAreRefused() throws IOException {
        refused("empty", new byte[0]);
        refused("not an initrd", "no archive at all ".repeat(20).getBytes(StandardCharsets.US_ASCII));
        refused("not an initrd", archive(CpioConstants.FORMAT_OLD_ASCII));
        refused(
                "holds no cpio archive",
                SyntheticBzImage.compress(Compression.GZIP, "text".repeat(100).getBytes(StandardCharsets.US_ASCII)));
    }

    @Test
    void truncatedArchivesAreRefused() throws IOException {
        byte[] whole = archive(CpioConstants.FORMAT_NEW);
        for (int length : new int[] {5, 109, 115, 5000, 12_500}) {
            refused("", Arrays.copyOf(whole, length));
        }
    }
}
