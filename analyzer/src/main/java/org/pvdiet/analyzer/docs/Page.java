package org.pvdiet.analyzer.docs;

import com.google.common.collect.ImmutableList;
import java.util.List;

/**
 * A page of the manual.
 *
 * @param name of its file, without an ending
 */
record Page(String name, String title, List<Block> blocks) {
    Page {
        blocks = ImmutableList.copyOf(blocks);
    }
}
