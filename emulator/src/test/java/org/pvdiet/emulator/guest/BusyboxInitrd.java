package org.pvdiet.emulator.guest;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;

/** An initrd of programs that are not ours: Debian's static busybox and a shell script. */
public final class BusyboxInitrd {
    /** What the script prints first and last. */
    public static final String FIRST_LINE = "busybox: start";

    public static final String LAST_LINE = "busybox: done";

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
                .file(
                        "bin/busybox",
                        0755,
                        DebianPackage.download("busybox-static").content("./bin/busybox"))
                .file("init", 0755, SCRIPT.getBytes(UTF_8))
                .toBytes();
    }
}
