package org.pvdiet.emulator.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The host's processor, which executes single instructions. */
final class HostCpu {
    static final int FPU_BYTES = 512;

    /** What FXRSTOR loads for the state after FNINIT, with MXCSR's default. */
    static final byte[] INITIAL_FPU = ByteBuffer.allocate(FPU_BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putInt(0, 0x37f)
            .putInt(24, 0x1f80)
            .array();

    /**
     * @param fpu as FXSAVE has it
     * @param narrow in compatibility mode, not in 64-bit mode
     */
    record Case(byte[] code, long[] registers, long flags, byte[] fpu, boolean narrow) {}

    /**
     * @param path 0 the next instruction, 1 the branch target; meaningless after a trap
     * @param trap 0, or the exception's vector and one
     * @param changes of scratch memory: offset, byte ...
     */
    record Outcome(
            long[] registers, long flags, long path, long trap, long error, long address, byte[] fpu, int[] changes) {}

    private final Path folder;
    private final Path binary;

    /** What Linux says of the processor; empty where it says nothing. */
    private final String description;

    private HostCpu(Path folder, Path binary) throws IOException {
        this.folder = folder;
        this.binary = binary;
        Path info = Path.of("/proc/cpuinfo");
        description = Files.isReadable(info) ? Files.readString(info) : "";
    }

    /** Whether it is known to have what this flag of {@code /proc/cpuinfo} names. */
    boolean has(String feature) {
        return description.contains(feature);
    }

    /**
     * Made by AMD, where a few things are otherwise than the SDM has them. Those that the tests leave out were seen on
     * family 19h, model 11h.
     */
    boolean isAmd() {
        return description.contains("AuthenticAMD");
    }

    /** Skips the test where the host cannot be asked. */
    static HostCpu build(Path folder) throws IOException, InterruptedException {
        assumeTrue(System.getProperty("os.arch").equals("amd64"), "the host is no x86-64 processor");
        Path source = folder.resolve("host.c");
        try (InputStream in = HostCpu.class.getResourceAsStream("host.c")) {
            Files.copy(in, source);
        }
        Path binary = folder.resolve("host");
        Process gcc;
        try {
            gcc = new ProcessBuilder("gcc", "-O1", "-no-pie", "-o", binary.toString(), source.toString())
                    .inheritIO()
                    .start();
        } catch (IOException e) {
            assumeTrue(false, "gcc is not installed, so the host's processor cannot be asked");
            throw e;
        }
        assertEquals(0, gcc.waitFor(), "gcc failed");
        return new HostCpu(folder, binary);
    }

    List<Outcome> run(byte[] scratch, List<Case> cases) throws IOException, InterruptedException {
        Path input = folder.resolve("cases");
        Path output = folder.resolve("outcomes");
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(input))) {
            out.write(scratch);
            for (Case one : cases) {
                ByteBuffer buffer = ByteBuffer.allocate(176 + FPU_BYTES).order(ByteOrder.LITTLE_ENDIAN);
                buffer.put((byte) one.code.length).put(one.code).position(31).put((byte) (one.narrow ? 1 : 0));
                for (long register : one.registers) {
                    buffer.putLong(register);
                }
                buffer.putLong(one.flags).putLong(0).put(one.fpu);
                out.write(buffer.array());
            }
        }
        Process process = new ProcessBuilder(binary.toString())
                .redirectInput(input.toFile())
                .redirectOutput(output.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        assertEquals(0, process.waitFor(), "the harness failed");
        ByteBuffer results = ByteBuffer.wrap(Files.readAllBytes(output)).order(ByteOrder.LITTLE_ENDIAN);
        List<Outcome> outcomes = new ArrayList<>();
        for (int i = 0; i < cases.size(); i++) {
            long[] registers = new long[16];
            for (int n = 0; n < 16; n++) {
                registers[n] = results.getLong();
            }
            long flags = results.getLong();
            long path = results.getLong();
            long trap = results.getLong();
            long error = results.getLong();
            long address = results.getLong();
            int[] changes = new int[(int) results.getLong() * 2];
            byte[] fpu = new byte[FPU_BYTES];
            results.get(fpu);
            for (int n = 0; n < changes.length; n++) {
                changes[n] = results.getInt();
            }
            outcomes.add(new Outcome(registers, flags, path, trap, error, address, fpu, changes));
        }
        return outcomes;
    }
}
