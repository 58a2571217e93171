package org.pvdiet.emulator.platform.xenpv;

import java.util.List;
import java.util.function.LongFunction;
import org.pvdiet.emulator.cpu.Cpu;
import org.pvdiet.emulator.cpu.CpuModel;
import org.pvdiet.emulator.guest.ElfImage;
import org.pvdiet.emulator.guest.Kallsyms;
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

    /** Decides which machine frames the guest gets. */
    private static final long SEED = 1;

    private static final long MOST_MEMORY = 2000L << 20;
    private static final long TSC_KILOHERTZ = 1_000_000;

    /** What a domain may have beyond its memory: LIBXL_MAXMEM_CONSTANT, 1 MiB. */
    private static final long EXTRA_FRAMES = 256;

    private final Domain domain;
    private final GuestControl control;
    private final Upcalls upcalls;

    /**
     * Builds the machine and places the guest on it.
     *
     * @throws ConfigurationException where the guest does not fit
     */
    public static Machine place(Configuration configuration, Console console) {
        Kallsyms symbols = configuration.image().kallsyms();
        return place(
                configuration.image().elf(),
                configuration.cpu(),
                configuration.memory(),
                configuration.commandLine(),
                configuration.initrd(),
                console,
                address ->
                        symbols.nearest(address).map(Kallsyms.Place::toString).orElse(""));
    }

    /**
     * Places any image with Xen notes.
     *
     * @param memory bytes of guest memory, a multiple of 4096
     * @param initrd may be empty
     * @param symbols what the guest calls an address, empty where it has no name; for messages
     * @throws ConfigurationException where the guest does not fit
     */
    public static Machine place(
            ElfImage image,
            CpuModel model,
            long memory,
            String commandLine,
            byte[] initrd,
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
        Cpu cpu = new Cpu(model, new Mmu(machineMemory, model.physicalBits()), NoPorts.BUS, NoInterrupts.CONTROLLER);
        Domain domain = new Domain(layout, cpu, timeline);
        XenPv platform = new XenPv(domain, image, commandLine, initrd, console);
        return new Machine(cpu, timeline, platform, console, symbols);
    }

    private XenPv(Domain domain, ElfImage image, String commandLine, byte[] initrd, Console console) {
        this.domain = domain;
        Cpu cpu = domain.cpu;
        GuestCpuid cpuid = new GuestCpuid(cpu.model, TSC_KILOHERTZ, domain.layout.machineFrames());
        GuestMode mode = new GuestMode(domain);
        Selectors selectors = new Selectors(cpu, domain.descriptors);
        GuestMsrs msrs = new GuestMsrs(domain, cpuid);
        GuestDebugRegisters debug = new GuestDebugRegisters(domain);
        control = new GuestControl(domain, mode, cpuid);
        Bounce bounce = new Bounce(domain, mode, selectors);
        upcalls = new Upcalls(domain, bounce);
        Runstate runstate = new Runstate(domain.guest, domain.assists);
        Blocking blocking = new Blocking(cpu, domain.timeline, runstate);
        EventChannels events = new EventChannels(domain.sharedInfo, blocking);
        VirtualTimers timers = new VirtualTimers(domain.timeline, events);
        TimeInfo time = new TimeInfo(domain);

        control.install();
        Lines lines = new Lines();
        int xenstorePort = events.connect(port -> lines.xenstore.notified(port));
        int consolePort = events.connect(port -> lines.console.notified(port));
        DomainBuilder.Rings rings =
                new DomainBuilder(domain, image, SEED).build(commandLine, initrd, consolePort, xenstorePort);
        lines.console = new ConsoleRing(domain.memory, console, events, rings.console());
        lines.xenstore = new Xenstore(
                domain.memory,
                events,
                rings.xenstore(),
                domain.layout.guestFrames() * PhysicalMemory.FRAME_SIZE / 1024);
        time.start();
        timers.start(cpu.time());

        Hypercalls hypercalls = new Hypercalls(domain, selectors);
        define(hypercalls, mode, selectors, bounce, msrs, debug, events, blocking, runstate, timers, time, console);
        PrivilegedInstructions privileged = new PrivilegedInstructions(domain, mode, control, msrs, cpuid, debug);
        cpu.setSupervisor(new Traps(domain, bounce, upcalls, hypercalls, privileged, new PageTableWrites(domain)));
    }

    /** The other ends of the two interdomain channels, known once the domain is built. */
    private static final class Lines {
        private ConsoleRing console;
        private Xenstore xenstore;
    }

    /** The hypercall table of a PV guest (public/xen.h). */
    private void define(
            Hypercalls table,
            GuestMode mode,
            Selectors selectors,
            Bounce bounce,
            GuestMsrs msrs,
            GuestDebugRegisters debug,
            EventChannels events,
            Blocking blocking,
            Runstate runstate,
            VirtualTimers timers,
            TimeInfo time,
            Console console) {
        CallbackOperations callbacks = new CallbackOperations(domain);
        MmuOperations mmu = new MmuOperations(domain, mode);
        SegmentOperations segments = new SegmentOperations(domain, msrs, selectors);
        MemoryOperations memory = new MemoryOperations(domain, domain.layout.guestFrames() + EXTRA_FRAMES);
        EventChannelOperations channels = new EventChannelOperations(domain, events);
        VcpuOperations vcpus = new VcpuOperations(domain, timers, runstate, time);
        SchedulerOperations scheduler = new SchedulerOperations(domain, blocking);
        VersionOperations version = new VersionOperations(domain);
        GrantTableOperations grants = new GrantTableOperations(domain);
        PhysicalDeviceOperations devices = new PhysicalDeviceOperations(domain);
        ConsoleIo consoleIo = new ConsoleIo(domain, console);
        table.defineIret(new Iret(domain, mode, selectors, bounce)::run)
                .define(0, "set_trap_table", 1, a -> callbacks.setTrapTable(a[0]))
                .define(1, "mmu_update", 4, a -> mmu.update(a[0], (int) a[1], a[2], (int) a[3]))
                .define(2, "set_gdt", 2, a -> segments.setGdt(a[0], (int) a[1]))
                .define(3, "stack_switch", 2, a -> callbacks.switchStack(a[1]))
                .define(4, "set_callbacks", 3, a -> callbacks.setCallbacks(a[0], a[1], a[2]))
                .define(5, "fpu_taskswitch", 1, a -> setTaskSwitched((int) a[0] != 0))
                .missing(6, "sched_op_compat")
                .missing(7, "platform_op")
                .define(8, "set_debugreg", 2, a -> debug.set((int) a[0], a[1]))
                .define(9, "get_debugreg", 1, a -> debug.exists((int) a[0]) ? debug.get((int) a[0]) : Errno.ENODEV)
                .define(10, "update_descriptor", 2, a -> segments.updateDescriptor(a[0], a[1]))
                .define(12, "memory_op", 2, a -> memory.call(a[0], a[1]))
                .define(14, "update_va_mapping", 3, a -> mmu.updateVaMapping(a[0], a[1], a[2]))
                .define(15, "set_timer_op", 1, a -> vcpus.setTimer(a[0]))
                .missing(16, "event_channel_op_compat")
                .define(17, "xen_version", 2, a -> version.call((int) a[0], a[1]))
                .define(18, "console_io", 3, a -> consoleIo.call((int) a[0], (int) a[1], a[2]))
                .missing(19, "physdev_op_compat")
                .define(20, "grant_table_op", 3, a -> grants.call((int) a[0], a[1], (int) a[2]))
                .define(21, "vm_assist", 2, a -> domain.assists.set((int) a[0], (int) a[1]))
                .define(
                        22,
                        "update_va_mapping_otherdomain",
                        4,
                        a -> mmu.updateVaMappingOtherDomain(a[0], a[1], a[2], (int) a[3]))
                .define(24, "vcpu_op", 3, a -> vcpus.call((int) a[0], (int) a[1], a[2]))
                .define(25, "set_segment_base", 2, a -> segments.setBase((int) a[0], a[1]))
                .define(26, "mmuext_op", 4, a -> mmu.extended(a[0], (int) a[1], a[2], (int) a[3]))
                .missing(27, "xsm_op")
                .define(28, "nmi_op", 2, a -> callbacks.nmi((int) a[0], a[1]))
                .define(29, "sched_op", 2, a -> scheduler.call((int) a[0], a[1]))
                .define(30, "callback_op", 2, a -> callbacks.call((int) a[0], a[1]))
                .missing(31, "xenoprof_op")
                .define(32, "event_channel_op", 2, a -> channels.call((int) a[0], a[1]))
                .define(33, "physdev_op", 2, a -> devices.call((int) a[0], a[1]))
                .missing(34, "hvm_op")
                .missing(35, "sysctl")
                .missing(36, "domctl")
                .missing(37, "kexec_op")
                .missing(38, "tmem_op")
                .missing(39, "argo_op")
                // As where vPMU is off, which it is unless Xen is told otherwise.
                .define(40, "xenpmu_op", 2, a -> Errno.EOPNOTSUPP)
                .missing(41, "dm_op")
                .missing(42, "hypfs_op");
    }

    private long setTaskSwitched(boolean set) {
        control.setTaskSwitched(set);
        return 0;
    }

    @Override
    public String name() {
        return "xen-pv";
    }

    @Override
    public boolean deliverInterrupt() {
        return upcalls.deliver();
    }

    @Override
    public boolean isKernelMode() {
        return domain.vcpu.kernelMode;
    }

    @Override
    public boolean interruptsEnabled() {
        return domain.sharedInfo.upcallMask() == 0;
    }

    @Override
    public long controlRegister(int number) {
        return control.read(number);
    }

    @Override
    public List<Frames> frames() {
        return domain.machineToPhys.runs(domain.frames);
    }

    @Override
    public List<String> unimplemented() {
        return domain.unimplemented.names();
    }
}
