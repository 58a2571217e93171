package org.pvdiet.analyzer.docs;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.pvdiet.analyzer.architecture.NativeMeaning;
import org.pvdiet.analyzer.contract.Aspect;
import org.pvdiet.analyzer.contract.Statement;
import org.pvdiet.analyzer.docs.Manual.Entry;
import org.pvdiet.analyzer.docs.Manual.OnPlatform;

/**
 * The structs of hooks with a kernel-doc comment for each member (Documentation/doc-guide/kernel-doc.rst), to be moved into
 * arch/x86/include/asm/paravirt_types.h. Comments say what the architecture and each platform do, in brief. There is no
 * licence line: whoever puts this into a tree says under which terms.
 */
final class KernelDoc {
    private static final Set<Aspect> TOLD = Set.of(
            Aspect.RESULT,
            Aspect.EFFECT,
            Aspect.INTERRUPTS,
            Aspect.PRECONDITION,
            Aspect.FAULT,
            Aspect.OUTCOME,
            Aspect.HYPERCALL);

    private KernelDoc() {}

    static String of(Manual manual) {
        StringBuilder out = new StringBuilder();
        for (Map.Entry<String, List<Entry>> group : manual.groups().entrySet()) {
            String struct = struct(group.getKey());
            out.append(out.isEmpty() ? "" : "\n")
                    .append("/**\n * struct ")
                    .append(struct)
                    .append(" - paravirt hooks, group ")
                    .append(group.getKey())
                    .append("\n */\nstruct ")
                    .append(struct)
                    .append(" {\n");
            boolean first = true;
            for (Entry hook : group.getValue()) {
                out.append(first ? "" : "\n");
                first = false;
                member(out, hook);
            }
            out.append("};\n");
        }
        return out.toString();
    }

    /** Linux's name of a group's struct (arch/x86/include/asm/paravirt_types.h). */
    private static String struct(String group) {
        return group.equals("lazy_mode") ? "pv_lazy_ops" : "pv_" + group + "_ops";
    }

    private static void member(StringBuilder out, Entry hook) {
        out.append("\t/**\n");
        line(
                out,
                "@" + hook.name() + ": "
                        + hook.meaning().map(NativeMeaning::purpose).orElse("Not in the catalogue."));
        hook.meaning().filter(meaning -> !meaning.reference().isEmpty()).ifPresent(meaning -> {
            String claims = Pages.claims(meaning);
            String remarks = meaning.remarks().isEmpty() ? "" : " " + meaning.remarks();
            paragraph(
                    out, "Architecture", (claims.isEmpty() ? "" : claims + "; ") + meaning.reference() + "." + remarks);
        });
        for (OnPlatform platform : hook.platforms()) {
            paragraph(out, platform.run().name(), told(platform));
        }
        out.append("\t */\n\t").append(declaration(hook)).append("\n");
    }

    private static String told(OnPlatform platform) {
        if (platform.calls() == 0) {
            return "not called.";
        }
        List<String> sentences = new ArrayList<>();
        for (Statement statement : platform.statements()) {
            if (TOLD.contains(statement.aspect())) {
                sentences.add(statement.sentence() + (statement.thin() ? " (thin)" : ""));
            }
        }
        String calls = Pages.plural(platform.calls(), "call");
        return sentences.isEmpty() ? calls + "." : calls + "; " + String.join("; ", sentences) + ".";
    }

    private static void paragraph(StringBuilder out, String title, String text) {
        out.append("\t *\n");
        line(out, title + " - " + text);
    }

    private static void line(StringBuilder out, String text) {
        // kernel-doc takes a word after % as a constant and one after & as a type.
        String plain = ReStructuredText.escaped(text).replace("%", "per cent").replace("&", "and");
        for (String line : ReStructuredText.wrapped(plain, "", "").lines().toList()) {
            out.append("\t * ").append(line).append('\n');
        }
    }

    private static String declaration(Entry hook) {
        if (hook.calleeSave()) {
            return "struct paravirt_callee_save " + hook.name() + ";";
        }
        int open = hook.prototype().indexOf('(');
        int name = hook.prototype().lastIndexOf(hook.name(), open);
        if (open < 0 || name < 0) {
            return "void *" + hook.name() + ";";
        }
        return String.format(
                Locale.ROOT,
                "%s(*%s)%s;",
                hook.prototype().substring(0, name),
                hook.name(),
                hook.prototype().substring(open));
    }
}
