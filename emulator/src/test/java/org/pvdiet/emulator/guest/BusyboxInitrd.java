package org.pvdiet.emulator.guest;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.ArchiveEntry;
import org.apache.commons.compress.archivers.ArchiveInputStream;
import org.apache.commons.compress.archivers.ar.ArArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;
import org.junit.jupiter.api.Assumptions;

/** An initrd of programs that are not ours: Debian's static busybox and a shell script. */
public final class BusyboxInitrd {
    /** What the script prints first and last. */
    public static final String FIRST_LINE = "busybox: start";

    public static final String LAST_LINE = "busybox: done";

    private static final Path PACKAGES = Path.of("target/packages");

    private static final String SCRIPT = """
            #!/bin/busybox sh
            echo "busybox: start"
            /bin/busybox --install -s /bin
            export PATH=/bin
            mount -t proc proc /proc
            mount -t sysfs sysfs /sys
            ls -l / /bin/busybox
            uname -a
            cat /proc/cpuinfo
            cat /proc/interrupts
            free
            ps
            sleep 0.1
            ls /bin | sort -r | head -n 5
            seq 1 200 | awk '{ sum += $1 } END { print "sum", sum }'
            i=0
            while [ $i -lt 20 ]; do echo "line $i" | sed "s/line/number/"; i=$((i + 1)); done | grep -c number
            for word in a b c; do (echo "$word" > /tmp-$word; cat /tmp-$word) & done
            wait
            md5sum /bin/busybox
            gzip -c /bin/busybox | gunzip -c | md5sum
            dd if=/bin/busybox of=/copy bs=4096 2> /dev/null
            cmp /bin/busybox /copy && echo "copy equal"
            awk 'BEGIN { for (i = 0; i < 100; i++) x += i / 7 * (i % 3 - 0.5); printf "%.6f\\n", x }'
            date -u +%Y
            echo "busybox: done"
            poweroff -f
            """;

    private BusyboxInitrd() {}

    /** The initrd; skips the calling test where the package cannot be had. */
    public static byte[] bytes() throws IOException, InterruptedException {
        return new CpioWriter()
                .directory("bin")
                .directory("dev")
                .characterDevice("dev/console", 0600, 5, 1)
                .characterDevice("dev/null", 0666, 1, 3)
                .directory("proc")
                .directory("sys")
                .file("bin/busybox", 0755, busybox())
                .file("init", 0755, SCRIPT.getBytes(UTF_8))
                .toBytes();
    }

    private static byte[] busybox() throws IOException, InterruptedException {
        try (InputStream archive = Files.newInputStream(debianPackage());
                ArArchiveInputStream deb = new ArArchiveInputStream(archive)) {
            byte[] data = member(deb, "data.tar.xz");
            return member(
                    new TarArchiveInputStream(new XZCompressorInputStream(new ByteArrayInputStream(data))),
                    "./bin/busybox");
        }
    }

    private static Path debianPackage() throws IOException, InterruptedException {
        Files.createDirectories(PACKAGES);
        if (downloaded() == null) {
            Path log = PACKAGES.resolve("busybox-static.log");
            try {
                Process apt = new ProcessBuilder("apt-get", "download", "busybox-static")
                        .directory(PACKAGES.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
                if (!apt.waitFor(2, TimeUnit.MINUTES)) {
                    apt.destroy();
                }
            } catch (IOException e) {
                Assumptions.abort("no apt-get: " + e.getMessage());
            }
            Assumptions.assumeTrue(downloaded() != null, "apt-get download busybox-static failed, see " + log);
        }
        return downloaded();
    }

    private static Path downloaded() throws IOException {
        try (Stream<Path> files = Files.list(PACKAGES)) {
            return files.filter(file -> file.getFileName().toString().matches("busybox-static_.*\\.deb"))
                    .sorted()
                    .findFirst()
                    .orElse(null);
        }
    }

    private static byte[] member(ArchiveInputStream<? extends ArchiveEntry> archive, String name) throws IOException {
        for (ArchiveEntry entry = archive.getNextEntry(); entry != null; entry = archive.getNextEntry()) {
            if (entry.getName().equals(name)) {
                return archive.readAllBytes();
            }
        }
        throw new IOException("busybox-static: the package has no " + name);
    }
}
