package org.pvdiet.emulator.memory;

/**
 * Paging as in 64-bit mode with four levels (SDM volume 3, section 4.5): walks, permissions, accessed and dirty bits. Two
 * {@link LinearMemory} views share it, one for accesses with user privilege and one for supervisor accesses.
 */
public final class Mmu {
    public static final long PRESENT = 1;
    public static final long WRITABLE = 2;
    public static final long USER = 4;
    public static final long ACCESSED = 1 << 5;
    public static final long DIRTY = 1 << 6;
    public static final long PAGE_SIZE = 1 << 7;
    public static final long GLOBAL = 1 << 8;
    public static final long NO_EXECUTE = 1L << 63;

    /** Bits 51:12 of an entry. */
    public static final long FRAME_MASK = 0x000f_ffff_ffff_f000L;

    /** Kinds of access, numbered so that they are the page-fault error code's bits. */
    public static final int READ = 0;

    public static final int WRITE = MemoryFault.WRITE;
    public static final int EXECUTE = MemoryFault.FETCH;

    private static final int ROOTS = 8;

    private final PhysicalMemory memory;
    private final MemoryFault fault = new MemoryFault();
    private final LinearMemory supervisor;
    private final LinearMemory user;
    private final long reservedFrameBits;

    /** The root that is in use, and those that were before. */
    private final KeptRoot[] roots = new KeptRoot[ROOTS];

    private KeptRoot current;
    private int replaced;

    // What code was found by, ever: numbers of pages, with their sizes, and the addresses of the entries that
    // map them. Where neither changes, no code that was found needs to be looked up again.
    private final RoughSet codePages = new RoughSet();
    private final RoughSet codeEntries = new RoughSet();

    /** True while translations may rest on an entry that says, unlike when they were found, that it was not accessed. */
    private boolean stale;

    private long root;
    private boolean writeProtect;
    private boolean noExecute;
    private boolean smep;
    private boolean smap;
    private boolean alignmentCheck;
    private boolean globalPages;
    private boolean keepsRoots;
    private long generation;
    private long lastGeneration;
    private long globalGeneration;

    // What the last walk found, for the view that asked.
    private boolean walkedGlobal;
    private boolean walkedWritable;
    private int walkedShift;
    private long walkedEntry;

    /**
     * @param physicalBits width of physical addresses as CPUID announces it; higher frame bits in an entry are reserved
     */
    public Mmu(PhysicalMemory memory, int physicalBits) {
        this.memory = memory;
        this.reservedFrameBits = FRAME_MASK & -(1L << physicalBits);
        for (int i = 0; i < ROOTS; i++) {
            roots[i] = new KeptRoot();
        }
        this.current = roots[0];
        this.supervisor = new LinearMemory(this, memory, false, current.supervisor);
        this.user = new LinearMemory(this, memory, true, current.user);
        memory.onFlagChange(this::dropWrites);
    }

    public PhysicalMemory memory() {
        return memory;
    }

    public LinearMemory supervisor() {
        return supervisor;
    }

    public LinearMemory user() {
        return user;
    }

    /** Physical address of the level-4 table. */
    public long root() {
        return root;
    }

    /** Takes a new level-4 table and drops translations, those of global pages only where asked. */
    public void setRoot(long physical, boolean keepGlobal) {
        root = physical & FRAME_MASK;
        flush(keepGlobal && globalPages);
    }

    /**
     * As {@link #setRoot}, for a platform where every entry is written by {@link #writeEntry}: translations come back with the
     * root that they are of, since they are what a walk would find. Global pages are like others then.
     */
    public void switchRoot(long physical) {
        root = physical & FRAME_MASK;
        keepsRoots = true;
        current = kept();
        generation = current.generation;
        supervisor.use(current.supervisor);
        user.use(current.user);
    }

    /** What is kept of the root, or the place of each in turn. */
    private KeptRoot kept() {
        for (KeptRoot candidate : roots) {
            if (candidate.root == root) {
                return candidate;
            }
        }
        KeptRoot next;
        do {
            replaced = (replaced + 1) % ROOTS;
            next = roots[replaced];
        } while (next == current);
        next.root = root;
        next.generation = ++lastGeneration;
        next.supervisor.flush(false);
        next.user.flush(false);
        return next;
    }

    /**
     * Writes an entry of a page table. What rests on the old entry goes at once, in all address spaces, so that a flush that a
     * guest asks for later finds nothing to drop: a processor may forget a translation at any time (SDM volume 3, section
     * 4.10.2.3). One whose entry was only marked as not accessed or not dirty stays until then, since processors do not forget
     * that often, and a guest that asks whether it was accessed since would see it.
     *
     * @param level of the table, 1 to 4
     */
    public void writeEntry(int level, long at, long entry) {
        long old = memory.readLong(at);
        memory.writeLong(at, entry);
        if ((old & PRESENT) == 0 || old == entry) {
            return;
        }
        if (((old ^ entry) & ~(ACCESSED | DIRTY)) == 0) {
            stale |= (old & ~entry) != 0;
        } else if (level > 1 || codeEntries.mayContain(at)) {
            flush(false);
        } else {
            for (KeptRoot kept : roots) {
                kept.supervisor.dropRestingOn(at);
                kept.user.dropRestingOn(at);
            }
        }
    }

    /** Drops all translations where a walk would change entries that some rest on. */
    public void flushStale() {
        if (stale) {
            flush(false);
        }
    }

    /** A level-4 table is none any more: what it holds may be written by anybody. */
    public void forgetRoot(long physical) {
        for (KeptRoot kept : roots) {
            if (kept.root == physical) {
                kept.root = -1;
            }
        }
    }

    /** What CR0.WP, EFER.NXE, CR4.SMEP, CR4.SMAP and CR4.PGE say. Drops all translations where anything changed. */
    public void configure(boolean writeProtect, boolean noExecute, boolean smep, boolean smap, boolean globalPages) {
        this.writeProtect = writeProtect;
        this.noExecute = noExecute;
        this.smep = smep;
        this.smap = smap;
        this.globalPages = globalPages;
        flush(false);
    }

    /** EFLAGS.AC, which lifts SMAP. */
    public void setAlignmentCheck(boolean set) {
        if (set != alignmentCheck) {
            alignmentCheck = set;
            if (smap) {
                forgetOthers();
                supervisor.flush(false);
            }
        }
    }

    /** Tells of each access from now on, by the privilege it is made with and at a great cost; null ends that. */
    public void watchAccesses(AccessListener bySupervisor, AccessListener byUser) {
        supervisor.watch(bySupervisor);
        user.watch(byUser);
        flush(false);
    }

    /** Tells of each store from now on, and of some loads, translations kept; null ends that. */
    public void watchStores(AccessListener listener) {
        supervisor.watch(listener);
        user.watch(listener);
        dropWrites();
    }

    public void flush(boolean keepGlobal) {
        renew();
        if (!keepGlobal) {
            globalGeneration = generation;
        }
        forgetOthers();
        supervisor.flush(keepGlobal);
        user.flush(keepGlobal);
        stale &= keepGlobal;
    }

    private void forgetOthers() {
        for (KeptRoot kept : roots) {
            if (kept != current) {
                kept.root = -1;
            }
        }
    }

    public void invalidatePage(long linear) {
        if (mayBeCode(linear)) {
            renew();
            globalGeneration = generation;
        }
        supervisor.invalidatePage(linear);
        user.invalidatePage(linear);
    }

    /** An instruction was fetched from the page that the last walk found. */
    void fetched(long linear) {
        codePages.add(page(linear, walkedShift));
        codeEntries.add(walkedEntry);
    }

    private boolean mayBeCode(long linear) {
        for (int shift = 12; shift <= 30; shift += 9) {
            if (codePages.mayContain(page(linear, shift))) {
                return true;
            }
        }
        return false;
    }

    /** A page's number, and its size. */
    private static long page(long linear, int shift) {
        return linear >>> shift << 8 | shift;
    }

    private void renew() {
        generation = ++lastGeneration;
        current.generation = generation;
    }

    /**
     * Another whenever a translation, of a global page or of another, may have changed; of others the same again where they
     * are again what they were.
     */
    public long generation(boolean global) {
        return global ? lastGeneration : generation;
    }

    /** False where a translation may have changed that was right at a generation. */
    public boolean isCurrent(long found, boolean global) {
        return global ? found >= globalGeneration : found == generation;
    }

    private void dropWrites() {
        supervisor.dropWrites();
        user.dropWrites();
    }

    boolean walkedGlobal() {
        return walkedGlobal;
    }

    /** Log2 of the size of the page that the last successful walk found. */
    int walkedShift() {
        return walkedShift;
    }

    /** Physical address of the entry that maps that page. */
    long walkedEntry() {
        return walkedEntry;
    }

    /** After a successful walk: true where a later write needs no walk (writable, and already dirty). */
    boolean walkedWritable() {
        return walkedWritable;
    }

    /**
     * Translates as the processor does, setting accessed and dirty bits.
     *
     * @param access READ, WRITE or EXECUTE
     * @return the physical address
     * @throws MemoryFault where the access is not allowed
     */
    public long walk(long linear, int access, boolean asUser) {
        if (linear << 16 >> 16 != linear) {
            throw fault.nonCanonical(linear);
        }
        int code = (access == EXECUTE && !(noExecute || smep) ? 0 : access) | (asUser ? MemoryFault.USER : 0);
        long table = root;
        long allowed = USER | WRITABLE;
        long forbidden = 0;
        for (int level = 4; ; level--) {
            int shift = 12 + 9 * (level - 1);
            long at = table + (linear >>> shift & 511) * 8;
            long entry = memory.readLong(at);
            if ((entry & PRESENT) == 0) {
                throw fault.page(linear, code);
            }
            boolean leaf = level == 1 || level < 4 && (entry & PAGE_SIZE) != 0;
            long reserved = reservedFrameBits | (noExecute ? 0 : NO_EXECUTE);
            if (level == 4) {
                reserved |= PAGE_SIZE;
            } else if (leaf && level > 1) {
                reserved |= (1L << shift) - 1 & FRAME_MASK & ~0x1000L;
            }
            if ((entry & reserved) != 0) {
                throw fault.page(linear, code | MemoryFault.PRESENT | MemoryFault.RESERVED);
            }
            allowed &= entry;
            forbidden |= entry;
            if (!leaf) {
                if ((entry & ACCESSED) == 0) {
                    memory.writeAccessedDirty(at, entry | ACCESSED);
                }
                table = entry & FRAME_MASK;
                continue;
            }
            if (!permits(access, asUser, allowed, forbidden)) {
                throw fault.page(linear, code | MemoryFault.PRESENT);
            }
            long marked = entry | ACCESSED | (access == WRITE ? DIRTY : 0);
            if (marked != entry) {
                memory.writeAccessedDirty(at, marked);
            }
            walkedGlobal = globalPages && !keepsRoots && (entry & GLOBAL) != 0;
            walkedShift = shift;
            walkedEntry = at;
            walkedWritable = (marked & DIRTY) != 0 && permits(WRITE, asUser, allowed, forbidden);
            long offset = (1L << shift) - 1;
            return entry & FRAME_MASK & ~offset | linear & offset;
        }
    }

    private boolean permits(int access, boolean asUser, long allowed, long forbidden) {
        boolean userPage = (allowed & USER) != 0;
        boolean writable = (allowed & WRITABLE) != 0;
        if (access == EXECUTE) {
            return !(noExecute && (forbidden & NO_EXECUTE) != 0) && (asUser ? userPage : !(smep && userPage));
        }
        if (asUser) {
            return userPage && (access == READ || writable);
        }
        if (smap && userPage && !alignmentCheck) {
            return false;
        }
        return access == READ || writable || !writeProtect;
    }

    /**
     * Translates without any effect on entries or caches, and whatever the permissions: for debuggers, recorders and
     * hypervisors.
     *
     * @return the physical address, or -1 where nothing is mapped
     */
    public long peek(long linear) {
        return peek(root, linear);
    }

    /** Whether a linear address is mapped so that it can be read and not written, as far as the tables tell. */
    public boolean isReadOnly(long linear) {
        if (linear << 16 >> 16 != linear) {
            return false;
        }
        boolean writable = true;
        long table = root & FRAME_MASK;
        for (int level = 4; level > 0; level--) {
            int shift = 12 + 9 * (level - 1);
            long entry = memory.readLong(table + (linear >>> shift & 511) * 8);
            if ((entry & PRESENT) == 0) {
                return false;
            }
            writable &= (entry & WRITABLE) != 0;
            if (level < 4 && (entry & PAGE_SIZE) != 0) {
                break;
            }
            table = entry & FRAME_MASK;
        }
        return !writable;
    }

    /** The same through another level-4 table. */
    public long peek(long level4, long linear) {
        if (linear << 16 >> 16 != linear) {
            return -1;
        }
        long table = level4 & FRAME_MASK;
        for (int level = 4; ; level--) {
            int shift = 12 + 9 * (level - 1);
            long entry = memory.readLong(table + (linear >>> shift & 511) * 8);
            if ((entry & PRESENT) == 0) {
                return -1;
            }
            if (level == 1 || level < 4 && (entry & PAGE_SIZE) != 0) {
                long offset = (1L << shift) - 1;
                return entry & FRAME_MASK & ~offset | linear & offset;
            }
            table = entry & FRAME_MASK;
        }
    }
}
