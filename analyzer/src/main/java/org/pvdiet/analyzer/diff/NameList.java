package org.pvdiet.analyzer.diff;

import java.util.ArrayList;
import java.util.List;

/** Names in lines that a terminal holds. */
final class NameList {
    private static final int WIDTH = 118;

    private NameList() {}

    /** The names with commas between them, in lines. */
    static List<String> lines(List<String> names) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < names.size(); i++) {
            String word = names.get(i) + (i + 1 < names.size() ? "," : "");
            if (line.length() > 0 && line.length() + 1 + word.length() > WIDTH) {
                lines.add(line.toString());
                line.setLength(0);
            }
            line.append(line.length() == 0 ? "" : " ").append(word);
        }
        if (line.length() > 0) {
            lines.add(line.toString());
        }
        return lines;
    }
}
