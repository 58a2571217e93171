package org.pvdiet.traces;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class RowBatchTest {
    private static final EnumSet<CallColumn> FULL = EnumSet.allOf(CallColumn.class);
    private static final EnumSet<CallColumn> ARGS = EnumSet.range(CallColumn.SEQ, CallColumn.ENTRY);

    @Test
    void aRowHasNothingOfTheOneThatWasInItsPlace() {
        RowBatch<CallColumn> batch = new RowBatch<>(FULL, 2);
        for (int i = 0; i < 2; i++) {
            int row = batch.open();
            FULL.forEach(column -> batch.set(column, row, -1));
        }
        batch.restart(2);
        assertEquals(0, batch.rows());
        assertFalse(batch.anyOpen());
        for (int i = 0; i < 2; i++) {
            int row = batch.append();
            FULL.forEach(column -> assertTrue(batch.isNull(column, row), column::name));
        }
    }

    @Test
    void columnsDoNotTouchEachOther() {
        RowBatch<CallColumn> batch = new RowBatch<>(FULL, 3);
        for (int i = 0; i < 3; i++) {
            batch.append();
        }
        for (CallColumn column : FULL) {
            batch.set(column, 1, column.ordinal());
            for (CallColumn other : FULL) {
                assertEquals(other.compareTo(column) > 0, batch.isNull(other, 1), other::name);
            }
        }
        for (CallColumn column : FULL) {
            assertEquals(column.ordinal(), batch.get(column, 1));
            batch.setNull(column, 1);
            assertTrue(batch.isNull(column, 1));
            assertTrue(batch.isNull(column, 0) && batch.isNull(column, 2), column::name);
        }
    }

    @Test
    void columnsSideBySideAreSetAtOnce() {
        int width = 8;
        for (int first = 0; first + width <= FULL.size(); first++) {
            RowBatch<CallColumn> batch = new RowBatch<>(FULL, 3);
            for (int i = 0; i < 3; i++) {
                batch.append();
            }
            long[] values = {10, 11, 12, 13, 14, 15, 16, 17};
            batch.set(CallColumn.values()[first], 1, values, 0b1011_0101);
            for (CallColumn column : FULL) {
                int i = column.ordinal() - first;
                boolean isSet = i >= 0 && i < width && (0b1011_0101 >> i & 1) != 0;
                assertEquals(!isSet, batch.isNull(column, 1), column::name);
                assertTrue(!isSet || batch.get(column, 1) == 10 + i, column::name);
                assertTrue(batch.isNull(column, 0) && batch.isNull(column, 2), column::name);
            }
        }
    }

    @Test
    void columnsAndRowsThatItHasNotAreRefused() {
        RowBatch<CallColumn> batch = new RowBatch<>(ARGS, 2);
        batch.append();
        assertThrows(IndexOutOfBoundsException.class, () -> batch.set(CallColumn.RAX, 0, 1));
        assertThrows(IndexOutOfBoundsException.class, () -> batch.set(CallColumn.CR0, 1, 1));
        assertThrows(IndexOutOfBoundsException.class, () -> batch.set(CallColumn.OUTCOME, 0, new long[3], 1));
        batch.append();
        assertThrows(IllegalStateException.class, batch::append);
    }

    @Test
    void runsAreOfRowsThatAreAlike() {
        RowBatch<CallColumn> batch = new RowBatch<>(FULL, 10);
        batch.restart(100);
        long[] values = {7, 7, -1, -1, -1, 0, 0, 7, -1, 7};
        for (long value : values) {
            int row = batch.append();
            if (value >= 0) {
                batch.set(CallColumn.GS_AFTER, row, value);
            }
        }
        List<String> runs = new ArrayList<>();
        batch.runs(CallColumn.GS_AFTER, 1, 10, new RowBatch.Runs() {
            @Override
            public void nulls(long row, int count) {
                runs.add("none from " + row + " x" + count);
            }

            @Override
            public void values(long value, int count) {
                runs.add(value + " x" + count);
            }
        });
        assertEquals(List.of("7 x1", "none from 102 x3", "0 x2", "7 x1", "none from 108 x1", "7 x1"), runs);
    }
}
