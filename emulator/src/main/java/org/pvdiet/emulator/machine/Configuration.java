package org.pvdiet.emulator.machine;

import org.pvdiet.emulator.cpu.CpuModel;
import org.pvdiet.emulator.guest.KernelImage;

/**
 * What a machine is made of. The same configuration gives the same run, instruction by instruction.
 *
 * @param memory bytes of RAM, a multiple of 4096 below 2 GiB
 * @param commandLine the kernel's, complete
 * @param initrd a cpio archive, may be empty
 * @param localApic on bare metal: the processor has a local APIC and CPUID says so
 */
public record Configuration(
        KernelImage image, CpuModel cpu, long memory, String commandLine, byte[] initrd, boolean localApic) {
    /** Memory where the user does not say. */
    public static final long DEFAULT_MEMORY = 256L << 20;
}
