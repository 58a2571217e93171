package org.pvdiet.emulator.session;

import org.pvdiet.emulator.cpu.CpuModel;
import org.pvdiet.emulator.guest.KernelImage;
import org.pvdiet.emulator.machine.Configuration;
import org.pvdiet.emulator.machine.Console;
import org.pvdiet.emulator.machine.Machine;

/**
 * A Linux guest and what it is to run on. The same guest makes the same run, instruction by instruction.
 *
 * @param commandLine the kernel's, complete
 * @param memory bytes of RAM
 * @param seed of what is left to chance, see {@link Configuration}
 */
public record Guest(
        KernelImage image,
        PlatformName platform,
        CpuModel cpu,
        String commandLine,
        long memory,
        InitialRamDisk initrd,
        long seed) {
    /**
     * Places the guest, ready to run.
     *
     * @throws org.pvdiet.emulator.machine.ConfigurationException where it does not fit
     */
    public Machine place(Console console) {
        return platform.place(
                new Configuration(image, cpu, memory, commandLine, initrd.content(), seed, false), console);
    }
}
