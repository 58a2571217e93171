package org.pvdiet.emulator.platform.xenpv;

/** Takes the guest to its event handler where an event is pending and the guest takes events (test_guest_events). */
final class Upcalls {
    /** HYPERVISOR_CALLBACK_VECTOR of Linux: what its own tables call this interrupt; Xen has no number for it. */
    private static final int VECTOR = 0xf3;

    private final Domain domain;
    private final Bounce bounce;

    Upcalls(Domain domain, Bounce bounce) {
        this.domain = domain;
        this.bounce = bounce;
    }

    /** True where the guest's state has changed. */
    boolean deliver() {
        if (domain.cpu.isHalted() || !domain.sharedInfo.isUpcallPending() || domain.sharedInfo.upcallMask() != 0) {
            return false;
        }
        domain.observer().interrupt(VECTOR);
        bounce.callback(new Vcpu.Callback(domain.vcpu.event.address(), true));
        return true;
    }
}
