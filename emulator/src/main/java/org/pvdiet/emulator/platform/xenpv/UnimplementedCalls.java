package org.pvdiet.emulator.platform.xenpv;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What the guest asked for that is not there, each named once, in the order of first asking. */
final class UnimplementedCalls {
    private final Set<String> names = new LinkedHashSet<>();

    /** Remembers the name and gives the answer. */
    int enosys(String name) {
        names.add(name);
        return Errno.ENOSYS;
    }

    List<String> names() {
        return List.copyOf(names);
    }
}
