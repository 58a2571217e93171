package org.pvdiet.emulator.record;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.pvdiet.emulator.cpu.Cpu;
import org.pvdiet.emulator.cpu.Observer;
import org.pvdiet.emulator.memory.Mmu;
import org.pvdiet.emulator.memory.PhysicalMemory;
import org.pvdiet.emulator.platform.Platform;
import org.pvdiet.traces.EffectColumn;
import org.pvdiet.traces.EffectKind;
import org.pvdiet.traces.EffectOutcome;
import org.pvdiet.traces.Phase;

/**
 * Writes down what happens, on the guest's thread: what only it can know, which is the guest's state, and no more. Nothing is
 * allocated for an event.
 */
final class EventLog implements Observer, TrackedFrames.Listener {
    private static final int[] CPUID_REGISTERS = {Cpu.RAX, Cpu.RBX, Cpu.RCX, Cpu.RDX};

    /** Xen, public/xen.h, __HYPERVISOR_iret. */
    private static final int HYPERVISOR_IRET = 23;

    /** No event takes more words. */
    private static final int LONGEST = 64;

    /** Says in the header of {@link Event#ENTER} that the page-table entry follows the arguments. */
    static final long WITH_ENTRY = 1 << 16;

    // Columns of effects.
    private static final int ADDRESS = 1 << EffectColumn.ADDRESS.ordinal();
    private static final int LEVEL = 1 << EffectColumn.LEVEL.ordinal();
    private static final int OLD = 1 << EffectColumn.OLD.ordinal();
    private static final int NEW = 1 << EffectColumn.NEW.ordinal();
    private static final int OUTCOME = 1 << EffectColumn.OUTCOME.ordinal();
    private static final int RESULT = 1 << EffectColumn.RESULT.ordinal();

    /** Where an effect's header has its kind. */
    static final int KIND = 8;

    /** Those under way, the innermost last; made once, for as many as there ever were at once. */
    private static final class Hypercall {
        final long[] arguments = new long[EffectColumn.ARGUMENTS];
        int count;
    }

    private final Cpu cpu;
    private final Platform platform;
    private final EventQueue queue;
    private final boolean full;
    private final TableMappings mappings;
    private final TrackedFrames frames;
    private final List<Hypercall> hypercalls = new ArrayList<>();
    private int hypercallDepth;

    private EventQueue.Chunk chunk;
    private long[] words;
    private int at;

    /** @param full whether with all registers */
    EventLog(Cpu cpu, Platform platform, TableMappings mappings, EventQueue queue, boolean full) {
        this.cpu = cpu;
        this.platform = platform;
        this.mappings = mappings;
        this.queue = queue;
        this.full = full;
        this.frames = new TrackedFrames(cpu.mmu().memory(), this);
        next();
    }

    /** Follows the page tables in force. */
    void start() {
        frames.trackPageTable(cpu.control.cr3 >>> PhysicalMemory.FRAME_SHIFT, 4);
    }

    /** Ends all calls, and waits until all is read. */
    void end() {
        moment(Event.END.about(0), false);
        settle();
        queue.check();
    }

    /** Waits until all is read that has been written, whatever has come of it. */
    void settle() {
        if (chunk != null) {
            put();
        }
        queue.end();
    }

    private void put() {
        chunk.end = at;
        queue.put(chunk);
        chunk = null;
    }

    private void next() {
        chunk = queue.next();
        words = chunk.words;
        at = 0;
    }

    /** To be called before an event is written. */
    private void begin() {
        if (at > words.length - LONGEST) {
            put();
            next();
        }
    }

    private void moment(long header, boolean readOnlyTable) {
        begin();
        at = Moment.put(words, at, header, cpu, platform, readOnlyTable, full);
    }

    private void event(long header) {
        begin();
        add(header);
        add(cpu.retired());
    }

    private void add(long word) {
        words[at++] = word;
    }

    // Calls.

    void enter(RecordedSite site) {
        long header = Event.ENTER.about(site.site());
        boolean readOnly = false;
        long entry = -1;
        if (site.table().isPresent()) {
            NamedTable table = site.table().get();
            long argument = cpu.r[RecordedSite.ARGUMENT_REGISTERS[table.argument()]];
            readOnly = mappings.isReadOnly(table, argument);
            if (site.returnsEntry()) {
                entry = mappings.entry(table, argument);
                header |= entry >= 0 ? WITH_ENTRY : 0;
            }
        }
        moment(header, readOnly);
        for (int i = 0; i < site.arguments(); i++) {
            add(cpu.r[RecordedSite.ARGUMENT_REGISTERS[i]]);
        }
        if (entry >= 0) {
            add(cpu.mmu().memory().readLong(entry));
        }
        trackArguments(site);
    }

    void leave(RecordedSite site) {
        moment(Event.LEAVE.about(site.site()), false);
    }

    void phase(Phase phase) {
        event(Event.PHASE.about(phase.ordinal()));
    }

    /** Follows the page tables that a call is given pointers into; they may not be linked anywhere yet. */
    private void trackArguments(RecordedSite site) {
        for (int i = 0; i < site.arguments(); i++) {
            if (site.tables()[i] != 0) {
                trackEntry(cpu.r[RecordedSite.ARGUMENT_REGISTERS[i]], site.tables()[i]);
            }
        }
    }

    private void trackEntry(long pointer, int level) {
        long physical = cpu.mmu().peek(pointer);
        if (physical >= 0) {
            frames.trackPageTable(physical >>> PhysicalMemory.FRAME_SHIFT, level);
        }
    }

    // Effects.

    /** Begins an effect; what it has in those columns follows, in their order. */
    private void effect(EffectKind kind, int columns) {
        event(Event.EFFECT.about(columns) | kind.ordinal() << KIND);
    }

    private void effect(EffectKind kind, long address, int columns) {
        effect(kind, ADDRESS | columns);
        add(address);
    }

    private void change(EffectKind kind, long address, long old, long value) {
        effect(kind, address, OLD | NEW);
        add(old);
        add(value);
    }

    private void value(EffectKind kind, long address, long value) {
        effect(kind, address, NEW);
        add(value);
    }

    private static int argument(int number) {
        return 1 << EffectColumn.arg(number).ordinal();
    }

    /** The first so many. */
    private static int arguments(int count) {
        return argument(0) * ((1 << count) - 1);
    }

    @Override
    public void pageTableEntry(long address, int level, long old, long value) {
        effect(EffectKind.PAGE_TABLE_ENTRY, address, LEVEL | OLD | NEW);
        add(level);
        add(old);
        add(value);
    }

    @Override
    public void pageTable(long frame, int level) {
        frames.trackPageTable(frame, level);
    }

    @Override
    public void descriptor(long address, long old, long value) {
        change(EffectKind.DESCRIPTOR, address, old, value);
    }

    @Override
    public void controlRegister(int number, long old, long value) {
        change(EffectKind.CONTROL_REGISTER, number, old, value);
        if (number == 3) {
            frames.trackPageTable((value & Mmu.FRAME_MASK) >>> PhysicalMemory.FRAME_SHIFT, 4);
        }
    }

    @Override
    public void debugRegister(int number, long old, long value) {
        change(EffectKind.DEBUG_REGISTER, number, old, value);
    }

    @Override
    public void msrRead(int index, long value) {
        value(EffectKind.MSR_READ, index & 0xffffffffL, value);
    }

    @Override
    public void msrWrite(int index, long old, long value) {
        change(EffectKind.MSR_WRITE, index & 0xffffffffL, old, value);
    }

    @Override
    public void msrWriteIgnored(int index, long kept) {
        effect(EffectKind.MSR_WRITE, index & 0xffffffffL, OLD | OUTCOME);
        add(kept);
        add(EffectOutcome.IGNORED.ordinal());
    }

    @Override
    public void descriptorTable(Table table, int selector, long base, long limit) {
        boolean bySelector = table == Table.LDTR || table == Table.TR;
        value(EffectKind.DESCRIPTOR_TABLE, table.ordinal(), bySelector ? selector : base);
        if (table != Table.TR) {
            frames.descriptorTable(table, bySelector && selector == 0 ? new long[0] : framesOf(base, limit));
        }
    }

    private long[] framesOf(long base, long limit) {
        LongStream.Builder found = LongStream.builder();
        if (limit > 0) {
            for (long page = base & -PhysicalMemory.FRAME_SIZE;
                    page <= base + limit;
                    page += PhysicalMemory.FRAME_SIZE) {
                long physical = cpu.mmu().peek(page);
                if (physical >= 0) {
                    found.add(physical >>> PhysicalMemory.FRAME_SHIFT);
                }
            }
        }
        return found.build().toArray();
    }

    @Override
    public void segment(int register, int selector) {
        value(EffectKind.SEGMENT, register, selector);
    }

    @Override
    public void flush(boolean globalToo) {
        value(EffectKind.TLB_FLUSH, 0, globalToo ? 1 : 0);
    }

    @Override
    public void invalidatePage(long linear) {
        effect(EffectKind.TLB_PAGE, linear, 0);
    }

    @Override
    public void portIn(int port, int size, int value) {
        port(EffectKind.PORT_IN, port, size, value);
    }

    @Override
    public void portOut(int port, int size, int value) {
        port(EffectKind.PORT_OUT, port, size, value);
    }

    private void port(EffectKind kind, int port, int size, int value) {
        effect(kind, port, LEVEL | NEW);
        add(size);
        add(value & (size == 4 ? 0xffffffffL : (1L << size * 8) - 1));
    }

    @Override
    public void cpuid(int leaf, int subleaf) {
        effect(EffectKind.CPUID, leaf & 0xffffffffL, arguments(1 + CPUID_REGISTERS.length));
        add(subleaf & 0xffffffffL);
        for (int register : CPUID_REGISTERS) {
            add(cpu.r[register]);
        }
    }

    @Override
    public void timestamp(long value) {
        value(EffectKind.TSC, 0, value);
    }

    @Override
    public void halt() {
        effect(EffectKind.HALT, 0, 0);
    }

    @Override
    public void exception(int vector, int errorCode, long address) {
        moment(Event.EXCEPTION.about(vector), false);
        add(errorCode);
        add(address);
    }

    @Override
    public void interrupt(int vector) {
        moment(Event.INTERRUPT.about(vector), false);
    }

    @Override
    public void returned(long frame) {
        moment(Event.RETURN.about(0), false);
        add(frame);
    }

    @Override
    public void emulated(long rip) {
        event(Event.EMULATED.about(0));
    }

    @Override
    public void hypercall(int number, long[] arguments) {
        if (hypercallDepth == hypercalls.size()) {
            hypercalls.add(new Hypercall());
        }
        Hypercall begun = hypercalls.get(hypercallDepth++);
        begun.count = Math.min(begun.arguments.length, arguments.length);
        System.arraycopy(arguments, 0, begun.arguments, 0, begun.count);
    }

    @Override
    public void hypercallOperation(int number, int command, long first, long second, long result) {
        effect(EffectKind.HYPERCALL_OPERATION, number, LEVEL | RESULT | arguments(2));
        add(command);
        add(result);
        add(first);
        add(second);
    }

    @Override
    public void hypercallDone(int number, long result) {
        Hypercall done = hypercalls.get(--hypercallDepth);
        // Whoever it returns to finds its own registers (Xen, public/arch-x86/xen-x86_64.h, struct iret_context).
        boolean returns = number != HYPERVISOR_IRET;
        effect(EffectKind.HYPERCALL, number, (returns ? RESULT : 0) | arguments(done.count));
        if (returns) {
            add(result);
        }
        for (int i = 0; i < done.count; i++) {
            add(done.arguments[i]);
        }
    }
}
