package org.pvdiet.emulator.guest;

import static org.junit.jupiter.api.Assertions.assertLinesMatch;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class XenGuestTest {
    private static final String XEN = "xen-hypervisor-4.17-amd64";

    @TempDir
    Path directory;

    /** The expected answers are those of real Xen, asked again. */
    @Test
    void realXenGivesTheExpectedAnswers() throws IOException, InterruptedException {
        Path guest = XenGuest.build(directory);
        DebianPackage xenPackage = DebianPackage.download(XEN);
        assumeTrue(
                xenPackage.version().equals(XenGuest.version()),
                "the answers are of " + XenGuest.version() + ", not of " + xenPackage.version());
        Path xen = directory.resolve("xen");
        byte[] compressed = xenPackage.content("./boot/xen-4.17-amd64.gz");
        Files.copy(new GZIPInputStream(new ByteArrayInputStream(compressed)), xen);

        assertLinesMatch(XenGuest.expected(), answers(xen, guest));
    }

    /** Xen halts the machine after the guest's shutdown and QEMU stays: so it is ended at the guest's last line. */
    private static List<String> answers(Path xen, Path guest) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                "qemu-system-x86_64", "-machine", "pc", "-m", "256M", "-nographic", "-no-reboot", "-nodefaults");
        builder.command().addAll(List.of("-serial", "stdio", "-monitor", "none"));
        builder.command().addAll(List.of("-kernel", xen.toString(), "-initrd", guest.toString()));
        builder.command().addAll(List.of("-append", "console=com1 com1=115200 dom0_mem=64M"));
        Process qemu;
        try {
            qemu = builder.redirectErrorStream(true).start();
        } catch (IOException e) {
            return abort("qemu-system-x86_64 is not installed");
        }
        // A guest that hangs is a guest whose answers end early.
        CompletableFuture.delayedExecutor(2, TimeUnit.MINUTES).execute(qemu::destroy);
        List<String> answers = new ArrayList<>();
        try (BufferedReader console = qemu.inputReader(StandardCharsets.US_ASCII)) {
            String line = "";
            while (line != null && !line.equals("guest: done")) {
                line = console.readLine();
                if (line != null && line.startsWith("guest: ")) {
                    answers.add(line);
                }
            }
        } finally {
            qemu.destroy();
        }
        return answers;
    }
}
