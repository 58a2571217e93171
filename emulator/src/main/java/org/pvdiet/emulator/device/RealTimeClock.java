package org.pvdiet.emulator.device;

import java.time.LocalDateTime;
import java.util.function.LongSupplier;
import org.pvdiet.emulator.time.Timeline;

/**
 * The MC146818 real-time clock and the CMOS memory of a PC. Its time is a function of virtual time; events are scheduled
 * only while an interrupt is enabled, so that a clock nobody listens to wakes nobody.
 */
public final class RealTimeClock implements PortDevice {
    private static final int INDEX = 0x70;
    private static final int DATA = 0x71;

    private static final int SECONDS = 0;
    private static final int SECONDS_ALARM = 1;
    private static final int MINUTES = 2;
    private static final int MINUTES_ALARM = 3;
    private static final int HOURS = 4;
    private static final int HOURS_ALARM = 5;
    private static final int DAY_OF_WEEK = 6;
    private static final int DAY = 7;
    private static final int MONTH = 8;
    private static final int YEAR = 9;
    private static final int STATUS_A = 10;
    private static final int STATUS_B = 11;
    private static final int STATUS_C = 12;
    private static final int STATUS_D = 13;
    private static final int CENTURY = 0x32;

    private static final int A_UPDATE_IN_PROGRESS = 0x80;
    private static final int B_SET = 0x80;
    private static final int B_BINARY = 0x04;
    private static final int B_24_HOURS = 0x02;

    /** The flags of register C stand where their enables stand in register B. */
    private static final int PERIODIC = 0x40;

    private static final int ALARM = 0x20;
    private static final int UPDATE = 0x10;
    private static final int INTERRUPT = 0x80;
    private static final int VALID = 0x80;

    private static final long SECOND = 1_000_000_000;
    private static final int SECONDS_OF_DAY = 86_400;

    /** 244 microseconds of warning and 1984 of update, with the 32.768 kHz crystal of every PC. */
    private static final long UPDATE_CYCLE = 2_228_000;

    private final LongSupplier clock;
    private final Timeline timeline;
    private final IrqLine irq;
    private final byte[] cmos = new byte[128];
    private int index;

    /** The date at virtual time 0. */
    private LocalDateTime epoch;

    /** Second of virtual time at which the clock stands still, while {@code B_SET}. */
    private long stopped = -1;

    /** Virtual time up to which the flags of register C have been worked out. */
    private long seen;

    private int flags;
    private Timeline.Event due;

    /**
     * @param clock virtual time in nanoseconds
     * @param irq line 8
     * @param start the date at virtual time 0
     * @param memory bytes of RAM, for the sizes that a BIOS leaves in CMOS memory
     */
    public RealTimeClock(LongSupplier clock, Timeline timeline, IrqLine irq, LocalDateTime start, long memory) {
        this.clock = clock;
        this.timeline = timeline;
        this.irq = irq;
        this.epoch = start;
        cmos[STATUS_A] = 0x26;
        cmos[STATUS_B] = B_24_HOURS;
        word(0x15, 640);
        int extended = (int) Math.min(0xffff, Math.max(0, memory - (1 << 20)) >> 10);
        word(0x17, extended);
        word(0x30, extended);
        word(0x34, (int) (Math.max(0, memory - (16 << 20)) >> 16));
    }

    private void word(int at, int value) {
        cmos[at] = (byte) value;
        cmos[at + 1] = (byte) (value >> 8);
    }

    public void connect(PortSpace ports) {
        ports.map(INDEX, 2, this);
    }

    private long second() {
        return stopped >= 0 ? stopped : clock.getAsLong() / SECOND;
    }

    private boolean isSet(int bit) {
        return (cmos[STATUS_B] & bit) != 0;
    }

    @Override
    public int in(int port) {
        return port == DATA ? read(index) : 0xff;
    }

    @Override
    public void out(int port, int value) {
        if (port == INDEX) {
            // Bit 7 masks NMI.
            index = value & 0x7f;
        } else {
            write(index, value);
        }
    }

    private int read(int register) {
        LocalDateTime date = epoch.plusSeconds(second());
        return switch (register) {
            case SECONDS -> encode(date.getSecond());
            case MINUTES -> encode(date.getMinute());
            case HOURS -> encodeHour(date.getHour());
            case DAY_OF_WEEK -> encode(date.getDayOfWeek().getValue() % 7 + 1);
            case DAY -> encode(date.getDayOfMonth());
            case MONTH -> encode(date.getMonthValue());
            case YEAR -> encode(date.getYear() % 100);
            case CENTURY -> encode(date.getYear() / 100);
            case STATUS_A -> cmos[STATUS_A] & 0x7f | (isUpdating() ? A_UPDATE_IN_PROGRESS : 0);
            case STATUS_C -> acknowledge();
            case STATUS_D -> VALID;
            default -> cmos[register] & 0xff;
        };
    }

    private boolean isUpdating() {
        return !isSet(B_SET) && clock.getAsLong() % SECOND >= SECOND - UPDATE_CYCLE;
    }

    private void write(int register, int value) {
        catchUp();
        switch (register) {
            case SECONDS, MINUTES, HOURS, DAY, MONTH, YEAR, CENTURY -> setDate(register, value);
            case STATUS_B -> {
                if ((value & B_SET) == 0) {
                    resume();
                } else if (stopped < 0) {
                    stopped = second();
                }
                // SET clears the update interrupt's enable.
                cmos[STATUS_B] = (byte) ((value & B_SET) != 0 ? value & ~UPDATE : value);
            }
            case STATUS_C, STATUS_D, DAY_OF_WEEK -> {
                // The first two are read-only; the day of the week follows the date.
            }
            default -> cmos[register] = (byte) value;
        }
        update();
    }

    private void resume() {
        if (stopped >= 0) {
            epoch = epoch.plusSeconds(stopped - clock.getAsLong() / SECOND);
            stopped = -1;
        }
    }

    /** Fields out of range, and days that their month has not, leave the date as it was. */
    private void setDate(int register, int value) {
        LocalDateTime date = epoch.plusSeconds(second());
        int number = decode(register == HOURS ? value & 0x7f : value);
        LocalDateTime changed = switch (register) {
            case SECONDS -> number < 60 ? date.withSecond(number) : date;
            case MINUTES -> number < 60 ? date.withMinute(number) : date;
            case HOURS -> decodeHour(value) < 24 ? date.withHour(decodeHour(value)) : date;
            case DAY ->
                number >= 1 && number <= date.toLocalDate().lengthOfMonth() ? date.withDayOfMonth(number) : date;
            case MONTH -> number >= 1 && number <= 12 ? date.withMonth(number) : date;
            case YEAR -> date.withYear(date.getYear() / 100 * 100 + number % 100);
            default -> date.withYear(number * 100 + date.getYear() % 100);
        };
        epoch = changed.minusSeconds(second());
    }

    private int encode(int value) {
        return isSet(B_BINARY) ? value : value / 10 << 4 | value % 10;
    }

    private int decode(int value) {
        return isSet(B_BINARY) ? value : (value >> 4) * 10 + (value & 15);
    }

    private int encodeHour(int hour) {
        if (isSet(B_24_HOURS)) {
            return encode(hour);
        }
        return encode((hour + 11) % 12 + 1) | (hour >= 12 ? 0x80 : 0);
    }

    private int decodeHour(int value) {
        if (isSet(B_24_HOURS)) {
            return decode(value);
        }
        return decode(value & 0x7f) % 12 + ((value & 0x80) != 0 ? 12 : 0);
    }

    /** Reading register C clears its flags and takes the interrupt back. */
    private int acknowledge() {
        catchUp();
        int value = flags | (isRequesting() ? INTERRUPT : 0);
        flags = 0;
        update();
        return value;
    }

    private boolean isRequesting() {
        return (flags & cmos[STATUS_B] & (PERIODIC | ALARM | UPDATE)) != 0;
    }

    /** Nanoseconds of the periodic interrupt, 0 for none: 32768 Hz divided by 2^(rate - 1); rates 1 and 2 are 8 and 9. */
    private long period() {
        int rate = cmos[STATUS_A] & 15;
        if (rate == 0) {
            return 0;
        }
        return SECOND * (1L << (rate < 3 ? rate + 6 : rate - 1)) / 32_768;
    }

    /** Sets the flags of what happened since they were last worked out. */
    private void catchUp() {
        long now = clock.getAsLong();
        if (period() != 0 && now / period() != seen / period()) {
            flags |= PERIODIC;
        }
        if (!isSet(B_SET) && now / SECOND != seen / SECOND) {
            flags |= UPDATE;
            if (nextAlarm(seen / SECOND) <= now / SECOND) {
                flags |= ALARM;
            }
        }
        seen = now;
    }

    /** The first second of virtual time after {@code second} at which the alarm matches. */
    private long nextAlarm(long second) {
        int today = epoch.plusSeconds(second).toLocalTime().toSecondOfDay();
        for (int i = 1; i <= SECONDS_OF_DAY; i++) {
            int candidate = (today + i) % SECONDS_OF_DAY;
            if (matches(SECONDS_ALARM, encode(candidate % 60))
                    && matches(MINUTES_ALARM, encode(candidate / 60 % 60))
                    && matches(HOURS_ALARM, encodeHour(candidate / 3600))) {
                return second + i;
            }
        }
        return Long.MAX_VALUE / SECOND;
    }

    /** Alarm bytes with both top bits set match always. */
    private boolean matches(int alarm, int value) {
        int wanted = cmos[alarm] & 0xff;
        return wanted >= 0xc0 || wanted == value;
    }

    private void update() {
        irq.set(isRequesting());
        if (due != null) {
            due.cancel();
            due = null;
        }
        long now = clock.getAsLong();
        long next = Long.MAX_VALUE;
        if (isSet(PERIODIC) && period() != 0) {
            next = (now / period() + 1) * period();
        }
        if (isSet(UPDATE) && !isSet(B_SET)) {
            next = Math.min(next, (now / SECOND + 1) * SECOND);
        }
        if (isSet(ALARM) && !isSet(B_SET)) {
            next = Math.min(next, nextAlarm(now / SECOND) * SECOND);
        }
        if (next != Long.MAX_VALUE) {
            due = timeline.at(next, () -> {
                catchUp();
                update();
            });
        }
    }
}
