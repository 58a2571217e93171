package org.pvdiet.emulator.platform;

import java.util.List;

/** A guest placed on a platform, ready to run. */
public interface Platform {
    /** As users write it: {@code native}, {@code xen-pv}. */
    String name();

    /**
     * Delivers an interrupt or event to the guest if one is pending and the guest takes it now.
     *
     * @return true if the guest's state changed
     */
    boolean deliverInterrupt();

    /** What the guest asked for that is not there, each named once, in the order it was first asked for. */
    List<String> unimplemented();
}
