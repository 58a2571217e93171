package org.pvdiet.emulator.platform.xenpv;

/** How pending and masked ports are shown to the guest; {@code port} is one that exists. */
sealed interface PortForm permits TwoLevelPorts, FifoPorts {
    /** An event has arrived. */
    void raise(int port);

    void clear(int port);

    /** The guest wants the port's events from now on, and the one that is pending. */
    void unmask(int port);

    boolean isPending(int port);
}
