package org.pvdiet.emulator.platform.xenpv;

/** Bitmaps in shared_info, and a selector in vcpu_info of the words that have news (common/event_2l.c). */
final class TwoLevelPorts implements PortForm {
    private static final int WORD = 64;

    private final SharedInfo sharedInfo;
    private final Blocking blocking;

    TwoLevelPorts(SharedInfo sharedInfo, Blocking blocking) {
        this.sharedInfo = sharedInfo;
        this.blocking = blocking;
    }

    @Override
    public void raise(int port) {
        if (sharedInfo.testAndSetPending(port)) {
            return;
        }
        if (!sharedInfo.isMasked(port) && !sharedInfo.testAndSetSelector(port / WORD)) {
            blocking.eventPending();
        }
        blocking.portRaised(port);
    }

    @Override
    public void clear(int port) {
        sharedInfo.clearPending(port);
    }

    @Override
    public void unmask(int port) {
        boolean masked = sharedInfo.isMasked(port);
        sharedInfo.unmask(port);
        if (masked && sharedInfo.isPending(port) && !sharedInfo.testAndSetSelector(port / WORD)) {
            blocking.eventPending();
        }
    }

    @Override
    public boolean isPending(int port) {
        return sharedInfo.isPending(port);
    }
}
