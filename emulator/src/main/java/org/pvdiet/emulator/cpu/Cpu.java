package org.pvdiet.emulator.cpu;

import java.util.NavigableMap;
import java.util.TreeMap;
import org.pvdiet.emulator.cpu.decode.CodeSource;
import org.pvdiet.emulator.cpu.decode.Decoder;
import org.pvdiet.emulator.cpu.decode.Instruction;
import org.pvdiet.emulator.cpu.decode.Mode;
import org.pvdiet.emulator.memory.AccessListener;
import org.pvdiet.emulator.memory.LinearMemory;
import org.pvdiet.emulator.memory.MemoryFault;
import org.pvdiet.emulator.memory.Mmu;
import org.pvdiet.emulator.memory.PhysicalMemory;

/** One virtual processor: its registers, and what it is connected to. */
public final class Cpu {
    public static final int RAX = 0;
    public static final int RCX = 1;
    public static final int RDX = 2;
    public static final int RBX = 3;
    public static final int RSP = 4;
    public static final int RBP = 5;
    public static final int RSI = 6;
    public static final int RDI = 7;
    public static final int R8 = 8;
    public static final int R9 = 9;
    public static final int R10 = 10;
    public static final int R11 = 11;
    public static final int R12 = 12;
    public static final int R13 = 13;
    public static final int R14 = 14;
    public static final int R15 = 15;

    private static final int JUMP_CACHE = 1 << 14;

    /** General-purpose registers 0 to 15; above them, temporaries of micro-operations, and a zero. */
    public final long[] r = new long[32];

    public final SegmentRegisters segments = new SegmentRegisters();
    public final ControlRegisters control = new ControlRegisters();
    public final Fpu fpu = new Fpu();
    public final DebugRegisters debug = new DebugRegisters();
    public final CpuModel model;
    public final Msrs msrs;

    private final Mmu mmu;
    private final PortBus ports;
    private LinearMemory memory;
    private Supervisor supervisor = Supervisor.NONE;
    private Observer observer = Observer.NONE;
    private InterruptController interrupts;
    long rip;
    private long rflags = Flags.FIXED;
    private int cpl;
    long retired;
    private long idle;
    private boolean halted;
    private boolean exitRequested;

    // The status flags as StatusFlags reads them; rflags holds the other bits.
    int flagState;
    long flagA;
    long flagB;

    private final NavigableMap<Long, Probe> probes = new TreeMap<>();
    private final CodeCache code;
    private final InstructionSet instructionSet;
    private final BlockBuilder builder;

    /** Null where all code is interpreted. */
    private Translator translator;

    /** Null but for {@link Execution#CHECK}. */
    private TranslationCheck check;

    /** True while regions are not entered. */
    private boolean onlyInterprets;

    private long translated;

    private final Block[] jumpCache = new Block[JUMP_CACHE];

    // Where the running block starts, while one runs and its last operation has not begun. Not a reference to it:
    // storing one for each block costs a write barrier of the garbage collector each time.
    private boolean inBlock;
    private long blockStart;

    /** Instructions of the running block that have retired, while an operation runs. */
    private int within;

    /** True once an operation has set RIP itself. */
    private boolean jumped;

    /** When {@link #run} returns, as a count of retired instructions. */
    private long stopAt;

    private boolean watchesData;
    private boolean watchesAlignment;

    // Where a probe ran last: it does not run again before an instruction has retired.
    private long probedRip;
    private long probedRetired = -1;

    // STI and loads of SS hold interrupts off until this many instructions have retired.
    private long shadowEnd;

    public Cpu(Mmu mmu, PortBus ports, InterruptController interrupts) {
        this(CpuModel.named(CpuModel.DEFAULT), mmu, ports, interrupts);
    }

    public Cpu(CpuModel model, Mmu mmu, PortBus ports, InterruptController interrupts) {
        this(model, instructions(model), mmu, ports, interrupts);
    }

    Cpu(CpuModel model, InstructionSet instructions, Mmu mmu, PortBus ports, InterruptController interrupts) {
        this.model = model;
        this.msrs = new Msrs(this);
        this.mmu = mmu;
        this.ports = ports;
        this.interrupts = interrupts;
        this.memory = mmu.supervisor();
        this.code = new CodeCache(mmu.memory());
        this.instructionSet = instructions;
        this.builder = new BlockBuilder(instructions, probes, mmu.memory());
        setExecution(Execution.configured());
    }

    /** Changes how code is executed, between runs. Costs all code that was decoded and translated. */
    public final void setExecution(Execution execution) {
        code.clear();
        translator =
                execution == Execution.INTERPRET ? null : new Translator(instructionSet, mmu, this::known, execution);
        check = execution == Execution.CHECK ? new TranslationCheck(this) : null;
    }

    /** Of the retired instructions, those that translated code executed. */
    public long translated() {
        return translated;
    }

    /** Loads the tables of all instructions, which the first processor needs: for another thread in the meantime. */
    public static void load() {
        instructions(CpuModel.named(CpuModel.DEFAULT));
        Decoder.decode(CodeSource.of(new byte[] {(byte) 0x90}, 0), 0, Mode.BITS_64);
    }

    static InstructionSet instructions(CpuModel model) {
        InstructionSet set = new InstructionSet();
        IntegerInstructions.define(set, model);
        SystemInstructions.define(set);
        FpuInstructions.define(set, model);
        return set;
    }

    public Mmu mmu() {
        return mmu;
    }

    /** Linear memory as the current privilege level sees it. */
    public LinearMemory memory() {
        return memory;
    }

    public PortBus ports() {
        return ports;
    }

    public InterruptController interrupts() {
        return interrupts;
    }

    public Supervisor supervisor() {
        return supervisor;
    }

    public void setSupervisor(Supervisor supervisor) {
        this.supervisor = supervisor;
    }

    public Observer observer() {
        return observer;
    }

    public void setObserver(Observer observer) {
        this.observer = observer;
    }

    /** The instruction pointer: exact in operations, probes, supervisors and between runs. */
    public long rip() {
        return rip;
    }

    /** Continues at {@code target}: for operations that end a block, supervisors, and whoever sets up the machine. */
    public void jump(long target) {
        rip = target;
        jumped = true;
    }

    void setRip(long target) {
        rip = target;
    }

    /** Writes the low {@code size} bytes of a value to a register as instructions do. */
    void write(int size, int register, long value) {
        switch (size) {
            case 8 -> r[register] = value;
            case 4 -> r[register] = value & 0xffffffffL;
            case 2 -> r[register] = (register < 16 ? r[register] & ~0xffffL : 0) | value & 0xffff;
            default -> r[register] = (register < 16 ? r[register] & ~0xffL : 0) | value & 0xff;
        }
    }

    /** RSP becomes the effective address of {@code address}. */
    void writeStackPointer(Address address) {
        r[RSP] = address.offset(this);
    }

    void flags(int state, long a, long b) {
        flagState = state;
        flagA = a;
        flagB = b;
    }

    boolean carry() {
        return StatusFlags.carry(flagState, flagA, flagB);
    }

    boolean sign() {
        return StatusFlags.sign(flagState, flagA, flagB);
    }

    boolean zero() {
        return StatusFlags.zero(flagState, flagA, flagB);
    }

    boolean holds(int condition) {
        return StatusFlags.holds(condition, flagState, flagA, flagB);
    }

    /** The flags of {@link Flags#STATUS}. */
    long statusFlags() {
        return StatusFlags.bits(flagState, flagA, flagB);
    }

    /** All of RFLAGS, status flags computed. */
    public long rflags() {
        return rflags | statusFlags();
    }

    /** RFLAGS as so many words, for {@link #rflags(long[], int)} to compute elsewhere. */
    public static final int FLAG_WORDS = 3;

    public void putFlags(long[] words, int at) {
        words[at] = rflags | (long) flagState << Integer.SIZE;
        words[at + 1] = flagA;
        words[at + 2] = flagB;
    }

    /** What {@link #rflags()} was when these words were written. */
    public static long rflags(long[] words, int at) {
        return words[at] & 0xffffffffL
                | StatusFlags.bits((int) (words[at] >>> Integer.SIZE), words[at + 1], words[at + 2]);
    }

    public void setRflags(long value) {
        rflags = value & ~Flags.STATUS | Flags.FIXED;
        flags(StatusFlags.BITS, 0, value & Flags.STATUS);
        mmu.setAlignmentCheck((value & Flags.AC) != 0);
    }

    boolean isDirectionDown() {
        return (rflags & Flags.DF) != 0;
    }

    void setDirection(boolean down) {
        rflags = down ? rflags | Flags.DF : rflags & ~Flags.DF;
    }

    public boolean interruptsEnabled() {
        return (rflags & Flags.IF) != 0;
    }

    void enableInterrupts(boolean on) {
        rflags = on ? rflags | Flags.IF : rflags & ~Flags.IF;
    }

    /** The least privileged level that may use ports and the interrupt flag. */
    int iopl() {
        return (int) (rflags & Flags.IOPL) >>> 12;
    }

    /** How instructions are read now, as CS says. */
    public Mode mode() {
        SegmentRegister cs = segments.cs();
        return cs.isLong() ? Mode.BITS_64 : cs.isBig() ? Mode.BITS_32 : Mode.BITS_16;
    }

    /** Tells paging what CR0, CR3, CR4 and EFER say, all translations dropped. */
    public void applyControl() {
        applyPaging();
        mmu.setRoot(control.cr3, false);
    }

    /** The same, CR3 unchanged. */
    void applyPaging() {
        mmu.configure(
                (control.cr0 & Cr0.WP) != 0,
                (control.efer & Efer.NXE) != 0,
                (control.cr4 & Cr4.SMEP) != 0,
                (control.cr4 & Cr4.SMAP) != 0,
                (control.cr4 & Cr4.PGE) != 0);
    }

    /** Holds maskable interrupts off until the instruction after the current one is done. */
    void holdInterrupts() {
        shadowEnd = retired() + 2;
    }

    void releaseInterrupts() {
        shadowEnd = 0;
    }

    /** True where a pending interrupt is taken before the next instruction. */
    public boolean takesInterrupts() {
        return interruptsEnabled() && retired() >= shadowEnd;
    }

    /** To be called where interrupts may have become enabled: a pending one is looked at after this instruction. */
    void noticeInterrupts() {
        if (interruptsEnabled() && interrupts != null && interrupts.isPending()) {
            requestExit();
        }
    }

    /** True while instructions must be executed one by one, because each may end in #DB. */
    public boolean isStepping() {
        return (rflags & Flags.TF) != 0 || debug.isArmed();
    }

    public int cpl() {
        return cpl;
    }

    public void setCpl(int level) {
        cpl = level;
        memory = level == 3 ? mmu.user() : mmu.supervisor();
    }

    /** Instructions retired so far; exact in operations, probes, supervisors and between runs. */
    public long retired() {
        return retired + within;
    }

    /**
     * Virtual time in nanoseconds: one per retired instruction and per delivered exception, plus what passed while halted.
     */
    public long time() {
        return retired + within + idle;
    }

    /** Lets virtual time pass while the processor is halted. */
    public void idleUntil(long time) {
        long passes = Math.max(0, time - time());
        idle += passes;
        stopAt -= passes;
    }

    public boolean isHalted() {
        return halted;
    }

    public void setHalted(boolean halted) {
        this.halted = halted;
        requestExit();
    }

    /** Makes {@link #run} return after the current instruction. */
    public void requestExit() {
        exitRequested = true;
        if (inBlock) {
            cutBlock();
        }
    }

    /**
     * Executes until virtual time reaches {@code deadline}, the processor halts, or somebody asked to exit. Returns at the
     * exact instruction.
     */
    public void run(long deadline) {
        exitRequested = false;
        stopAt = deadline - idle;
        if (retired < shadowEnd && interruptsEnabled() && interrupts != null && interrupts.isPending()) {
            stopAt = Math.min(stopAt, shadowEnd);
        }
        while (!exitRequested && retired < stopAt) {
            try {
                watch(debug.isArmed() && debug.watchesData(), checksAlignment());
                if (isStepping()) {
                    step();
                } else {
                    runBlocks();
                }
            } catch (MemoryFault fault) {
                // The fetch of a block's first instruction.
                Exceptions.fault(this, fault, false);
            }
        }
    }

    private void runBlocks() {
        Block block = find();
        while (true) {
            if (block.probe != null && probe(block)) {
                return;
            }
            if (retired + block.count > stopAt) {
                executeBeginning(block, (int) (stopAt - retired));
                return;
            }
            if (block.region != null && enters(block)) {
                block = runRegions(block);
            } else {
                if (block.region == null && translator != null) {
                    translator.count(block);
                }
                if (!execute(block, block.steps, 0, block.steps.length)) {
                    return;
                }
                retired += block.count;
                inBlock = false;
                block = after(block);
            }
            if (block == null) {
                return;
            }
        }
    }

    /** What is executed next, or null where there is more to be done before. */
    private Block after(Block block) {
        if (exitRequested || retired >= stopAt) {
            return null;
        }
        if (block.exit == Block.Exit.DIRECT) {
            return linked(block);
        }
        return block.exit == Block.Exit.INDIRECT ? looked(block) : null;
    }

    /** Whether the region that begins with a block is entered now. */
    private boolean enters(Block block) {
        Region region = block.region;
        // The check has its own listener to accesses.
        boolean watches = watchesData || watchesAlignment;
        return !onlyInterprets
                && (check == null || !watches)
                && region.translation() != null
                && retired + region.longest() <= stopAt
                && region.isCurrent(block, memory, mmu);
    }

    /** Runs the region that is entered at a block, and those that follow it. As {@link #after} of the last block. */
    private Block runRegions(Block block) {
        Block entered = block;
        while (true) {
            Region region = entered.region;
            long before = retired;
            int result = check == null
                    ? region.translation().run(this, memory, stopAt, entered.entry)
                    : check.run(region, stopAt, entered.entry);
            translated += retired - before;
            if (result < 0) {
                return result == Translation.OUT_OF_TIME
                        ? null
                        : finish(region.blocks[Translation.blockOf(result)], Translation.instructionOf(result));
            }
            // Translated code asks for no exit, and sees to it that there is time for what it begins.
            Block next = region.linked(result, rip, mmu);
            if (next == null) {
                next = after(region.blocks[Translation.lastOf(result)]);
                // The check runs regions without probes.
                if (next == null || next.region == null || check != null && next.probe != null || !enters(next)) {
                    return next;
                }
                region.link(result, next);
            }
            entered = next;
        }
    }

    /** Tells the check of a region's store to RAM that is about to be made. */
    void journal(long place, int size) {
        check.storing(memory.physical(place), size);
    }

    /** Executes without regions; where nothing else ends the run, until so many instructions have retired. */
    void interpretTo(long count) {
        long end = stopAt;
        stopAt = count;
        onlyInterprets = true;
        try {
            while (retired < count && !exitRequested) {
                runBlocks();
            }
        } finally {
            stopAt = end;
            onlyInterprets = false;
        }
    }

    /** Executes a block from an instruction on. As {@link #after}, and null where the block was left early. */
    private Block finish(Block block, int instruction) {
        rip = block.start;
        if (!execute(block, block.steps, block.firstStep(instruction), block.steps.length)) {
            return null;
        }
        retired += block.count;
        inBlock = false;
        return after(block);
    }

    /** The block at an address, of the current translations and mode, if it comes easily. */
    private Block known(long address) {
        Block block = jumpCache[slot(address)];
        return block != null && block.rip == address && block.mode == modeKey() && block.isCurrent(mmu) ? block : null;
    }

    /** SDM volume 3, section 6.15, interrupt 17. */
    private boolean checksAlignment() {
        return cpl == 3 && (rflags & Flags.AC) != 0 && (control.cr0 & Cr0.AM) != 0;
    }

    /** Lets data breakpoints and alignment checks see accesses, or not. */
    private void watch(boolean data, boolean alignment) {
        if (data == watchesData && alignment == watchesAlignment) {
            return;
        }
        watchesData = data;
        watchesAlignment = alignment;
        AccessListener breakpoints = data ? debug::access : null;
        AccessListener checks = (linear, size, write) -> {
            if ((linear & size - 1) != 0) {
                throw Fault.of(Vector.ALIGNMENT_CHECK, 0);
            }
            if (data) {
                debug.access(linear, size, write);
            }
        };
        mmu.watchAccesses(breakpoints, alignment ? checks : breakpoints);
    }

    /** One instruction, with what debugging adds. */
    private void step() {
        if (Exceptions.beforeInstruction(this)) {
            return;
        }
        boolean traced = (rflags & Flags.TF) != 0;
        boolean resumed = (rflags & Flags.RF) != 0;
        Block block = find();
        if (block.probe != null && probe(block)) {
            return;
        }
        if (executeBeginning(block, 1)) {
            Exceptions.afterInstruction(this, traced, resumed);
        } else {
            debug.takeHits();
        }
    }

    /** The block after one that ends in a direct jump. */
    private Block linked(Block block) {
        Block next = block.next;
        if (next != null && next.rip == rip && next.isCurrent(mmu)) {
            return next;
        }
        Block other = block.other;
        if (other != null && other.rip == rip && other.isCurrent(mmu)) {
            return other;
        }
        Block found = find();
        if (found != next && found != other) {
            if (next == null || next.isDead() || next.rip == rip) {
                block.next = found;
            } else {
                block.other = found;
            }
        }
        return found;
    }

    /** The block after one that ends in an indirect jump, in the same mode. */
    private Block looked(Block block) {
        Block next = jumpCache[slot(rip)];
        return next != null && next.rip == rip && next.mode == block.mode && next.isCurrent(mmu) ? next : find();
    }

    private static int slot(long rip) {
        return (int) (rip ^ rip >>> 14) & JUMP_CACHE - 1;
    }

    /** Ends the running block after the instruction that is being executed. */
    private void cutBlock() {
        boolean wide = mode() == Mode.BITS_64;
        long physical = mmu.peek(wide ? blockStart : blockStart + segments.cs().base & 0xffffffffL);
        Block block = physical < 0 ? null : code.find(blockStart, physical, modeKey());
        if (block != null) {
            code.remove(block);
        }
    }

    private int modeKey() {
        return mode().ordinal() << 1 | (cpl == 3 ? 1 : 0);
    }

    /** True where the probe has changed what runs next. */
    boolean probe(Block block) {
        if (probedRip == rip && probedRetired == retired) {
            return false;
        }
        probedRip = rip;
        probedRetired = retired;
        block.probe.reached(this, rip);
        return exitRequested || block.rip != rip;
    }

    private boolean executeBeginning(Block block, int instructions) {
        boolean all = instructions == block.count;
        boolean done = all ? execute(block, block.steps, 0, block.steps.length) : execute(block, instructions);
        inBlock = false;
        if (done) {
            retired += instructions;
            if (!all) {
                rip = block.address(instructions);
            }
        }
        return done;
    }

    private boolean execute(Block block, int instructions) {
        int end = block.firstStep(instructions);
        return execute(block, block.isFused(instructions) ? block.unfused() : block.steps, 0, end);
    }

    /** False where the block was left early, with all that follows from it done. */
    private boolean execute(Block block, Step[] steps, int begin, int end) {
        inBlock = true;
        blockStart = block.start;
        int i = begin;
        try {
            for (; i < end; i++) {
                steps[i].execute(this);
            }
            return true;
        } catch (RuntimeException e) {
            leave(block, i, e);
            return false;
        }
    }

    /**
     * Executes an instruction in the middle of a block for a region that is running and has left all of its state here.
     *
     * @return false where the region is to be left: the processor is where control goes on
     */
    boolean interpret(Region region, Block block, int instruction) {
        int next = instruction + 1;
        rip = block.start;
        try {
            for (int i = block.firstStep(instruction); i < block.firstStep(next); i++) {
                block.steps[i].execute(this);
            }
        } catch (RuntimeException e) {
            fault(block, instruction, e);
            return false;
        }
        if (exitRequested || region.isDead() || !region.isCurrent(mmu)) {
            rip = block.address(next);
            retired += next;
            return false;
        }
        return true;
    }

    private void leave(Block block, int step, RuntimeException cause) {
        fault(block, block.instructionOf(step), cause);
    }

    /** An instruction of a block, whose start is what {@link #retired} counts up to, has not been completed. */
    void fault(Block block, int instruction, RuntimeException cause) {
        rip = block.address(instruction);
        retired += instruction;
        within = 0;
        inBlock = false;
        if (cause instanceof Fault fault) {
            Exceptions.fault(this, fault);
        } else if (cause instanceof MemoryFault fault) {
            Exceptions.fault(this, fault, !fault.isPageFault() && usesStackSegment());
        } else if (!(cause instanceof Block.Cut)) {
            throw cause;
        }
    }

    private boolean usesStackSegment() {
        PhysicalMemory physical = mmu.memory();
        long base = segments.cs().base;
        Instruction instruction = Decoder.decode(
                address -> (int) physical.read(mmu.peek(mode() == Mode.BITS_64 ? address : address + base), 1),
                rip,
                mode());
        return StackAccess.of(instruction);
    }

    private Block find() {
        Mode mode = mode();
        int key = modeKey();
        int slot = slot(rip);
        Block block = jumpCache[slot];
        long base = mode == Mode.BITS_64 ? 0 : segments.cs().base;
        if (block != null && block.rip == rip && block.mode == key && isCurrent(block, base)) {
            return block;
        }
        long linear = mode == Mode.BITS_64 ? rip : rip + base & 0xffffffffL;
        long physical = memory.execute(linear);
        block = code.find(rip, physical, key);
        if (block == null || !isCurrent(block, base)) {
            block = builder.build(rip, base, physical, mode, key, memory);
            found(block, linear);
            code.add(block);
        }
        jumpCache[slot] = block;
        return block;
    }

    private boolean isCurrent(Block block, long base) {
        if (block.isCurrent(mmu)) {
            return true;
        }
        long linear = base == 0 ? block.rip : block.rip + base & 0xffffffffL;
        if (memory.execute(linear) != block.physical
                || block.secondPhysical >= 0 && memory.execute(linear + block.length) != block.secondPhysical) {
            return false;
        }
        found(block, linear);
        return true;
    }

    private void found(Block block, long linear) {
        boolean global = memory.isExecutableGlobally(linear)
                && (block.secondPhysical < 0 || memory.isExecutableGlobally(linear + block.length));
        block.found(mmu.generation(global), global);
    }

    void executeWithin(Operation operation, long address, long at, int index) {
        rip = at;
        within = index;
        operation.execute(this, address);
        within = 0;
    }

    void executeLast(Operation operation, long address, long at, long next, int index) {
        rip = at;
        within = index;
        inBlock = false;
        jumped = false;
        operation.execute(this, address);
        within = 0;
        if (!jumped) {
            rip = next;
        }
    }

    /**
     * Runs {@code probe} each time control reaches {@code address}, a linear address; null removes what was there. Costs
     * the code around it that was decoded and translated, and a look at all blocks.
     */
    public void setProbe(long address, Probe probe) {
        if (probe == null) {
            probes.remove(address);
        } else {
            probes.put(address, probe);
        }
        code.removeAt(address);
    }
}
