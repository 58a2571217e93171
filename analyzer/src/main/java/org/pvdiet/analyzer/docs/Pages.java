package org.pvdiet.analyzer.docs;

import com.google.common.base.CharMatcher;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.pvdiet.analyzer.architecture.Catalogue;
import org.pvdiet.analyzer.architecture.NativeMeaning;
import org.pvdiet.analyzer.contract.Aspect;
import org.pvdiet.analyzer.contract.Statement;
import org.pvdiet.analyzer.diff.DiffReport.Divergence;
import org.pvdiet.analyzer.docs.Manual.Divergences;
import org.pvdiet.analyzer.docs.Manual.Entry;
import org.pvdiet.analyzer.docs.Manual.OnPlatform;
import org.pvdiet.analyzer.docs.Manual.Run;

/** The manual's pages: an index, the groups, the hypercalls, the page-table bits. */
final class Pages {
    private static final String INDEX = "index";
    private static final String HYPERCALLS = "hypercalls";

    /** How many divergences of a hook are shown; the diff has them all. */
    private static final int MOST_DIVERGENCES = 4;

    private final Manual manual;

    private Pages(Manual manual) {
        this.manual = manual;
    }

    /** The pages' names, where hooks have these groups. */
    static List<String> names(Collection<String> groups) {
        List<String> names = new ArrayList<>();
        names.add(INDEX);
        names.addAll(groups);
        names.add(HYPERCALLS);
        names.add(BitsPage.NAME);
        return names;
    }

    static List<Page> of(Manual manual) {
        Pages pages = new Pages(manual);
        List<Page> list = new ArrayList<>();
        list.add(pages.index());
        manual.groups().forEach((group, hooks) -> list.add(pages.group(group, hooks)));
        list.add(pages.hypercalls());
        list.add(BitsPage.of(manual.runs(), manual.bits()));
        return list;
    }

    private Page index() {
        List<Block> blocks = new ArrayList<>();
        blocks.add(
                paragraph("What Linux's paravirt hooks did in recorded runs of one kernel: each statement held on every"
                        + " call that is counted behind it, and #N is a call that shows it. \"thin\" marks what so few calls or"
                        + " different inputs stand behind that it may be chance. What no run did is not described."));
        blocks.add(paragraph(shortBanner() + "."));
        blocks.add(new Block.Grid(
                List.of(4, 2, 2, 3),
                List.of("Trace", "Platform", "Calls", "Recording"),
                manual.runs().stream()
                        .map(run -> row(
                                Text.code(run.trace()),
                                Text.of(run.name()),
                                Text.of(number(run.calls())),
                                Text.of(run.complete() ? "complete" : "the beginning of a run")))
                        .toList()));
        blocks.add(paragraph(
                "What is said of native operations is from " + Catalogue.get().linux() + ", and from the SDM: "
                        + Catalogue.get().edition() + "."));
        return new Page(INDEX, "Paravirt hooks", blocks);
    }

    /** The version without who built it. */
    private String shortBanner() {
        int end = manual.banner().indexOf(" (");
        return end < 0 ? manual.banner() : manual.banner().substring(0, end);
    }

    private Page group(String group, List<Entry> hooks) {
        List<Block> blocks = new ArrayList<>();
        long called = hooks.stream().filter(Entry::called).count();
        String calls = manual.runs().isEmpty()
                ? ""
                : manual.runs().stream()
                        .map(run -> number(hooks.stream()
                                        .flatMap(hook -> hook.platforms().stream())
                                        .filter(platform -> platform.run().equals(run))
                                        .mapToLong(OnPlatform::calls)
                                        .sum())
                                + " of " + number(run.calls()) + " calls on " + run.name())
                        .collect(Collectors.joining(", "));
        blocks.add(paragraph(plural(hooks.size(), "hook") + ", " + called + " of them called: " + calls + "."));
        blocks.add(overview(hooks));
        for (Entry hook : hooks) {
            blocks.addAll(section(hook));
        }
        return new Page(group, "The " + group + " hooks", blocks);
    }

    private Block overview(List<Entry> hooks) {
        List<Integer> widths = new ArrayList<>(List.of(4, 7));
        List<String> header = new ArrayList<>(List.of("Hook", "Purpose"));
        for (Run run : manual.runs()) {
            widths.add(3);
            header.add(run.name() + ": calls, instructions each");
        }
        boolean compared = manual.runs().size() > 1;
        if (compared) {
            widths.add(2);
            header.add("Callers can tell");
        }
        List<List<List<Text>>> rows = new ArrayList<>();
        for (Entry hook : hooks) {
            List<List<Text>> row = new ArrayList<>();
            row.add(List.of(Text.hook(hook.fullName())));
            row.add(List.of(Text.of(hook.meaning().map(NativeMeaning::purpose).orElse(""))));
            for (OnPlatform platform : hook.platforms()) {
                row.add(List.of(Text.of(
                        platform.calls() == 0
                                ? "none"
                                : number(platform.calls()) + ", " + mean(platform.instructions(), platform.calls()))));
            }
            if (compared) {
                row.add(List.of(Text.of(hook.divergences().stream()
                        .filter(divergences -> !divergences.list().isEmpty())
                        .map(divergences -> divergences.run().name())
                        .collect(Collectors.joining(", ")))));
            }
            rows.add(row);
        }
        return new Block.Grid(widths, header, rows);
    }

    private List<Block> section(Entry hook) {
        List<Block> blocks = new ArrayList<>();
        blocks.add(new Block.HookSection(hook.fullName()));
        hook.meaning().ifPresent(meaning -> blocks.add(paragraph(meaning.purpose())));
        if (!hook.prototype().isEmpty()) {
            blocks.add(new Block.CodeBlock(hook.prototype() + ";"));
        }
        hook.meaning().ifPresent(meaning -> blocks.add(new Block.Paragraph(natively(meaning))));
        if (hook.calleeSave()) {
            blocks.add(paragraph("Preserves all registers but the result's."));
        }
        if (hook.called()) {
            blocks.add(contract(hook));
            blocks.addAll(divergences(hook));
        } else {
            blocks.add(new Block.Paragraph(uncalled(hook)));
        }
        return blocks;
    }

    private static Text uncalled(Entry hook) {
        Text text = Text.of("Not called in these runs; " + plural(hook.sites(), "site"));
        for (OnPlatform platform : hook.platforms()) {
            if (!platform.target().isEmpty()) {
                text = text.and("; on " + platform.run().name() + " it leads to ")
                        .and(Text.code(platform.target()));
            }
        }
        return text.and(".");
    }

    private static Text natively(NativeMeaning meaning) {
        if (!meaning.isArchitectural()) {
            return Text.of("The architecture has no such operation"
                    + (meaning.claims().isEmpty() ? "." : "; the native function does this: " + claims(meaning) + ".")
                    + remarks(meaning));
        }
        Text text = Text.of("Natively: ");
        if (!meaning.instructions().isEmpty()) {
            text = text.and(Text.code(String.join("; ", meaning.instructions())));
            text = text.and(meaning.privileged() ? ", privileged" : "");
            text = text.and(meaning.claims().isEmpty() ? "" : ": ");
        }
        text = text.and(claims(meaning));
        return text.and((meaning.reference().isEmpty() ? "." : " (" + meaning.reference() + ").") + remarks(meaning));
    }

    private static String remarks(NativeMeaning meaning) {
        return meaning.remarks().isEmpty() ? "" : " " + meaning.remarks();
    }

    /** What the native operation does, in the catalogue's words. */
    static String claims(NativeMeaning meaning) {
        return meaning.claims().stream()
                .map(claim -> claim.words(meaning.arguments()))
                .collect(Collectors.joining("; "));
    }

    private Block contract(Entry hook) {
        List<Integer> widths = new ArrayList<>(List.of(2));
        List<String> header = new ArrayList<>(List.of(""));
        for (Run run : manual.runs()) {
            widths.add(6);
            header.add(run.name());
        }
        List<List<List<Text>>> rows = new ArrayList<>();
        rows.add(row(
                "Function",
                hook,
                platform -> platform.target().isEmpty() ? List.of() : List.of(Text.code(platform.target()))));
        rows.add(row(
                "Calls",
                hook,
                platform -> List.of(Text.of(platform.calls() == 0 ? "none" : number(platform.calls())))));
        for (Aspect aspect : Aspect.values()) {
            List<List<Text>> row = row(
                    title(aspect),
                    hook,
                    platform -> platform.statements().stream()
                            .filter(statement -> statement.aspect() == aspect)
                            .map(statement -> Text.of(sentence(statement, platform.calls())))
                            .toList());
            if (row.stream().skip(1).anyMatch(cell -> !cell.isEmpty())) {
                rows.add(row);
            }
        }
        return new Block.Grid(widths, header, rows);
    }

    private static String title(Aspect aspect) {
        return switch (aspect) {
            case RESULT -> "Result";
            case EFFECT -> "Effects";
            case INTERRUPTS -> "Interrupts";
            case PRECONDITION -> "Preconditions";
            case FAULT -> "Faults";
            case OUTCOME -> "Endings";
            case HYPERCALL -> "Hypercalls";
            case TRAP -> "Traps";
            case CLOBBER -> "Registers";
            case TIME -> "Cost";
            case CALLER -> "Callers";
            case PHASE -> "Phases";
        };
    }

    private static List<List<Text>> row(String title, Entry hook, Function<OnPlatform, List<Text>> cell) {
        List<List<Text>> row = new ArrayList<>();
        row.add(List.of(Text.of(title)));
        hook.platforms().forEach(platform -> row.add(cell.apply(platform)));
        return row;
    }

    /** A statement with what stands behind it. */
    private static String sentence(Statement statement, long calls) {
        StringBuilder text = new StringBuilder(statement.sentence()).append(" (");
        if (statement.calls() != calls) {
            text.append(plural(statement.calls(), "call")).append(", ");
        }
        return text.append('#')
                .append(statement.witness())
                .append(statement.thin() ? ", thin)" : ")")
                .toString();
    }

    /** That nothing tells a platform from the first, and on how many pairs of calls that rests. */
    private static String undivided(Entry hook, Divergences divergences) {
        String platform = divergences.run().name();
        String first = hook.platforms().get(0).run().name();
        if (divergences.compared() > 0) {
            String pairs = divergences.compared() == 1
                    ? "The only pair of calls compared does not let"
                    : "None of the " + number(divergences.compared()) + " pairs of calls compared lets";
            return pairs + " callers tell " + platform + " from " + first + ".";
        }
        List<String> silent = hook.platforms().stream()
                .filter(each -> each.calls() == 0)
                .map(each -> each.run().name())
                .filter(name -> name.equals(platform) || name.equals(first))
                .toList();
        return silent.isEmpty()
                ? "No calls of " + first + " and " + platform
                        + " were given the same at the same site: none was compared."
                : "Nothing was compared: " + String.join(" and ", silent) + " did not call it.";
    }

    private static List<Block> divergences(Entry hook) {
        List<Block> blocks = new ArrayList<>();
        for (Divergences divergences : hook.divergences()) {
            String platform = divergences.run().name();
            if (divergences.list().isEmpty()) {
                if (hook.called()) {
                    blocks.add(paragraph(undivided(hook, divergences)));
                }
                continue;
            }
            blocks.add(paragraph("Callers can tell " + platform + " from "
                    + hook.platforms().get(0).run().name() + ":"));
            List<Text> items = new ArrayList<>();
            divergences.list().stream()
                    .limit(MOST_DIVERGENCES)
                    .forEach(divergence -> items.add(Text.of(sentence(divergence, hook, platform))));
            int more = divergences.list().size() - items.size();
            if (more > 0) {
                items.add(Text.of("and " + more + " more, which the diff shows."));
            }
            blocks.add(new Block.Bullets(items));
        }
        return blocks;
    }

    private static String sentence(Divergence divergence, Entry hook, String platform) {
        String given = divergence.input().isEmpty() ? "" : "given " + oneLine(divergence.input()) + ", ";
        return given + hook.platforms().get(0).run().name() + " " + oneLine(divergence.first()) + "; " + platform
                + " "
                + oneLine(divergence.second()) + " (" + plural(divergence.calls(), "call") + "; #"
                + divergence.witness().first() + " and #" + divergence.witness().second() + ").";
    }

    private static String oneLine(String text) {
        return CharMatcher.whitespace().collapseFrom(text, ' ').strip();
    }

    private Page hypercalls() {
        List<Block> blocks = new ArrayList<>();
        for (Run run : manual.runs()) {
            List<List<List<Text>>> rows = new ArrayList<>();
            for (Entry hook : manual.hooks()) {
                for (OnPlatform platform : hook.platforms()) {
                    List<Text> made = hypercalls(platform);
                    if (platform.run().equals(run) && !made.isEmpty()) {
                        rows.add(List.of(
                                List.of(Text.hook(hook.fullName())), List.of(Text.of(number(platform.calls()))), made));
                    }
                }
            }
            if (!rows.isEmpty()) {
                blocks.add(new Block.Section(run.name()));
                blocks.add(new Block.Grid(List.of(4, 2, 8), List.of("Hook", "Calls", "Hypercalls"), rows));
            }
        }
        if (blocks.isEmpty()) {
            blocks.add(paragraph("No hook made a hypercall in these runs."));
        }
        return new Page(HYPERCALLS, "Hypercalls of the hooks", blocks);
    }

    /** Those of the hook's own; what calls and interrupts within it make is theirs. */
    private static List<Text> hypercalls(OnPlatform platform) {
        return platform.statements().stream()
                .filter(statement -> statement.aspect() == Aspect.HYPERCALL
                        && !statement.sentence().equals("makes no hypercall"))
                .map(statement -> Text.of(sentence(statement, platform.calls())))
                .toList();
    }

    static Block paragraph(String text) {
        return new Block.Paragraph(Text.of(text));
    }

    static List<List<Text>> row(Text... cells) {
        List<List<Text>> row = new ArrayList<>();
        for (Text cell : cells) {
            row.add(List.of(cell));
        }
        return row;
    }

    static String number(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    static String plural(long count, String thing) {
        return number(count) + " " + thing + (count == 1 ? "" : "s");
    }

    private static String mean(long sum, long count) {
        return String.format(Locale.ROOT, "%,.1f", (double) sum / count);
    }
}
