package org.pvdiet.emulator.platform.xenpv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pvdiet.emulator.platform.Platform.Frames;

class MachineLayoutTest {
    @ParameterizedTest
    @ValueSource(longs = {16L << 20, 256L << 20, 1900L << 20})
    void everyGuestFrameHasOneMachineFrameOfTheHeap(long bytes) {
        MachineLayout layout = MachineLayout.forGuest(bytes);
        BitSet used = new BitSet();
        long pfn = 0;
        for (Frames run : layout.assign(7)) {
            assertEquals(pfn, run.pfn());
            for (long i = 0; i < run.count(); i++) {
                int mfn = (int) (run.mfn() + i);
                assertTrue(mfn >= layout.firstHeapFrame() && mfn < layout.machineFrames());
                assertTrue(!used.get(mfn), "used twice");
                assertNotEquals(run.pfn() + i, mfn, "an untranslated number would not show");
                used.set(mfn);
            }
            pfn += run.count();
        }
        assertEquals(bytes >> 12, pfn);
    }

    @Test
    void theSeedDecides() {
        MachineLayout layout = MachineLayout.forGuest(64 << 20);
        List<Frames> one = layout.assign(1);
        assertEquals(one, layout.assign(1));
        assertNotEquals(one, layout.assign(2));
    }
}
