package org.pvdiet.analyzer.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.common.io.Resources;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** A report as one HTML page that needs nothing else: its script, its style and the report itself are in it. */
public final class Page {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private Page() {}

    public static String of(Report report) {
        // The report comes last, so that nothing in it is taken for a place to fill in.
        return resource("page.html")
                .replace("@STYLE@", resource("page.css"))
                .replace("@SCRIPT@", resource("page.js"))
                .replace("@REPORT@", json(report));
    }

    /** JSON that HTML's script element takes as it is: within, only {@code <} means anything (HTML, section 13.2.5.4). */
    private static String json(Report report) {
        try {
            return MAPPER.writeValueAsString(report).replace("<", "\\u003c");
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String resource(String name) {
        try {
            return Resources.toString(Resources.getResource(Page.class, name), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
