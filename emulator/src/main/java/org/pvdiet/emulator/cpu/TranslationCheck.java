package org.pvdiet.emulator.cpu;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.pvdiet.emulator.memory.PhysicalMemory;

/**
 * Runs a region, takes back what it did, has the same instructions interpreted, and compares. What was interpreted stays.
 */
final class TranslationCheck {
    private static final String[] NAMES = {
        "rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15"
    };

    /** Bytes of RAM and what they were, before a region's store or after all of them. */
    private record Bytes(long physical, int size, long value) {}

    private final Cpu cpu;
    private final PhysicalMemory memory;
    private final List<Bytes> stores = new ArrayList<>();

    TranslationCheck(Cpu cpu) {
        this.cpu = cpu;
        this.memory = cpu.mmu().memory();
    }

    /** A region is about to store. */
    void storing(long physical, int size) {
        stores.add(new Bytes(physical, size, memory.read(physical, size)));
    }

    /**
     * Runs a region.
     *
     * @return what it gave, and the processor is where it says
     * @throws TranslationDifference where the interpreter comes to another state
     */
    int run(Region region, long stopAt, int entry) {
        stores.clear();
        long[] registers = Arrays.copyOf(cpu.r, 16);
        long flags = cpu.rflags();
        long retired = cpu.retired;
        int result = region.translation().run(cpu, cpu.memory(), stopAt, entry);
        boolean within = result < 0 && result != Translation.OUT_OF_TIME;
        int extra = within ? Translation.instructionOf(result) : 0;
        long rip = within ? region.blocks[Translation.blockOf(result)].address(extra) : cpu.rip;
        State translated = new State(Arrays.copyOf(cpu.r, 16), cpu.rflags(), rip, cpu.retired + extra);

        List<Bytes> written = new ArrayList<>();
        for (Bytes store : stores) {
            written.add(new Bytes(store.physical, store.size, memory.read(store.physical, store.size)));
        }
        for (int i = stores.size() - 1; i >= 0; i--) {
            Bytes store = stores.get(i);
            memory.write(store.physical, store.size, store.value);
        }
        System.arraycopy(registers, 0, cpu.r, 0, 16);
        cpu.setRflags(flags);
        cpu.retired = retired;
        cpu.setRip(region.blocks[entry].start);

        List<Bytes> stored = new ArrayList<>();
        cpu.mmu().watchStores((linear, size, write) -> {
            if (write) {
                stored.add(new Bytes(linear, size, 0));
            }
        });
        cpu.interpretTo(translated.retired);
        cpu.mmu().watchStores(null);
        State interpreted = new State(Arrays.copyOf(cpu.r, 16), cpu.rflags(), cpu.rip, cpu.retired);
        compare(region, translated, interpreted);
        compareMemory(region, written, stored);
        cpu.retired -= extra;
        return result;
    }

    private record State(long[] registers, long flags, long rip, long retired) {}

    private static void compare(Region region, State translated, State interpreted) {
        for (int i = 0; i < 16; i++) {
            compare(region, NAMES[i], translated.registers[i], interpreted.registers[i]);
        }
        compare(region, "rflags", translated.flags, interpreted.flags);
        compare(region, "rip", translated.rip, interpreted.rip);
        compare(region, "count of retired instructions", translated.retired, interpreted.retired);
    }

    private void compareMemory(Region region, List<Bytes> written, List<Bytes> stored) {
        for (Bytes bytes : written) {
            compare(
                    region,
                    String.format("memory at %#x", bytes.physical),
                    bytes.value,
                    memory.read(bytes.physical, bytes.size));
        }
        compare(region, "number of stores", written.size(), stored.size());
    }

    private static void compare(Region region, String what, long translated, long interpreted) {
        if (translated != interpreted) {
            throw new TranslationDifference(String.format(
                    "the translation of the code at %#x is wrong: %s is %#x, and %#x when interpreted",
                    region.blocks[0].start, what, translated, interpreted));
        }
    }
}
