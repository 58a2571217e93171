package org.pvdiet.emulator.platform.xenpv;

import org.pvdiet.emulator.cpu.Cpu;
import org.pvdiet.emulator.guest.ElfImage;
import org.pvdiet.emulator.machine.Console;
import org.pvdiet.emulator.memory.PhysicalMemory;

/** The parts of Xen, put together around one domain that is ready to run. */
final class Hypervisor {
    private static final long TSC_KILOHERTZ = 1_000_000;

    final Domain domain;
    final Console console;
    final GuestMode mode;
    final Selectors selectors;
    final Bounce bounce;
    final Upcalls upcalls;
    final GuestControl control;
    final GuestMsrs msrs;
    final GuestDebugRegisters debug;
    final Runstate runstate;
    final Blocking blocking;
    final EventChannels events;
    final VirtualTimers timers;
    final TimeInfo time;
    private ConsoleRing consoleRing;
    private Xenstore xenstore;

    /**
     * Builds the domain from an image with Xen notes and takes over the processor.
     *
     * @param seed decides which machine frames the guest gets
     */
    Hypervisor(Domain domain, ElfImage image, String commandLine, byte[] initrd, long seed, Console console) {
        this.domain = domain;
        this.console = console;
        Cpu cpu = domain.cpu;
        GuestCpuid cpuid = new GuestCpuid(cpu.model, TSC_KILOHERTZ, domain.layout.machineFrames());
        mode = new GuestMode(domain);
        selectors = new Selectors(cpu, domain.descriptors);
        bounce = new Bounce(domain, mode, selectors);
        upcalls = new Upcalls(domain, bounce);
        control = new GuestControl(domain, mode, cpuid);
        msrs = new GuestMsrs(domain, cpuid);
        debug = new GuestDebugRegisters(domain);
        runstate = new Runstate(domain.guest, domain.assists);
        blocking = new Blocking(domain, runstate);
        events = new EventChannels(domain, blocking);
        timers = new VirtualTimers(domain.timeline, events);
        time = new TimeInfo(domain);

        control.install();
        build(image, commandLine, initrd, seed);
        time.start();
        timers.start(cpu.time());
        cpu.setSupervisor(new Traps(
                domain,
                bounce,
                upcalls,
                HypercallTable.of(this),
                new PrivilegedInstructions(domain, mode, control, msrs, cpuid, debug),
                new PageTableWrites(domain)));
    }

    /** The store's port comes first, as toolstacks have it. */
    private void build(ElfImage image, String commandLine, byte[] initrd, long seed) {
        int xenstorePort = events.connect(port -> xenstore.notified(port));
        int consolePort = events.connect(port -> consoleRing.notified(port));
        DomainBuilder.Rings rings =
                new DomainBuilder(domain, image, seed).build(commandLine, initrd, consolePort, xenstorePort);
        consoleRing = new ConsoleRing(domain.memory, console, events, rings.console());
        long kilobytes = domain.layout.guestFrames() * PhysicalMemory.FRAME_SIZE / 1024;
        xenstore = new Xenstore(domain.memory, events, rings.xenstore(), kilobytes);
    }
}
