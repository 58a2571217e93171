package org.pvdiet.emulator.platform.xenpv;

/** The hypercalls of a 64-bit PV guest (public/xen.h; arch/x86/include/asm/hypercall-defs.c of Xen). */
final class HypercallTable {
    /** What a domain may have beyond its memory: LIBXL_MAXMEM_CONSTANT, 1 MiB. */
    private static final long EXTRA_FRAMES = 256;

    private HypercallTable() {}

    static Hypercalls of(Hypervisor xen) {
        Domain domain = xen.domain;
        CallbackOperations callbacks = new CallbackOperations(domain);
        MmuOperations mmu = new MmuOperations(domain, xen.mode);
        SegmentOperations segments = new SegmentOperations(domain, xen.msrs, xen.selectors);
        MemoryOperations memory = new MemoryOperations(domain, domain.layout.guestFrames() + EXTRA_FRAMES);
        EventChannelOperations channels = new EventChannelOperations(domain, xen.events);
        SchedulerOperations scheduler = new SchedulerOperations(domain, xen.blocking, xen.events);
        VcpuOperations vcpus = new VcpuOperations(domain, xen.timers, xen.runstate, xen.time, scheduler);
        VersionOperations version = new VersionOperations(domain);
        GrantTableOperations grants = new GrantTableOperations(domain);
        PhysicalDeviceOperations devices = new PhysicalDeviceOperations(domain);
        ConsoleIo consoleIo = new ConsoleIo(domain, xen.console);
        return new Hypercalls(domain, xen.selectors)
                .defineIret(new Iret(domain, xen.mode, xen.selectors, xen.bounce)::run)
                .define(0, "set_trap_table", 1, a -> callbacks.setTrapTable(a[0]))
                .define(1, "mmu_update", 4, a -> mmu.update(a[0], (int) a[1], a[2], (int) a[3]))
                .define(2, "set_gdt", 2, a -> segments.setGdt(a[0], (int) a[1]))
                .define(3, "stack_switch", 2, a -> callbacks.switchStack(a[1]))
                .define(4, "set_callbacks", 3, a -> callbacks.setCallbacks(a[0], a[1], a[2]))
                .define(5, "fpu_taskswitch", 1, a -> xen.control.taskSwitch((int) a[0] != 0))
                .missing(6, "sched_op_compat")
                .missing(7, "platform_op")
                .define(8, "set_debugreg", 2, a -> xen.debug.set((int) a[0], a[1]))
                .define(
                        9,
                        "get_debugreg",
                        1,
                        a -> xen.debug.exists((int) a[0]) ? xen.debug.get((int) a[0]) : Errno.ENODEV)
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
}
