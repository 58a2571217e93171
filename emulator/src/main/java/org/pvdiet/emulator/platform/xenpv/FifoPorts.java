package org.pvdiet.emulator.platform.xenpv;

import java.util.Arrays;
import java.util.BitSet;
import org.pvdiet.emulator.memory.PhysicalMemory;

/**
 * A word for each port in pages that the guest provides, pending ones linked to a queue for each priority
 * (common/event_fifo.c; public/event_channel.h, the FIFO ABI). The guest runs only between the calls of this class, so no
 * word is ever locked.
 */
final class FifoPorts implements PortForm {
    /** EVTCHN_FIFO_LINK_BITS. */
    static final int LINK_BITS = 17;

    static final int CONTROL_BLOCK_SIZE = 72;

    private static final int PENDING = 1 << 31;
    private static final int MASKED = 1 << 30;
    private static final int LINKED = 1 << 29;
    private static final int BUSY = 1 << 28;
    private static final int LINK = (1 << LINK_BITS) - 1;
    private static final int PORTS_PER_PAGE = PhysicalMemory.FRAME_SIZE / 4;
    private static final int MOST_PAGES = (1 << LINK_BITS) / PORTS_PER_PAGE;
    private static final int LOWEST_PRIORITY = 15;
    private static final int DEFAULT_PRIORITY = 7;
    private static final int HEADS = 8;

    private final PhysicalMemory memory;
    private final Blocking blocking;
    private final long control;
    private final long[] pages = new long[MOST_PAGES];
    private final int[] priority;

    /** The queue that a port was put into last. */
    private final int[] lastQueue;

    private final int[] tail = new int[LOWEST_PRIORITY + 1];

    /** Ports whose event arrived before the page with their word. */
    private final BitSet early = new BitSet();

    private int pageCount;

    /**
     * @param control machine address of the control block
     * @param ports how many there are
     */
    FifoPorts(PhysicalMemory memory, Blocking blocking, long control, int ports) {
        this.memory = memory;
        this.blocking = blocking;
        this.control = control;
        priority = new int[ports];
        lastQueue = new int[ports];
        Arrays.fill(priority, DEFAULT_PRIORITY);
    }

    /** Adds the page with the next ports' words; false where there are as many as there can be. */
    boolean expand(long address) {
        if (pageCount == MOST_PAGES) {
            return false;
        }
        pages[pageCount++] = address;
        for (int port = early.nextSetBit(0);
                port >= 0 && port < pageCount * PORTS_PER_PAGE;
                port = early.nextSetBit(port + 1)) {
            early.clear(port);
            raise(port);
        }
        return true;
    }

    /** False where there is no such priority. */
    boolean setPriority(int port, int value) {
        if (Integer.compareUnsigned(value, LOWEST_PRIORITY) > 0) {
            return false;
        }
        priority[port] = value;
        return true;
    }

    /** Machine address of a port's word, or -1. */
    private long word(int port) {
        int page = port / PORTS_PER_PAGE;
        return page < pageCount ? pages[page] + port % PORTS_PER_PAGE * 4L : -1;
    }

    @Override
    public void raise(int port) {
        long at = word(port);
        if (at < 0) {
            early.set(port);
            return;
        }
        int word = memory.readInt(at);
        boolean news = (word & PENDING) == 0;
        memory.writeInt(at, word | PENDING);
        if ((word & (MASKED | LINKED)) == 0) {
            memory.writeInt(at, word | PENDING | LINKED);
            enqueue(port);
        }
        if (news) {
            blocking.portRaised(port);
        }
    }

    private void enqueue(int port) {
        // What was last in a queue and has been taken from it is not a tail to link to.
        if (tail[lastQueue[port]] == port) {
            tail[lastQueue[port]] = 0;
        }
        int queue = priority[port];
        lastQueue[port] = queue;
        boolean linked = tail[queue] != 0 && link(tail[queue], port);
        tail[queue] = port;
        if (linked) {
            return;
        }
        memory.writeInt(control + HEADS + queue * 4L, port);
        int ready = memory.readInt(control);
        memory.writeInt(control, ready | 1 << queue);
        if ((ready & 1 << queue) == 0) {
            blocking.eventPending();
        }
    }

    /** Links a port behind one that is still in its queue. */
    private boolean link(int last, int port) {
        long at = word(last);
        int word = memory.readInt(at);
        if ((word & LINKED) == 0) {
            return false;
        }
        memory.writeInt(at, word & ~(BUSY | LINK) | port);
        return true;
    }

    @Override
    public void clear(int port) {
        long at = word(port);
        if (at >= 0) {
            memory.writeInt(at, memory.readInt(at) & ~PENDING);
        }
    }

    @Override
    public void unmask(int port) {
        long at = word(port);
        if (at < 0) {
            return;
        }
        int word = memory.readInt(at) & ~MASKED;
        memory.writeInt(at, word);
        if ((word & PENDING) != 0) {
            raise(port);
        }
    }

    @Override
    public boolean isPending(int port) {
        long at = word(port);
        return at >= 0 && (memory.readInt(at) & PENDING) != 0;
    }
}
