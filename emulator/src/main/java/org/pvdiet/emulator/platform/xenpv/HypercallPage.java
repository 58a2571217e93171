package org.pvdiet.emulator.platform.xenpv;

import org.pvdiet.emulator.memory.PhysicalMemory;

/** The page of stubs that guests call for hypercalls, 32 bytes each (pv_ring3_init_hypercall_page). */
final class HypercallPage {
    private static final int STUB = 32;

    private HypercallPage() {}

    static void fill(PhysicalMemory memory, long address) {
        for (int number = 0; number < PhysicalMemory.FRAME_SIZE / STUB; number++) {
            byte[] stub = number == Hypercalls.IRET ? iret() : ordinary(number);
            memory.write(address + (long) number * STUB, stub, 0, stub.length);
        }
    }

    /** push %rcx; push %r11; mov $number,%eax; syscall; pop %r11; pop %rcx; ret. */
    private static byte[] ordinary(int number) {
        return new byte[] {
            0x51, 0x41, 0x53, (byte) 0xb8, (byte) number, 0, 0, 0, 0x0f, 0x05, 0x41, 0x5b, 0x59, (byte) 0xc3
        };
    }

    /** Jumped at, not called: push %rcx; push %r11; push %rax; mov $23,%eax; syscall. */
    private static byte[] iret() {
        return new byte[] {0x51, 0x41, 0x53, 0x50, (byte) 0xb8, Hypercalls.IRET, 0, 0, 0, 0x0f, 0x05};
    }
}
