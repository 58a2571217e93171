package org.pvdiet.analyzer.docs;

import java.util.List;

/** How pages become files. */
sealed interface Markup permits ReStructuredText, Markdown {
    /** A page as a file. {@code pages} are all pages if it is the first, which lists them; else none. */
    String of(Page page, List<Page> pages);
}
