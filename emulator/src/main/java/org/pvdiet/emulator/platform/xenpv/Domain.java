package org.pvdiet.emulator.platform.xenpv;

import org.pvdiet.emulator.cpu.Cpu;
import org.pvdiet.emulator.cpu.Observer;
import org.pvdiet.emulator.machine.EndOfRun;
import org.pvdiet.emulator.machine.Ending;
import org.pvdiet.emulator.memory.PhysicalMemory;
import org.pvdiet.emulator.time.Timeline;

/** The guest as Xen sees it: its memory, its virtual CPU, and the parts of Xen that work on both. */
final class Domain {
    /** The guest's own number; 0 is the domain that holds the other ends of console and xenstore. */
    static final int ID = 1;

    static final int DOMID_SELF = 0x7ff0;

    final MachineLayout layout;
    final Cpu cpu;
    final Timeline timeline;
    final PhysicalMemory memory;
    final GuestMemory guest;
    final TlbFlushes flushes;
    final MachineToPhys machineToPhys;
    final FrameTable frames;
    final XenSlots xenSlots;
    final PageTables tables;
    final Vcpu vcpu = new Vcpu();
    final DescriptorTables descriptors;
    final SharedInfo sharedInfo;
    final UnimplementedCalls unimplemented = new UnimplementedCalls();
    final VmAssists assists = new VmAssists();

    Domain(MachineLayout layout, Cpu cpu, Timeline timeline) {
        this.layout = layout;
        this.cpu = cpu;
        this.timeline = timeline;
        memory = cpu.mmu().memory();
        guest = new GuestMemory(cpu.mmu().supervisor());
        flushes = new TlbFlushes(cpu);
        machineToPhys = new MachineToPhys(memory, layout.machineToPhysBase(), layout.machineFrames());
        frames = new FrameTable(memory, machineToPhys, flushes);
        for (long mfn = 0; mfn < layout.firstHeapFrame(); mfn++) {
            frames.page(mfn).owner = mfn < MachineLayout.FIRST_XEN_FRAME ? Owner.IO : Owner.XEN;
        }
        frames.share(MachineLayout.SHARED_INFO);
        xenSlots = new XenSlots(cpu.mmu(), layout);
        tables = new PageTables(cpu, memory, frames, xenSlots, assists);
        descriptors = new DescriptorTables(cpu, memory, frames, tables, flushes, vcpu);
        sharedInfo = new SharedInfo(memory);
    }

    Observer observer() {
        return cpu.observer();
    }

    /** Whether a domain number names this domain in calls that allow naming oneself. */
    static boolean isSelf(int domain) {
        return domain == DOMID_SELF || domain == ID;
    }

    /** Ends the run as Xen ends a domain that it cannot go on with. */
    EndOfRun crash(String reason) {
        String mode = vcpu.kernelMode ? "kernel" : "user";
        return new EndOfRun(new Ending(
                Ending.Reason.CRASH, String.format("Xen stopped the guest in %s mode: %s", mode, reason), 0));
    }
}
