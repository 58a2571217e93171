package org.pvdiet.emulator.guest;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class CpioWriterTest {
    /** The layout is that of Linux's Documentation/driver-api/early-userspace/buffer-format.rst, written out by hand. */
    @Test
    void headersAreThoseThatLinuxReads() {
        byte[] archive = new CpioWriter()
                .characterDevice("dev/console", 0600, 5, 1)
                .file("init", 0755, "abc".getBytes(US_ASCII))
                .toBytes();
        String zero = "00000000";
        String device = "070701" + "00000001" + "00002180" + zero + zero + "00000001" + zero + zero + zero + zero
                + "00000005" + "00000001" + "0000000c" + zero + "dev/console\0";
        String file = "070701" + "00000002" + "000081ed" + zero + zero + "00000001" + zero + "00000003" + zero + zero
                + zero + zero + "00000005" + zero + "init\0";
        String trailer = "070701" + zero + zero + zero + zero + "00000001" + zero + zero + zero + zero + zero + zero
                + "0000000b" + zero + "TRAILER!!!\0";
        String expected = padded(device, 4) + padded(padded(file, 4) + "abc", 4) + trailer;
        assertEquals(padded(expected, 512), new String(archive, US_ASCII));
    }

    @Test
    void sameCallsGiveSameBytes() {
        assertArrayEquals(Workload.initrd(), Workload.initrd());
    }

    private static String padded(String text, int alignment) {
        int rest = text.length() % alignment;
        return rest == 0 ? text : text + "\0".repeat(alignment - rest);
    }
}
