package org.pvdiet.emulator.platform.xenpv;

import java.util.Arrays;
import org.pvdiet.emulator.cpu.Cpu;
import org.pvdiet.emulator.time.Timeline;

/** Whether the virtual CPU runs, or waits for an event or one of some ports (common/sched/core.c). */
final class Blocking {
    private final Cpu cpu;
    private final Timeline timeline;
    private final SharedInfo sharedInfo;
    private final Runstate runstate;
    private int[] polled = {};
    private Timeline.Event timeout;

    Blocking(Domain domain, Runstate runstate) {
        this.cpu = domain.cpu;
        this.timeline = domain.timeline;
        this.sharedInfo = domain.sharedInfo;
        this.runstate = runstate;
    }

    /** Waits for an event. */
    void block() {
        cpu.observer().halt();
        runstate.change(Runstate.BLOCKED, cpu.time());
        cpu.setHalted(true);
    }

    /**
     * Waits for one of some ports, or any event that can be delivered.
     *
     * @param until system time at which to go on, 0 for never
     */
    void poll(int[] ports, long until) {
        polled = ports.clone();
        if (until != 0) {
            timeout = timeline.at(Math.max(until, cpu.time()), this::wake);
        }
        block();
    }

    /** Goes on, if it waits at all. */
    void wake() {
        if (!cpu.isHalted()) {
            return;
        }
        polled = new int[0];
        if (timeout != null) {
            timeout.cancel();
            timeout = null;
        }
        runstate.change(Runstate.RUNNING, cpu.time());
        cpu.setHalted(false);
    }

    /** There is news for the guest's event handler (vcpu_mark_events_pending). */
    void eventPending() {
        if (!sharedInfo.isUpcallPending()) {
            sharedInfo.setUpcallPending();
            wake();
        }
    }

    /** A port that had no event pending has one. */
    void portRaised(int port) {
        if (Arrays.stream(polled).anyMatch(p -> p == port)) {
            wake();
        }
    }
}
