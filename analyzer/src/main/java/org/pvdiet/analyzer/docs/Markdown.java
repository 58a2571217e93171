package org.pvdiet.analyzer.docs;

import com.google.common.base.CharMatcher;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** GitHub's Markdown: CommonMark with tables. */
final class Markdown implements Markup {
    private static final CharMatcher SPECIAL = CharMatcher.anyOf("\\*`|<>[]~&$");

    @Override
    public String of(Page page, List<Page> pages) {
        StringBuilder out = new StringBuilder("# " + escaped(page.title()) + "\n\n");
        for (Block block : page.blocks()) {
            append(out, block);
        }
        pages.stream()
                .filter(other -> !other.equals(page))
                .forEach(other -> out.append("- [")
                        .append(escaped(other.title()))
                        .append("](")
                        .append(other.name())
                        .append(".md)\n"));
        return out.toString().stripTrailing() + "\n";
    }

    private static String escaped(String words) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < words.length(); i++) {
            char c = words.charAt(i);
            // An underscore within a word is no emphasis.
            boolean markup = c == '_' ? !isWord(words, i - 1) || !isWord(words, i + 1) : SPECIAL.matches(c);
            out.append(markup ? "\\" : "").append(c);
        }
        return out.toString();
    }

    private static boolean isWord(String words, int at) {
        return at >= 0 && at < words.length() && Character.isLetterOrDigit(words.charAt(at));
    }

    private static void append(StringBuilder out, Block block) {
        if (block instanceof Block.HookSection section) {
            out.append("## ").append(escaped(section.hook())).append("\n\n");
        } else if (block instanceof Block.Section section) {
            out.append("## ").append(escaped(section.title())).append("\n\n");
        } else if (block instanceof Block.Paragraph paragraph) {
            out.append(of(paragraph.text())).append("\n\n");
        } else if (block instanceof Block.Bullets bullets) {
            bullets.items().forEach(item -> out.append("- ").append(of(item)).append('\n'));
            out.append('\n');
        } else if (block instanceof Block.CodeBlock code) {
            out.append("```c\n").append(code.code()).append("\n```\n\n");
        } else if (block instanceof Block.Grid grid) {
            row(out, grid.header().stream().map(Markdown::escaped).toList());
            row(out, grid.header().stream().map(word -> "---").toList());
            for (List<List<Text>> cells : grid.rows()) {
                row(
                        out,
                        cells.stream()
                                .map(cell -> cell.stream().map(Markdown::of).collect(Collectors.joining("<br>")))
                                .toList());
            }
            out.append('\n');
        }
    }

    private static void row(StringBuilder out, List<String> cells) {
        out.append(cells.stream().collect(Collectors.joining(" | ", "| ", " |")))
                .append('\n');
    }

    private static String of(Text text) {
        return text.spans().stream().map(Markdown::of).collect(Collectors.joining());
    }

    private static String of(Text.Span span) {
        if (span instanceof Text.Code code) {
            // In a table a bar ends the cell even within code.
            return "`" + code.text().replace("|", "\\|") + "`";
        } else if (span instanceof Text.HookReference reference) {
            String group = reference.hook().substring(0, reference.hook().indexOf('.'));
            return "[" + escaped(reference.hook()) + "](" + group + ".md#" + anchor(reference.hook()) + ")";
        } else if (span instanceof Text.PageReference reference) {
            return "[" + escaped(reference.title()) + "](" + reference.page() + ".md)";
        } else {
            return escaped(((Text.Words) span).text());
        }
    }

    /** The anchor that GitHub gives to a heading. */
    private static String anchor(String heading) {
        return heading.toLowerCase(Locale.ROOT).replace(".", "");
    }
}
