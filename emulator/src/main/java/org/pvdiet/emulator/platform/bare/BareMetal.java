package org.pvdiet.emulator.platform.bare;

import java.time.LocalDateTime;
import java.util.List;
import java.util.regex.Pattern;
import org.pvdiet.emulator.cpu.Cpu;
import org.pvdiet.emulator.cpu.CpuModel;
import org.pvdiet.emulator.cpu.Exceptions;
import org.pvdiet.emulator.device.KeyboardController;
import org.pvdiet.emulator.device.LocalApic;
import org.pvdiet.emulator.device.PicPair;
import org.pvdiet.emulator.device.Pit8254;
import org.pvdiet.emulator.device.PortSpace;
import org.pvdiet.emulator.device.RealTimeClock;
import org.pvdiet.emulator.device.SystemControl;
import org.pvdiet.emulator.device.Uart16550;
import org.pvdiet.emulator.machine.Configuration;
import org.pvdiet.emulator.machine.ConfigurationException;
import org.pvdiet.emulator.machine.Console;
import org.pvdiet.emulator.machine.EndOfRun;
import org.pvdiet.emulator.machine.Ending;
import org.pvdiet.emulator.machine.Machine;
import org.pvdiet.emulator.memory.Mmu;
import org.pvdiet.emulator.memory.PhysicalMemory;
import org.pvdiet.emulator.platform.Platform;
import org.pvdiet.emulator.time.Timeline;

/** A PC with its devices and nothing below the guest. */
public final class BareMetal implements Platform {
    private static final int COM1 = 0x3f8;
    private static final LocalDateTime START = LocalDateTime.of(2024, 1, 1, 0, 0);

    /**
     * What Linux prints last when it has stopped for good (kernel/reboot.c); since 6.8 also "Power off not available: System
     * halted instead".
     */
    private static final Pattern FAREWELL = Pattern.compile("reboot: (Power down|.*System halted)");

    /**
     * What a Linux guest is told on this platform, before what the user adds: a serial console from the first line, the
     * addresses that the image was linked at, and a reboot instead of an endless loop after a panic. Nothing has to be
     * switched off: a kernel that finds neither ACPI tables nor an MP table nor a PCI bridge goes on without them.
     */
    public static final String COMMAND_LINE = "console=ttyS0 nokaslr panic=-1 earlyprintk=serial";

    private final Cpu cpu;
    private final Console console;

    /**
     * Builds the machine and places the guest on it.
     *
     * @throws ConfigurationException where the guest does not fit
     */
    public static Machine place(Configuration configuration, Console console) {
        PhysicalMemory memory = new PhysicalMemory(configuration.memory());
        Timeline timeline = new Timeline();
        PortSpace ports = new PortSpace();
        PicPair pic = new PicPair();
        CpuModel model = configuration.cpu().without(CpuModel.Feature.X2APIC);
        Cpu cpu;
        if (configuration.localApic()) {
            LocalApic apic = new LocalApic(pic);
            cpu = new Cpu(model, new Mmu(memory, model.physicalBits()), ports, apic);
            apic.connect(cpu::time, timeline);
            apic.onRequest(cpu::requestExit);
            memory.map(LocalApic.BASE, LocalApic.SIZE, apic);
        } else {
            model = model.without(CpuModel.Feature.APIC);
            cpu = new Cpu(model, new Mmu(memory, model.physicalBits()), ports, pic);
            pic.onRequest(cpu::requestExit);
        }
        new BootLoader(memory, configuration.image()).start(cpu, configuration.commandLine(), configuration.initrd());
        BareMetal platform = new BareMetal(cpu, ports, pic, timeline, console);
        return new Machine(cpu, timeline, platform, console, configuration.image()::nameOf);
    }

    private BareMetal(Cpu cpu, PortSpace ports, PicPair pic, Timeline timeline, Console console) {
        this.cpu = cpu;
        this.console = console;
        pic.connect(ports);
        Pit8254 pit = new Pit8254(cpu::time, timeline, pic.line(0));
        pit.connect(ports);
        new SystemControl(cpu::time, pit, this::reset).connect(ports);
        new KeyboardController(pic.line(1), this::reset).connect(ports);
        new Uart16550(COM1, pic.line(4), console::write).connect(ports);
        long memory = cpu.mmu().memory().size();
        new RealTimeClock(cpu::time, timeline, pic.line(8), START, memory).connect(ports);
    }

    private void reset() {
        throw new EndOfRun(new Ending(Ending.Reason.REBOOT, "the guest reset the machine", 0));
    }

    @Override
    public String name() {
        return "native";
    }

    @Override
    public boolean deliverInterrupt() {
        if (cpu.isHalted() && !cpu.interruptsEnabled()) {
            throw new EndOfRun(stopped());
        }
        if (!cpu.interrupts().isPending() || !cpu.takesInterrupts()) {
            return false;
        }
        Exceptions.interrupt(cpu, cpu.interrupts().acknowledge());
        return true;
    }

    /** Halted with interrupts off: nothing but a reset ends this, and nothing here sends an NMI. */
    private Ending stopped() {
        List<String> lines = console.lastLines();
        boolean said = lines.stream().anyMatch(FAREWELL.asPredicate());
        return said
                ? new Ending(Ending.Reason.POWER_OFF, "the guest halted for good", 0)
                : new Ending(Ending.Reason.HANG, "the guest halted with interrupts off", 0);
    }

    @Override
    public boolean isKernelMode() {
        return cpu.cpl() == 0;
    }

    @Override
    public boolean interruptsEnabled() {
        return cpu.interruptsEnabled();
    }

    @Override
    public void controlRegisters(long[] values, int at) {
        values[at] = cpu.control.cr0;
        values[at + 1] = cpu.control.cr2;
        values[at + 2] = cpu.control.cr3;
        values[at + 3] = cpu.control.cr4;
    }

    @Override
    public List<Frames> frames() {
        return List.of();
    }

    @Override
    public List<String> unimplemented() {
        return List.of();
    }
}
