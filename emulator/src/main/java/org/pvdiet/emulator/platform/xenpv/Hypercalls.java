package org.pvdiet.emulator.platform.xenpv;

import org.pvdiet.emulator.cpu.Cpu;

/**
 * The hypercall table: number, name, how many arguments count, and what it does. A call without a handler, like one with an
 * unknown sub-operation, gives -ENOSYS and is remembered by name.
 */
final class Hypercalls {
    static final int IRET = 23;

    /** Where what IRET would pop begins in struct iret_context (public/arch-x86/xen-x86_64.h). */
    private static final int IRET_CONTEXT_RIP = 32;

    private static final int MULTICALL = 13;
    private static final int MULTICALL_ENTRY = 64;
    private static final int MULTICALL_ARGUMENTS = 5;
    private static final int[] ARGUMENTS = {Cpu.RDI, Cpu.RSI, Cpu.RDX, Cpu.R10, Cpu.R8, Cpu.R9};

    /** What a hypercall does with its arguments: its result, negative for an error. */
    interface Handler {
        /**
         * @throws BadGuestAddress for -EFAULT
         */
        long call(long[] arguments);
    }

    private record Entry(String name, int arguments, Handler handler) {}

    private final Domain domain;
    private final Cpu cpu;
    private final Selectors selectors;
    private final Entry[] table = new Entry[64];
    private Runnable iret = () -> {};
    private boolean inMulticall;

    Hypercalls(Domain domain, Selectors selectors) {
        this.domain = domain;
        this.cpu = domain.cpu;
        this.selectors = selectors;
        define(MULTICALL, "multicall", 2, a -> multicall(a[0], (int) a[1]));
    }

    Hypercalls define(int number, String name, int arguments, Handler handler) {
        table[number] = new Entry(name, arguments, handler);
        return this;
    }

    /** Names a hypercall that Xen has and that is not here. */
    Hypercalls missing(int number, String name) {
        return define(number, name, 0, a -> domain.unimplemented.enosys(name));
    }

    /** The one that does not return. */
    Hypercalls defineIret(Runnable handler) {
        iret = handler;
        return this;
    }

    /** SYSCALL from the guest's kernel. */
    void enter() {
        long number = cpu.r[Cpu.RAX];
        if (number == IRET) {
            long context = cpu.r[Cpu.RSP];
            domain.observer().hypercall(IRET, new long[0]);
            iret.run();
            domain.observer().hypercallDone(IRET, cpu.r[Cpu.RAX]);
            domain.observer().returned(context + IRET_CONTEXT_RIP);
            return;
        }
        long[] arguments = new long[ARGUMENTS.length];
        for (int i = 0; i < arguments.length; i++) {
            arguments[i] = cpu.r[ARGUMENTS[i]];
        }
        cpu.r[Cpu.RAX] = call(number, arguments);
        selectors.returnBySysret(false);
    }

    private long call(long number, long[] given) {
        Entry entry = number >= 0 && number < table.length ? table[(int) number] : null;
        if (entry == null) {
            domain.observer().hypercall((int) number, new long[0]);
            long result = domain.unimplemented.enosys("hypercall " + Long.toUnsignedString(number));
            domain.observer().hypercallDone((int) number, result);
            return result;
        }
        long[] arguments = new long[entry.arguments];
        System.arraycopy(given, 0, arguments, 0, arguments.length);
        domain.observer().hypercall((int) number, arguments);
        long result;
        try {
            result = entry.handler.call(given);
        } catch (BadGuestAddress e) {
            result = Errno.EFAULT;
        }
        domain.observer().hypercallDone((int) number, result);
        return result;
    }

    /** Calls in a list, each with a place for its result (common/multicall.c). */
    private long multicall(long list, int count) {
        if (inMulticall) {
            return Errno.EINVAL;
        }
        inMulticall = true;
        try {
            for (int i = 0; i < count; i++) {
                long entry = list + (long) i * MULTICALL_ENTRY;
                long[] arguments = new long[ARGUMENTS.length];
                for (int argument = 0; argument < MULTICALL_ARGUMENTS; argument++) {
                    arguments[argument] = domain.guest.load64(entry + 16 + argument * 8L);
                }
                domain.guest.store64(entry + 8, call(domain.guest.load64(entry), arguments));
            }
            return 0;
        } finally {
            inMulticall = false;
        }
    }
}
