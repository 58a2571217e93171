package org.pvdiet.analyzer.docs;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.pvdiet.traces.Hook;

/** What the manual is written as. */
public enum ManualFormat {
    RST,
    MD,
    KERNEL_DOC;

    private static final String HEADER = "paravirt_types.h";

    /** As on the command line. */
    @Override
    public String toString() {
        return switch (this) {
            case RST -> "rst";
            case MD -> "md";
            case KERNEL_DOC -> "kernel-doc";
        };
    }

    /** What the files of a kernel with these hooks are called. */
    public List<String> names(List<Hook> hooks) {
        Set<String> groups = hooks.stream().map(Hook::group).collect(Collectors.toCollection(LinkedHashSet::new));
        return switch (this) {
            case RST, MD -> Pages.names(groups).stream().map(this::file).toList();
            case KERNEL_DOC -> List.of(HEADER);
        };
    }

    /** The manual's files, by name. */
    public Map<String, String> files(Manual manual) {
        return switch (this) {
            case RST -> pages(manual, new ReStructuredText());
            case MD -> pages(manual, new Markdown());
            case KERNEL_DOC -> Map.of(HEADER, KernelDoc.of(manual));
        };
    }

    private Map<String, String> pages(Manual manual, Markup markup) {
        List<Page> pages = Pages.of(manual);
        Map<String, String> files = new LinkedHashMap<>();
        for (Page page : pages) {
            files.put(file(page.name()), markup.of(page, page.equals(pages.get(0)) ? pages : List.of()));
        }
        return files;
    }

    private String file(String page) {
        return page + "." + this;
    }
}
