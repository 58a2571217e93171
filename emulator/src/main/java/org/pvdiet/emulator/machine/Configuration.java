package org.pvdiet.emulator.machine;

import org.pvdiet.emulator.cpu.CpuModel;
import org.pvdiet.emulator.guest.KernelImage;
import org.pvdiet.emulator.memory.PhysicalMemory;

/**
 * What a machine is made of. The same configuration gives the same run, instruction by instruction.
 *
 * @param memory bytes of RAM, a multiple of 4096 below 2 GiB
 * @param commandLine the kernel's, complete
 * @param initrd a cpio archive, may be empty
 * @param seed of what is left to chance: under Xen, which machine frames the guest gets; nothing on bare metal
 * @param localApic on bare metal: the processor has a local APIC and CPUID says so
 */
public record Configuration(
        KernelImage image, CpuModel cpu, long memory, String commandLine, byte[] initrd, long seed, boolean localApic) {
    /** Memory where the user does not say. */
    public static final long DEFAULT_MEMORY = 256L << 20;

    /** Where the user does not say. */
    public static final long DEFAULT_SEED = 0;

    /** What physical memory here cannot hold. */
    private static final long LEAST_TOO_MUCH = 1L << 31;

    /**
     * @throws ConfigurationException where no machine can have that much memory
     */
    public Configuration {
        if (memory <= 0 || memory >= LEAST_TOO_MUCH || memory % PhysicalMemory.FRAME_SIZE != 0) {
            throw new ConfigurationException(
                    "a machine cannot have " + memory + " bytes of memory: give it a multiple of 4 KiB below 2 GiB");
        }
    }
}
