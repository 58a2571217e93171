package org.pvdiet.emulator.platform.xenpv;

import java.util.List;
import java.util.function.LongFunction;
import org.pvdiet.emulator.cpu.Cpu;
import org.pvdiet.emulator.cpu.CpuModel;
import org.pvdiet.emulator.cpu.InterruptController;
import org.pvdiet.emulator.cpu.PortBus;
import org.pvdiet.emulator.guest.ElfImage;
import org.pvdiet.emulator.machine.Configuration;
import org.pvdiet.emulator.machine.ConfigurationException;
import org.pvdiet.emulator.machine.Console;
import org.pvdiet.emulator.machine.Machine;
import org.pvdiet.emulator.memory.Mmu;
import org.pvdiet.emulator.memory.PhysicalMemory;
import org.pvdiet.emulator.platform.Platform;
import org.pvdiet.emulator.time.Timeline;

/** Xen 4.17 with one unprivileged PV guest. */
public final class XenPv implements Platform {
    /**
     * What a Linux guest is told on this platform, before what the user adds: Xen's console from the first line, the
     * addresses that the image was linked at, and a reboot instead of an endless loop after a panic.
     */
    public static final String COMMAND_LINE = "console=hvc0 nokaslr panic=-1 earlyprintk=xen";

    private static final long MOST_MEMORY = 2000L << 20;

    private final Hypervisor xen;

    /**
     * Builds the machine and places the guest on it.
     *
     * @throws ConfigurationException where the guest does not fit
     */
    public static Machine place(Configuration configuration, Console console) {
        return place(
                configuration.image().elf(),
                configuration.cpu(),
                configuration.memory(),
                configuration.commandLine(),
                configuration.initrd(),
                configuration.seed(),
                console,
                configuration.image()::nameOf);
    }

    /**
     * Places any image with Xen notes.
     *
     * @param memory bytes of guest memory, a multiple of 4096
     * @param initrd may be empty
     * @param seed decides which machine frames the guest gets
     * @param symbols what the guest calls an address, empty where it has no name; for messages
     * @throws ConfigurationException where the guest does not fit
     */
    public static Machine place(
            ElfImage image,
            CpuModel model,
            long memory,
            String commandLine,
            byte[] initrd,
            long seed,
            Console console,
            LongFunction<String> symbols) {
        if (memory <= 0 || memory > MOST_MEMORY || memory % PhysicalMemory.FRAME_SIZE != 0) {
            throw new ConfigurationException(String.format(
                    "%d bytes of memory are not possible on xen-pv: it must be a multiple of 4096 up to %d MiB",
                    memory, MOST_MEMORY >> 20));
        }
        MachineLayout layout = MachineLayout.forGuest(memory);
        PhysicalMemory machineMemory = new PhysicalMemory(MachineLayout.machineBytes(memory));
        Timeline timeline = new Timeline();
        // Xen answers port instructions before a bus is asked, and a PV guest gets events in place of interrupts.
        Cpu cpu = new Cpu(model, new Mmu(machineMemory, model.physicalBits()), PortBus.NONE, InterruptController.NONE);
        Domain domain = new Domain(layout, cpu, timeline);
        XenPv platform = new XenPv(new Hypervisor(domain, image, commandLine, initrd, seed, console));
        return new Machine(cpu, timeline, platform, console, symbols);
    }

    private XenPv(Hypervisor xen) {
        this.xen = xen;
    }

    @Override
    public String name() {
        return "xen-pv";
    }

    @Override
    public boolean deliverInterrupt() {
        return xen.upcalls.deliver();
    }

    @Override
    public boolean isKernelMode() {
        return xen.domain.vcpu.kernelMode;
    }

    @Override
    public boolean interruptsEnabled() {
        return xen.domain.sharedInfo.upcallMask() == 0;
    }

    @Override
    public void controlRegisters(long[] values, int at) {
        values[at] = xen.control.cr0();
        values[at + 1] = xen.domain.vcpu.cr2;
        values[at + 2] = xen.control.cr3();
        values[at + 3] = xen.domain.vcpu.cr4;
    }

    @Override
    public List<Frames> frames() {
        return xen.domain.machineToPhys.runs(xen.domain.frames);
    }

    @Override
    public List<String> unimplemented() {
        return xen.domain.unimplemented.names();
    }
}
