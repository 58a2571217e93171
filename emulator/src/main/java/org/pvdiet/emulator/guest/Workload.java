package org.pvdiet.emulator.guest;

import com.google.common.hash.Hashing;
import com.google.common.io.Resources;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * The start-up workload: what a guest runs when the user gives no initrd. It is a static init that exercises what
 * reaches paravirt hooks and powers off; its source is in {@code src/main/workload}.
 */
public final class Workload {
    /** What the workload prints first, once user space runs. */
    public static final String FIRST_LINE = "workload: start";

    /** How its last line begins: {@code workload: done, N steps, M failed}. */
    public static final String LAST_LINE = "workload: done, ";

    /** What the benchmark's guest prints last. */
    public static final String BENCHMARK_LAST_LINE = "benchmark: done";

    private Workload() {}

    /** An initramfs with the workload as its init; the same bytes each time. */
    public static byte[] initrd() {
        return initrd(program());
    }

    /**
     * An initramfs for measuring: its init does one kind of work after the other and prints {@code benchmark: begin KIND} and
     * {@code benchmark: end KIND, COUNT in TICKS ticks}; its source is in {@code src/main/benchmark}.
     */
    public static byte[] benchmark() {
        return initrd(benchmarkProgram());
    }

    private static byte[] initrd(byte[] init) {
        return new CpioWriter()
                .directory("dev")
                .characterDevice("dev/console", 0600, 5, 1)
                .directory("proc")
                .file("init", 0755, init)
                .toBytes();
    }

    /** The SHA-256 of {@link #initrd}, in hexadecimal: says which workload a trace is of. */
    public static String sha256() {
        return Hashing.sha256().hashBytes(initrd()).toString();
    }

    /** The committed program, an x86-64 ELF file. */
    static byte[] program() {
        return resource("workload");
    }

    /** The committed guest of the benchmark, an x86-64 ELF file. */
    static byte[] benchmarkProgram() {
        return resource("benchmark");
    }

    /** The first line of {@code gcc --version} of the compiler that built {@link #program}. */
    static String compiler() {
        return new String(resource("workload.compiler"), StandardCharsets.UTF_8).strip();
    }

    private static byte[] resource(String name) {
        try {
            return Resources.toByteArray(Resources.getResource(Workload.class, name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
