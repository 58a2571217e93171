package org.pvdiet.emulator.device;

import java.util.function.LongSupplier;
import org.pvdiet.emulator.cpu.InterruptController;
import org.pvdiet.emulator.memory.Mmio;
import org.pvdiet.emulator.time.Timeline;

/**
 * The local APIC of a machine's only processor, in xAPIC mode (SDM volume 3, chapter 10): its timer, interrupts it sends to
 * itself, and the 8259 pair behind LINT0 as a BIOS leaves it ("virtual wire mode"). Its timer counts nanoseconds. There is
 * no I/O APIC. CR8 is not connected to the task priority, which Linux sets through memory.
 */
public final class LocalApic implements InterruptController, Mmio {
    /** Where IA32_APIC_BASE points after reset. */
    public static final long BASE = 0xfee0_0000L;

    public static final long SIZE = 0x1000;

    private static final int ID = 0x20;
    private static final int VERSION = 0x30;
    private static final int TASK_PRIORITY = 0x80;
    private static final int PROCESSOR_PRIORITY = 0xa0;
    private static final int END_OF_INTERRUPT = 0xb0;
    private static final int LOGICAL_DESTINATION = 0xd0;
    private static final int DESTINATION_FORMAT = 0xe0;
    private static final int SPURIOUS = 0xf0;
    private static final int IN_SERVICE = 0x100;
    private static final int TRIGGER_MODE = 0x180;
    private static final int REQUESTS = 0x200;
    private static final int ERROR_STATUS = 0x280;
    private static final int COMMAND = 0x300;
    private static final int LVT_TIMER = 0x320;
    private static final int LVT_LINT0 = 0x350;
    private static final int LVT_LINT1 = 0x360;
    private static final int LVT_ERROR = 0x370;
    private static final int INITIAL_COUNT = 0x380;
    private static final int CURRENT_COUNT = 0x390;
    private static final int DIVIDE = 0x3e0;

    /** An integrated APIC with six local vectors. */
    private static final int VERSION_VALUE = 0x0005_0014;

    private static final int MASKED = 1 << 16;
    private static final int PERIODIC = 1 << 17;
    private static final int ENABLED = 1 << 8;
    private static final int EXTINT = 7 << 8;
    private static final int NMI = 4 << 8;
    private static final int DELIVERY_MODE = 7 << 8;

    private final PicPair pic;
    private final int[] registers = new int[(int) SIZE / 16];
    private final VectorSet inService = new VectorSet();
    private final VectorSet requests = new VectorSet();
    private LongSupplier clock = () -> 0;
    private Timeline timeline = new Timeline();
    private Runnable onRequest = () -> {};
    private long timerStart;
    private Timeline.Event expiry;

    public LocalApic(PicPair pic) {
        this.pic = pic;
        registers[DESTINATION_FORMAT >> 4] = -1;
        registers[SPURIOUS >> 4] = ENABLED | 0xff;
        for (int lvt = LVT_TIMER; lvt <= LVT_ERROR; lvt += 16) {
            registers[lvt >> 4] = MASKED;
        }
        registers[LVT_LINT0 >> 4] = EXTINT;
        registers[LVT_LINT1 >> 4] = NMI;
    }

    /**
     * Starts the timer's clock; the processor that has it needs the APIC first.
     *
     * @param clock virtual time in nanoseconds
     */
    public void connect(LongSupplier clock, Timeline timeline) {
        this.clock = clock;
        this.timeline = timeline;
    }

    /** Runs when an interrupt is requested, so that the processor can look up from what it does. */
    public void onRequest(Runnable action) {
        onRequest = action;
        pic.onRequest(action);
    }

    private int register(int offset) {
        return registers[offset >> 4];
    }

    private boolean isEnabled() {
        return (register(SPURIOUS) & ENABLED) != 0;
    }

    private int processorPriority() {
        int task = register(TASK_PRIORITY) & 0xff;
        int service = Math.max(0, inService.highest()) & 0xf0;
        return (task & 0xf0) >= service ? task : service;
    }

    private boolean hasOwn() {
        return isEnabled() && requests.highest() >> 4 > processorPriority() >> 4;
    }

    private boolean isPicPending() {
        return (register(LVT_LINT0) & (MASKED | DELIVERY_MODE)) == EXTINT && pic.isPending();
    }

    @Override
    public boolean isPending() {
        return hasOwn() || isPicPending();
    }

    @Override
    public int acknowledge() {
        if (hasOwn()) {
            int vector = requests.highest();
            requests.remove(vector);
            inService.add(vector);
            return vector;
        }
        return isPicPending() ? pic.acknowledge() : register(SPURIOUS) & 0xff;
    }

    private void request(int vector) {
        requests.add(vector);
        onRequest.run();
    }

    @Override
    public long read(long offset, int size) {
        int at = (int) offset & 0xff0;
        int value = switch (at) {
            case VERSION -> VERSION_VALUE;
            case PROCESSOR_PRIORITY -> processorPriority();
            case CURRENT_COUNT -> (int) remaining();
            case END_OF_INTERRUPT -> 0;
            default -> {
                if (at >= IN_SERVICE && at < TRIGGER_MODE) {
                    yield inService.word(at - IN_SERVICE >> 4);
                }
                if (at >= REQUESTS && at < ERROR_STATUS) {
                    yield requests.word(at - REQUESTS >> 4);
                }
                yield register(at);
            }
        };
        return (value & 0xffff_ffffL) >>> 8 * (offset & 15);
    }

    @Override
    public void write(long offset, int size, long value) {
        int at = (int) offset & 0xff0;
        int word = (int) value;
        switch (at) {
            case END_OF_INTERRUPT -> {
                inService.remove(inService.highest());
                lookAgain();
            }
            case TASK_PRIORITY -> {
                registers[at >> 4] = word & 0xff;
                lookAgain();
            }
            case COMMAND -> command(word);
            case INITIAL_COUNT -> {
                registers[at >> 4] = word;
                startTimer();
            }
            case DIVIDE -> {
                registers[at >> 4] = word & 0x0b;
                startTimer();
            }
            case SPURIOUS -> {
                registers[at >> 4] = word;
                if (!isEnabled()) {
                    for (int lvt = LVT_TIMER; lvt <= LVT_ERROR; lvt += 16) {
                        registers[lvt >> 4] |= MASKED;
                    }
                }
                lookAgain();
            }
            case ERROR_STATUS -> registers[at >> 4] = 0;
            case ID, LOGICAL_DESTINATION -> registers[at >> 4] = word & 0xff00_0000;
            default -> {
                if (at >= LVT_TIMER && at <= LVT_ERROR) {
                    registers[at >> 4] = isEnabled() ? word : word | MASKED;
                    lookAgain();
                } else if (at == DESTINATION_FORMAT || at == COMMAND + 0x10) {
                    registers[at >> 4] = word;
                }
            }
        }
    }

    private void lookAgain() {
        if (isPending()) {
            onRequest.run();
        }
    }

    /** The only processor there is receives what is sent to itself, to all, or to its own identifier; 0 is its own. */
    private void command(int word) {
        registers[COMMAND >> 4] = word & ~(1 << 12);
        int shorthand = word >> 18 & 3;
        boolean fixed = (word & DELIVERY_MODE) == 0;
        boolean mine = shorthand == 1 || shorthand == 2 || shorthand == 0 && isOwn(word);
        if (fixed && mine) {
            request(word & 0xff);
        }
    }

    private boolean isOwn(int command) {
        int destination = registers[COMMAND + 0x10 >> 4] >>> 24;
        boolean logical = (command & 1 << 11) != 0;
        return destination == 0xff
                || (logical
                        ? (destination & register(LOGICAL_DESTINATION) >>> 24) != 0
                        : destination == register(ID) >>> 24);
    }

    private long divisor() {
        int code = register(DIVIDE) & 3 | register(DIVIDE) >> 1 & 4;
        return code == 7 ? 1 : 2L << code;
    }

    private long initialCount() {
        return register(INITIAL_COUNT) & 0xffff_ffffL;
    }

    private boolean isPeriodic() {
        return (register(LVT_TIMER) & PERIODIC) != 0;
    }

    private long remaining() {
        long elapsed = (clock.getAsLong() - timerStart) / divisor();
        if (initialCount() == 0) {
            return 0;
        }
        return isPeriodic() ? initialCount() - elapsed % initialCount() : Math.max(0, initialCount() - elapsed);
    }

    private void startTimer() {
        timerStart = clock.getAsLong();
        if (expiry != null) {
            expiry.cancel();
            expiry = null;
        }
        if (initialCount() != 0) {
            expiry = timeline.at(timerStart + initialCount() * divisor(), this::expire);
        }
    }

    private void expire() {
        expiry = null;
        if (isPeriodic()) {
            startTimer();
        }
        if ((register(LVT_TIMER) & MASKED) == 0 && isEnabled()) {
            request(register(LVT_TIMER) & 0xff);
        }
    }
}
