package org.pvdiet.emulator.record;

import org.pvdiet.emulator.cpu.Cpu;
import org.pvdiet.emulator.cpu.decode.Segment;
import org.pvdiet.emulator.platform.Platform;
import org.pvdiet.traces.CallColumn;
import org.pvdiet.traces.Mode;

/** The guest's state when something happened, in an event's words. The same object is shown one event after another. */
final class Moment {
    private static final int IA32_KERNEL_GS_BASE = 0xc0000102;
    private static final Segment[] SEGMENTS = Segment.values();

    // Where things are in an event.
    private static final int RETIRED = 1;
    private static final int RIP = 2;
    private static final int RSP = 3;
    private static final int RAX = 4;
    private static final int RFLAGS = 5;
    private static final int CONTROL_REGISTERS = RFLAGS + Cpu.FLAG_WORDS;
    private static final int REGISTERS = CONTROL_REGISTERS + Platform.CONTROL_REGISTERS;

    /** General-purpose registers, selectors and bases, in the order of their columns. */
    static final int ALL_REGISTERS = CallColumn.KERNEL_GS_BASE.ordinal() - CallColumn.RAX.ordinal() + 1;

    /** Where a header has the mode. */
    private static final int MODE = 8;

    private long[] words = {};
    private int at;

    /**
     * Writes an event with the state that the guest is in now.
     *
     * @param header but for the mode
     * @param full whether with all registers
     * @return where the event goes on
     */
    static int put(long[] words, int at, long header, Cpu cpu, Platform platform, boolean readOnlyTable, boolean full) {
        int mode = Mode.of(cpu.cpl(), platform.interruptsEnabled(), platform.isKernelMode(), readOnlyTable);
        words[at] = header | mode << MODE;
        words[at + RETIRED] = cpu.retired();
        words[at + RIP] = cpu.rip();
        words[at + RSP] = cpu.r[Cpu.RSP];
        words[at + RAX] = cpu.r[Cpu.RAX];
        cpu.putFlags(words, at + RFLAGS);
        platform.controlRegisters(words, at + CONTROL_REGISTERS);
        return full ? registers(words, at + REGISTERS, cpu) : at + REGISTERS;
    }

    private static int registers(long[] words, int first, Cpu cpu) {
        int at = first;
        System.arraycopy(cpu.r, 0, words, at, 16);
        at += 16;
        for (Segment segment : SEGMENTS) {
            words[at++] = cpu.segments.get(segment).selector;
        }
        words[at++] = cpu.segments.fs().base;
        words[at++] = cpu.segments.gs().base;
        words[at++] = cpu.msrs.read(IA32_KERNEL_GS_BASE);
        return at;
    }

    /** Becomes that of an event. */
    void show(long[] words, int at) {
        this.words = words;
        this.at = at;
    }

    /** Where the event goes on after the state. */
    int end(boolean full) {
        return at + REGISTERS + (full ? ALL_REGISTERS : 0);
    }

    /** Of every event, also of those without more of the state. */
    long retired() {
        return words[at + RETIRED];
    }

    long rip() {
        return words[at + RIP];
    }

    long rsp() {
        return words[at + RSP];
    }

    long rax() {
        return words[at + RAX];
    }

    long rflags() {
        return Cpu.rflags(words, at + RFLAGS);
    }

    /** As {@link Mode} has it. */
    int mode() {
        return (int) (words[at] >>> MODE) & 0xff;
    }

    boolean interruptsEnabled() {
        return Mode.interruptsEnabled(mode());
    }

    boolean isKernelMode() {
        return Mode.platformKernel(mode());
    }

    /** As {@link Platform#controlRegisters}. */
    void controlRegisters(long[] values, int to) {
        System.arraycopy(words, at + CONTROL_REGISTERS, values, to, Platform.CONTROL_REGISTERS);
    }

    void registers(long[] values) {
        System.arraycopy(words, at + REGISTERS, values, 0, ALL_REGISTERS);
    }
}
