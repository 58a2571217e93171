package org.pvdiet.analyzer.cli;

import com.google.common.base.Strings;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.pvdiet.analyzer.architecture.Catalogue;
import org.pvdiet.analyzer.architecture.ClaimResult;
import org.pvdiet.analyzer.architecture.NativeMeaning;
import org.pvdiet.analyzer.contract.Aspect;
import org.pvdiet.analyzer.contract.ContractReport;
import org.pvdiet.analyzer.contract.ContractReport.HookStatements;
import org.pvdiet.analyzer.contract.Statement;

/** Contracts as a person reads them. */
final class ContractText {
    private static final String NATIVE = "native";
    private static final String FULL = "full";
    private static final int WIDTH = 118;
    private static final int ASPECT_WIDTH = 16;

    private final ContractReport report;
    private final List<ClaimResult> claims;
    private final boolean detailed;

    /**
     * Text of a report, with how the catalogue's claims fared in the same trace.
     *
     * @param detailed whether to say how many inputs stand behind each statement
     */
    ContractText(ContractReport report, List<ClaimResult> claims, boolean detailed) {
        this.report = report;
        this.claims = claims;
        this.detailed = detailed;
    }

    @Override
    public String toString() {
        StringBuilder out = new StringBuilder();
        for (HookStatements hook : report.hooks()) {
            if (out.length() > 0) {
                out.append('\n');
            }
            append(out, hook);
        }
        if (!report.registers().equals(FULL)) {
            out.append('\n');
            line(
                    out,
                    "clobber",
                    "Which registers calls change is not recorded; pvdiet record --registers full records it.");
        }
        if (report.hooks().stream().anyMatch(ContractText::isReferenced)) {
            out.append('\n');
            line(out, "SDM", Catalogue.get().edition() + ".");
        }
        return out.toString();
    }

    private static boolean isReferenced(HookStatements hook) {
        return Catalogue.get()
                .of(hook.hook(), hook.prototype())
                .filter(meaning -> !meaning.reference().isEmpty())
                .isPresent();
    }

    private void append(StringBuilder out, HookStatements hook) {
        out.append(hook.hook()).append("    ").append(hook.prototype()).append('\n');
        Catalogue.get().of(hook.hook(), hook.prototype()).ifPresent(meaning -> {
            line(out, "purpose", meaning.purpose());
            if (meaning.isArchitectural()) {
                line(out, "natively", natively(meaning));
            }
            if (!meaning.remarks().isEmpty()) {
                line(out, meaning.isArchitectural() ? "" : "natively", meaning.remarks());
            }
        });
        line(out, "here", target(hook) + calls(hook.calls()));
        claims.stream()
                .filter(claim -> claim.hook().equals(hook.hook()) && claim.contradicted() > 0)
                .forEach(claim -> line(
                        out,
                        report.platform().equals(NATIVE) ? "contradicted" : "differs",
                        String.format(
                                Locale.ROOT,
                                "not so in %,d of %,d calls: %s%s  [#%d]",
                                claim.contradicted(),
                                claim.held() + claim.contradicted(),
                                claim.claim(),
                                claim.instead().isEmpty() ? "" : "; the first " + claim.instead(),
                                claim.witness())));
        Aspect before = null;
        for (Statement statement : hook.statements()) {
            String aspect =
                    statement.aspect() == before ? "" : statement.aspect().word();
            before = statement.aspect();
            String evidence = detailed ? statement.evidenceWithInputs() : statement.evidence(hook.calls());
            line(out, aspect, statement.sentence() + "  " + evidence);
        }
    }

    private static String target(HookStatements hook) {
        String before = hook.targetBefore().isEmpty()
                ? ""
                : " (led to " + hook.targetBefore() + " when the platform was set up)";
        return "leads " + (hook.target().isEmpty() ? "nowhere, its slot is empty" : "to " + hook.target()) + before
                + "; ";
    }

    private static String natively(NativeMeaning meaning) {
        List<String> parts = new ArrayList<>();
        if (!meaning.instructions().isEmpty()) {
            parts.add(String.join("; ", meaning.instructions()) + (meaning.privileged() ? " (privileged)" : ""));
        }
        if (!meaning.claims().isEmpty()) {
            parts.add(meaning.words());
        }
        return String.join(": ", parts) + (meaning.reference().isEmpty() ? "." : ". " + meaning.reference() + ".");
    }

    private static String calls(long calls) {
        return calls == 0 ? "never called" : String.format(Locale.ROOT, calls == 1 ? "%,d call" : "%,d calls", calls);
    }

    private static void line(StringBuilder out, String aspect, String text) {
        String margin = "  " + Strings.padEnd(aspect, ASPECT_WIDTH - 2, ' ');
        String rest = text;
        while (margin.length() + rest.length() > WIDTH) {
            int end = rest.lastIndexOf(' ', WIDTH - margin.length());
            if (end <= 0) {
                break;
            }
            out.append(margin).append(rest, 0, end).append('\n');
            rest = rest.substring(end).strip();
            margin = " ".repeat(ASPECT_WIDTH + 2);
        }
        out.append(margin).append(rest).append('\n');
    }
}
