package org.pvdiet.analyzer.calls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.pvdiet.traces.RowGroup;
import org.pvdiet.traces.Table;

class SliceTest {
    @Test
    void holdEveryRowOnce() {
        RowGroup loop = group(0, 131_072, 7_800);
        RowGroup startUp = group(131_072, 131_071, 514_960);
        RowGroup end = group(262_143, 3, 514_960);

        List<Slice> slices = Slice.of(List.of(loop, startUp, end), Slice.Limits.USUAL);

        long next = 0;
        for (Slice slice : slices) {
            assertTrue(slice.rows() > 0);
            assertEquals(next, slice.seq(slice.from()));
            assertEquals(slice.from() == 0, slice.isFirst());
            next = slice.seq(slice.to());
        }
        assertEquals(262_146, next);
        assertEquals(
                List.of(0, 1, 1, 1, 1, 1, 1, 1, 1, 2),
                slices.stream().map(Slice::number).toList());
    }

    private static RowGroup group(long firstSeq, int rows, long bytes) {
        return new RowGroup(Table.CALLS, 0, 0, rows, bytes, firstSeq, firstSeq + rows - 1, firstSeq, firstSeq + rows);
    }
}
