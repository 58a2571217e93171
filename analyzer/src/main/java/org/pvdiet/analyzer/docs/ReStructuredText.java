package org.pvdiet.analyzer.docs;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * reStructuredText as the kernel's Documentation has it (Documentation/doc-guide/sphinx.rst), without a licence line: whoever
 * puts it into a tree says under which terms.
 */
final class ReStructuredText implements Markup {
    private static final int WIDTH = 80;

    /** What begins markup: a trailing underscore is a reference, a leading one is not. */
    private static final Pattern SPECIAL = Pattern.compile("[\\\\*`|]|_(?=\\W|$)");

    @Override
    public String of(Page page, List<Page> pages) {
        StringBuilder out = new StringBuilder();
        String line = "=".repeat(page.title().length());
        out.append(line)
                .append('\n')
                .append(page.title())
                .append('\n')
                .append(line)
                .append("\n\n");
        for (Block block : page.blocks()) {
            append(out, block);
        }
        if (!pages.isEmpty()) {
            out.append(".. toctree::\n   :maxdepth: 1\n\n");
            pages.stream()
                    .filter(other -> !other.equals(page))
                    .forEach(other -> out.append("   ").append(other.name()).append('\n'));
            out.append('\n');
        }
        return out.toString().stripTrailing() + "\n";
    }

    /** Words as they stand in running text. */
    static String escaped(String words) {
        return SPECIAL.matcher(words).replaceAll(match -> "\\\\" + Matcher.quoteReplacement(match.group()));
    }

    private static void append(StringBuilder out, Block block) {
        if (block instanceof Block.HookSection section) {
            out.append(".. _").append(label(section.hook())).append(":\n\n");
            title(out, section.hook());
        } else if (block instanceof Block.Section section) {
            title(out, section.title());
        } else if (block instanceof Block.Paragraph paragraph) {
            out.append(wrapped(of(paragraph.text()), "", "")).append("\n");
        } else if (block instanceof Block.Bullets bullets) {
            bullets.items().forEach(item -> out.append(wrapped(of(item), "- ", "  ")));
            out.append('\n');
        } else if (block instanceof Block.CodeBlock code) {
            out.append(".. code-block:: c\n\n    ").append(code.code()).append("\n\n");
        } else if (block instanceof Block.Grid grid) {
            append(out, grid);
        }
    }

    private static void title(StringBuilder out, String title) {
        out.append(title).append('\n').append("-".repeat(title.length())).append("\n\n");
    }

    private static void append(StringBuilder out, Block.Grid grid) {
        out.append(".. list-table::\n   :header-rows: 1\n   :widths: ")
                .append(grid.widths().stream().map(String::valueOf).collect(Collectors.joining(" ")))
                .append("\n\n");
        row(out, grid.header().stream().map(word -> List.of(Text.of(word))).toList());
        grid.rows().forEach(row -> row(out, row));
        out.append('\n');
    }

    private static void row(StringBuilder out, List<List<Text>> cells) {
        String margin = "   * - ";
        for (List<Text> cell : cells) {
            if (cell.size() < 2) {
                String text = cell.isEmpty() ? "" : of(cell.get(0));
                out.append(text.isEmpty() ? margin.stripTrailing() + "\n" : wrapped(text, margin, "       "));
            } else {
                String lead = margin;
                for (Text item : cell) {
                    out.append(wrapped(of(item), lead + "- ", "         "));
                    lead = "       ";
                }
            }
            margin = "     - ";
        }
    }

    private static String of(Text text) {
        return text.spans().stream().map(ReStructuredText::of).collect(Collectors.joining());
    }

    private static String of(Text.Span span) {
        if (span instanceof Text.Code code) {
            return "``" + code.text() + "``";
        } else if (span instanceof Text.HookReference reference) {
            return ":ref:`" + reference.hook() + " <" + label(reference.hook()) + ">`";
        } else if (span instanceof Text.PageReference reference) {
            return ":doc:`" + reference.title() + " <" + reference.page() + ">`";
        } else {
            return escaped(((Text.Words) span).text());
        }
    }

    private static String label(String hook) {
        return "pv-" + hook.replace('.', '-').replace('_', '-');
    }

    /** Lines of at most {@value #WIDTH} characters, as far as words allow. */
    static String wrapped(String text, String first, String margin) {
        StringBuilder out = new StringBuilder();
        StringBuilder line = new StringBuilder(first);
        boolean empty = true;
        for (String word : text.split(" ", -1)) {
            if (!empty && line.length() + 1 + word.length() > WIDTH) {
                out.append(line).append('\n');
                line.setLength(0);
                line.append(margin);
                empty = true;
            }
            line.append(empty ? "" : " ").append(word);
            empty = false;
        }
        return out.append(line).append('\n').toString();
    }
}
