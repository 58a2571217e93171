package org.pvdiet.emulator.device;

/**
 * One 8259A interrupt controller (Intel 231468-003), with the edge/level register that PCs since EISA put beside it. Reads
 * and writes are by its address pin A0.
 */
final class Pic8259 {
    private static final int NONE = -1;

    /** What the spurious request is answered with: "IR7 default" in the data sheet. */
    private static final int SPURIOUS = 7;

    private final boolean master;
    private final int levelCapable;
    private int lines;
    private int requests;
    private int inService;
    private int mask = 0xff;
    private int levelTriggered;
    private int vectorBase;
    private int lowestPriority = 7;
    private boolean autoEoi;
    private boolean rotateOnAutoEoi;
    private boolean specialMask;
    private boolean specialFullyNested;
    private boolean readInService;
    private boolean poll;

    /** Which initialisation command word is expected next, 0 outside initialisation. */
    private int expectedWord;

    private boolean fourthWord;

    /**
     * @param levelCapable the lines that ELCR can make level-triggered
     */
    Pic8259(boolean master, int levelCapable) {
        this.master = master;
        this.levelCapable = levelCapable;
    }

    /**
     * The level on a request pin. A request lasts only while its pin is high, also in edge mode: the pin "must remain
     * high until after the falling edge of the first INTA".
     */
    void set(int line, boolean high) {
        int bit = 1 << line;
        boolean was = (lines & bit) != 0;
        if (high) {
            lines |= bit;
            if (!was || (levelTriggered & bit) != 0) {
                requests |= bit;
            }
        } else {
            lines &= ~bit;
            requests &= ~bit;
        }
    }

    /** The INT pin. */
    boolean isRequesting() {
        return mostUrgent() != NONE;
    }

    private int mostUrgent() {
        int pending = requests & ~mask;
        if (pending == 0) {
            return NONE;
        }
        for (int i = 1; i <= 8; i++) {
            int level = lowestPriority + i & 7;
            int bit = 1 << level;
            boolean nestsInItself = master && specialFullyNested && level == PicPair.CASCADE;
            if ((pending & bit) != 0 && (nestsInItself || (inService & bit) == 0)) {
                return level;
            }
            boolean ignored = specialMask && (mask & bit) != 0;
            if ((inService & bit) != 0 && !ignored) {
                return NONE;
            }
        }
        return NONE;
    }

    /** The INTA cycle: the level that goes into service, or IR7 where the request has gone away. */
    int acknowledge() {
        int level = mostUrgent();
        if (level == NONE) {
            return SPURIOUS;
        }
        int bit = 1 << level;
        if ((levelTriggered & bit) == 0) {
            requests &= ~bit;
        }
        if (!autoEoi) {
            inService |= bit;
        } else if (rotateOnAutoEoi) {
            lowestPriority = level;
        }
        return level;
    }

    int vectorBase() {
        return vectorBase;
    }

    int readLevelTriggered() {
        return levelTriggered;
    }

    void writeLevelTriggered(int value) {
        levelTriggered = value & levelCapable;
    }

    int read(boolean a0) {
        if (poll) {
            poll = false;
            return isRequesting() ? 0x80 | acknowledge() : 0;
        }
        if (a0) {
            return mask;
        }
        return readInService ? inService : requests;
    }

    void write(boolean a0, int value) {
        if (!a0 && (value & 0x10) != 0) {
            initialise(value);
        } else if (a0 && expectedWord != 0) {
            initialisationWord(value);
        } else if (a0) {
            mask = value;
        } else if ((value & 0x08) != 0) {
            thirdOperationWord(value);
        } else {
            endOfInterrupt(value);
        }
    }

    /** ICW1. Its edge/level bit has no effect where ELCR decides; a PC is always cascaded, so ICW3 follows. */
    private void initialise(int value) {
        requests = 0;
        inService = 0;
        mask = 0;
        lowestPriority = 7;
        autoEoi = false;
        rotateOnAutoEoi = false;
        specialMask = false;
        specialFullyNested = false;
        readInService = false;
        poll = false;
        fourthWord = (value & 1) != 0;
        expectedWord = 2;
    }

    private void initialisationWord(int value) {
        switch (expectedWord) {
            case 2 -> {
                vectorBase = value & 0xf8;
                expectedWord = 3;
            }
            case 3 -> expectedWord = fourthWord ? 4 : 0;
            default -> {
                autoEoi = (value & 0x02) != 0;
                specialFullyNested = (value & 0x10) != 0;
                expectedWord = 0;
            }
        }
    }

    private void thirdOperationWord(int value) {
        if ((value & 0x40) != 0) {
            specialMask = (value & 0x20) != 0;
        }
        poll = (value & 0x04) != 0;
        if ((value & 0x02) != 0) {
            readInService = (value & 0x01) != 0;
        }
    }

    private void endOfInterrupt(int value) {
        int named = value & 7;
        boolean rotate = (value & 0x80) != 0;
        switch (value >> 5) {
            case 0 -> rotateOnAutoEoi = false;
            case 4 -> rotateOnAutoEoi = true;
            case 1, 5 -> {
                for (int i = 1; i <= 8; i++) {
                    int level = lowestPriority + i & 7;
                    if ((inService & 1 << level & (specialMask ? ~mask : 0xff)) != 0) {
                        finish(level, rotate);
                        break;
                    }
                }
            }
            case 3, 7 -> finish(named, rotate);
            case 6 -> lowestPriority = named;
            default -> {
                // 2: no operation.
            }
        }
    }

    private void finish(int level, boolean rotate) {
        inService &= ~(1 << level);
        if (rotate) {
            lowestPriority = level;
        }
        int bit = 1 << level;
        if ((levelTriggered & lines & bit) != 0) {
            requests |= bit;
        }
    }
}
