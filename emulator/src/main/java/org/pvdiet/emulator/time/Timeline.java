package org.pvdiet.emulator.time;

import java.util.Comparator;
import java.util.PriorityQueue;

/** What is due when. Times are nanoseconds of virtual time since the machine started; one retired instruction is one. */
public final class Timeline {
    /** A scheduled action; cancelled where it is no longer wanted. */
    public static final class Event {
        private final long due;
        private final long order;
        private final Runnable action;
        private boolean cancelled;

        private Event(long due, long order, Runnable action) {
            this.due = due;
            this.order = order;
            this.action = action;
        }

        public void cancel() {
            cancelled = true;
        }
    }

    /** What {@link #next()} gives where nothing is scheduled. */
    public static final long NEVER = Long.MAX_VALUE;

    private final PriorityQueue<Event> events =
            new PriorityQueue<>(Comparator.<Event>comparingLong(e -> e.due).thenComparingLong(e -> e.order));
    private long scheduled;
    private Runnable onEarlier = () -> {};

    /** Runs {@code action} whenever {@link #next()} has become earlier, so that whoever runs towards it can look again. */
    public void onEarlier(Runnable action) {
        onEarlier = action;
    }

    /** Runs {@code action} at {@code due}; actions of one instant run in the order they were scheduled. */
    public Event at(long due, Runnable action) {
        boolean earlier = due < next();
        Event event = new Event(due, scheduled++, action);
        events.add(event);
        if (earlier) {
            onEarlier.run();
        }
        return event;
    }

    /** When the next action is due, or {@link #NEVER}. */
    public long next() {
        while (!events.isEmpty() && events.peek().cancelled) {
            events.remove();
        }
        return events.isEmpty() ? NEVER : events.peek().due;
    }

    /** Runs what is due up to and including {@code now}. */
    public void advance(long now) {
        while (next() <= now) {
            events.remove().action.run();
        }
    }
}
