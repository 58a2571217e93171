package org.pvdiet.analyzer.docs;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the manual is written as. */
public enum ManualFormat {
    RST,
    MD,
    KERNEL_DOC;

    /** As on the command line. */
    @Override
    public String toString() {
        return switch (this) {
            case RST -> "rst";
            case MD -> "md";
            case KERNEL_DOC -> "kernel-doc";
        };
    }

    /** The manual's files, by name. */
    public Map<String, String> files(Manual manual) {
        return switch (this) {
            case RST -> pages(manual, new ReStructuredText());
            case MD -> pages(manual, new Markdown());
            case KERNEL_DOC -> Map.of("paravirt_types.h", KernelDoc.of(manual));
        };
    }

    private static Map<String, String> pages(Manual manual, Markup markup) {
        List<Page> pages = Pages.of(manual);
        Map<String, String> files = new LinkedHashMap<>();
        for (Page page : pages) {
            files.put(
                    page.name() + "." + markup.ending(),
                    markup.of(page, page.equals(pages.get(0)) ? pages : List.of()));
        }
        return files;
    }
}
