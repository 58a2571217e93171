package org.pvdiet.emulator.device;

/**
 * One counter of an 8254 (Intel 231164-005), as a function of the clock tick: nothing is counted, a count is worked out
 * when somebody looks. Times are ticks.
 */
final class PitCounter {
    private static final long NOT_LOADED = Long.MIN_VALUE;
    private static final long NEVER = Long.MAX_VALUE;

    private int mode;
    private int access = 3;
    private boolean decimal;
    private boolean gate = true;

    /** What was written: 1 to 65536. */
    private long written;

    /** The count in use, and the tick at which the counting element held it. */
    private long count = 0x10000;

    private long start = NOT_LOADED;

    /** In modes 2 and 3: a new count takes over when the current period ends, at {@link #reload}. */
    private long reload = NEVER;

    private boolean paused;
    private long pausedElapsed;

    private int lowWritten;
    private boolean highNext;
    private boolean readHighNext;
    private int latched = -1;
    private int latchedStatus = -1;

    /** The control word: counting stops until a count is written. */
    void control(int word, long now) {
        access = word >> 4 & 3;
        int asked = word >> 1 & 7;
        mode = asked > 5 ? asked - 4 : asked;
        decimal = (word & 1) != 0;
        start = NOT_LOADED;
        reload = NEVER;
        paused = false;
        highNext = false;
        readHighNext = false;
        latched = -1;
        latchedStatus = -1;
    }

    void latchCount(long now) {
        if (latched < 0) {
            latched = counted(now);
        }
    }

    void latchStatus(long now) {
        if (latchedStatus < 0) {
            boolean isNull = start == NOT_LOADED || now < start || reload != NEVER && now < reload;
            latchedStatus =
                    (output(now) ? 0x80 : 0) | (isNull ? 0x40 : 0) | access << 4 | mode << 1 | (decimal ? 1 : 0);
        }
    }

    void write(int value, long now) {
        switch (access) {
            case 1 -> load(value, now);
            case 2 -> load(value << 8, now);
            default -> {
                if (highNext) {
                    highNext = false;
                    load(value << 8 | lowWritten, now);
                } else {
                    highNext = true;
                    lowWritten = value;
                    if (mode == 0) {
                        // "Writing the first byte disables counting. OUT is set low immediately."
                        start = NOT_LOADED;
                    }
                }
            }
        }
    }

    private void load(int value, long now) {
        settle(now);
        written = decimal ? fromDecimal(value) : value;
        if (written == 0) {
            written = decimal ? 10_000 : 0x10000;
        }
        boolean isCounting = start != NOT_LOADED;
        if (mode == 1 || mode == 5) {
            // Waits for the gate's edge.
            return;
        }
        if ((mode == 2 || mode == 3) && isCounting && gate) {
            long elapsed = Math.max(0, now - start);
            reload = start + (elapsed / count + 1) * count;
            return;
        }
        begin(now);
    }

    /** The counting element takes the count with the next clock. */
    private void begin(long now) {
        count = written;
        start = now + 1;
        reload = NEVER;
        paused = !gate;
        pausedElapsed = 0;
    }

    /** Lets a count that was waiting for the period's end take over. */
    private void settle(long now) {
        if (now >= reload) {
            count = written;
            start = reload;
            reload = NEVER;
        }
    }

    void setGate(boolean high, long now) {
        if (high == gate) {
            return;
        }
        settle(now);
        gate = high;
        switch (mode) {
            case 0, 4 -> {
                if (start != NOT_LOADED) {
                    if (high) {
                        start = now - pausedElapsed;
                    } else {
                        pausedElapsed = now - start;
                    }
                    paused = !high;
                }
            }
            default -> {
                if (high && written != 0) {
                    begin(now);
                }
            }
        }
    }

    boolean gate() {
        return gate;
    }

    private long elapsed(long now) {
        return paused ? pausedElapsed : now - start;
    }

    /** The OUT pin. */
    boolean output(long now) {
        settle(now);
        if (start == NOT_LOADED) {
            return mode != 0;
        }
        long elapsed = elapsed(now);
        return switch (mode) {
            case 0, 1 -> elapsed >= count;
            case 2 -> elapsed < 0 || !gate || elapsed % count != count - 1;
            case 3 -> elapsed < 0 || !gate || elapsed % count < (count + 1) / 2;
            default -> elapsed != count;
        };
    }

    /** The next tick after {@code now} at which the OUT pin may change, or {@code Long.MAX_VALUE}. */
    long nextChange(long now) {
        settle(now);
        if (start == NOT_LOADED || paused || !gate && (mode == 2 || mode == 3)) {
            return NEVER;
        }
        long elapsed = now - start;
        long period = Math.max(0, elapsed) / count * count;
        return switch (mode) {
            case 0, 1 -> elapsed < count ? start + count : NEVER;
            case 2 -> start + (elapsed < period + count - 1 ? period + count - 1 : period + count);
            case 3 -> start + (elapsed < period + (count + 1) / 2 ? period + (count + 1) / 2 : period + count);
            default -> elapsed < count ? start + count : elapsed == count ? start + count + 1 : NEVER;
        };
    }

    /** The counting element as it would be read now. */
    private int counted(long now) {
        settle(now);
        long modulus = decimal ? 10_000 : 0x10000;
        long elapsed = start == NOT_LOADED ? 0 : Math.max(0, elapsed(now));
        long value = switch (mode) {
            case 2 -> count - elapsed % count;
            case 3 -> {
                long high = (count + 1) / 2;
                long phase = elapsed % count;
                yield (count & -2) - 2 * (phase < high ? phase : phase - high);
            }
            default -> Math.floorMod(count - elapsed, modulus);
        };
        value %= modulus;
        return decimal ? toDecimal((int) value) : (int) value;
    }

    int read(long now) {
        if (latchedStatus >= 0) {
            int status = latchedStatus;
            latchedStatus = -1;
            return status;
        }
        int value = latched >= 0 ? latched : counted(now);
        boolean high = access == 2 || access == 3 && readHighNext;
        if (access == 3) {
            readHighNext = !readHighNext;
        }
        if (access != 3 || high) {
            latched = -1;
        }
        return high ? value >> 8 & 0xff : value & 0xff;
    }

    private static int fromDecimal(int digits) {
        return (digits >> 12) * 1000 + (digits >> 8 & 15) * 100 + (digits >> 4 & 15) * 10 + (digits & 15);
    }

    private static int toDecimal(int value) {
        return value / 1000 << 12 | value / 100 % 10 << 8 | value / 10 % 10 << 4 | value % 10;
    }
}
