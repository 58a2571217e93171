package org.pvdiet.emulator.platform.xenpv;

import org.pvdiet.emulator.time.Timeline;

/** The virtual CPU's single-shot and periodic timer; both raise VIRQ_TIMER. */
final class VirtualTimers {
    /** A PV guest begins with a 100 Hz ticker (arch/x86/pv/domain.c). */
    private static final long INITIAL_PERIOD = 10_000_000;

    private final Timeline timeline;
    private final EventChannels events;
    private Timeline.Event single;
    private Timeline.Event periodic;

    VirtualTimers(Timeline timeline, EventChannels events) {
        this.timeline = timeline;
        this.events = events;
    }

    void start(long now) {
        setPeriod(now, INITIAL_PERIOD);
    }

    /** At {@code due} of system time; what is past is due now. */
    void setSingle(long now, long due) {
        stopSingle();
        single = timeline.at(Math.max(now, due), () -> {
            single = null;
            events.raiseVirq(EventChannels.VIRQ_TIMER);
        });
    }

    void stopSingle() {
        if (single != null) {
            single.cancel();
            single = null;
        }
    }

    /** Every {@code period} nanoseconds; 0 stops it. */
    void setPeriod(long now, long period) {
        if (periodic != null) {
            periodic.cancel();
            periodic = null;
        }
        if (period != 0) {
            periodic = timeline.at(now + period, () -> {
                events.raiseVirq(EventChannels.VIRQ_TIMER);
                setPeriod(now + period, period);
            });
        }
    }
}
