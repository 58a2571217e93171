package org.pvdiet.emulator.platform.xenpv;

import org.pvdiet.emulator.machine.Console;

/** console_io: Xen's own console, open to the guest as in a Xen built with CONFIG_VERBOSE_DEBUG (common xsm/dummy.h). */
final class ConsoleIo {
    private static final int WRITE = 0;
    private static final int READ = 1;

    private final Domain domain;
    private final Console console;

    ConsoleIo(Domain domain, Console console) {
        this.domain = domain;
        this.console = console;
    }

    long call(int command, int count, long buffer) {
        if (command == READ) {
            return 0;
        }
        if (command != WRITE) {
            return domain.unimplemented.enosys("console_io " + command);
        }
        for (int i = 0; i < count; i++) {
            console.write(domain.guest.load8(buffer + i));
        }
        return 0;
    }
}
