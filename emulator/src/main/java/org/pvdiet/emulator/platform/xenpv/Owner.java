package org.pvdiet.emulator.platform.xenpv;

/** Whom a machine frame belongs to. */
enum Owner {
    /** In Xen's heap, for whoever asks. */
    FREE,
    /** Xen's own; the guest can at most read it through what Xen maps. */
    XEN,
    /** Not RAM: the first megabyte, as Xen treats it. */
    IO,
    GUEST
}
