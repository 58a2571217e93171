package org.pvdiet.analyzer.docs;

import com.google.common.collect.ImmutableList;
import java.util.List;

/** A part of a page, from top to bottom. */
sealed interface Block {
    /** The section of one hook. References lead here. */
    record HookSection(String hook) implements Block {}

    /** A section. */
    record Section(String title) implements Block {}

    /** A paragraph. */
    record Paragraph(Text text) implements Block {}

    /** A list. */
    record Bullets(List<Text> items) implements Block {
        public Bullets {
            items = ImmutableList.copyOf(items);
        }
    }

    /** Code on lines of its own. */
    record CodeBlock(String code) implements Block {}

    /**
     * A table.
     *
     * @param widths of the columns, in proportion
     * @param header one text for each column
     * @param rows for each column the lines of its cell
     */
    record Grid(List<Integer> widths, List<String> header, List<List<List<Text>>> rows) implements Block {
        public Grid {
            widths = ImmutableList.copyOf(widths);
            header = ImmutableList.copyOf(header);
            rows = ImmutableList.copyOf(rows);
        }
    }
}
