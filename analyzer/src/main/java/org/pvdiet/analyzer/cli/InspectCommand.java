package org.pvdiet.analyzer.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.pvdiet.emulator.guest.ImageReport;
import org.pvdiet.emulator.guest.ImageReport.HookLine;
import org.pvdiet.emulator.guest.KernelImage;
import org.pvdiet.emulator.guest.XenNotes;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "inspect",
        mixinStandardHelpOptions = true,
        description = "Says what a kernel image tells of its paravirt hooks: prototypes, sites, notes, the table.",
        footer = {
            "",
            "Examples:",
            "  pvdiet inspect /boot/vmlinuz-6.1.0-56-cloud-amd64",
            "  pvdiet inspect vmlinux --format csv > hooks.csv"
        })
final class InspectCommand implements Callable<Integer> {
    @Parameters(paramLabel = "IMAGE", description = "A bzImage or vmlinux.")
    private Path image;

    @Option(
            names = "--format",
            paramLabel = "text|json|csv",
            defaultValue = "TEXT",
            description = "Default: text. csv lists the hooks.")
    private ListFormat format;

    @Override
    public Integer call() {
        ImageReport report = ImageReport.of(KernelImage.open(image));
        switch (format) {
            case TEXT -> text(report);
            case JSON -> System.out.println(Json.print(json(report)));
            case CSV -> csv(report);
        }
        return ExitCode.DONE;
    }

    private static void text(ImageReport report) {
        System.out.println(report.banner());
        System.out.println();
        row("file", report.path());
        row("sha256", report.sha256());
        row("format", report.format());
        row("build id", report.buildId().orElse("none"));
        row("pv_ops", String.format("%#x", report.pvOps()));
        row("hooks", String.valueOf(report.hooks().size()));
        row(
                "sites",
                String.format(
                        Locale.ROOT,
                        "%,d listed in %s, %,d more found in the text",
                        report.listedSites(),
                        report.siteTable(),
                        report.scannedSites()));
        row("symbols", String.format(Locale.ROOT, "%,d", report.symbols()));
        row(
                "PVH entry",
                report.pvhEntry().isPresent()
                        ? String.format("%#x", report.pvhEntry().getAsLong())
                        : "none");
        System.out.println();
        System.out.println("Xen notes" + (report.xenNotes().isEmpty() ? ": none" : ""));
        for (XenNotes.Entry note : report.xenNotes()) {
            System.out.printf("  %-22s %s%n", note.type(), value(note));
        }
        System.out.println();
        System.out.printf("%6s  %-32s %s%n", "sites", "hook", "prototype");
        for (HookLine hook : report.hooks()) {
            System.out.printf(
                    Locale.ROOT,
                    "%6d  %-32s %s%s%n",
                    hook.listedSites() + hook.scannedSites(),
                    hook.hook(),
                    hook.prototype(),
                    hook.calleeSave() ? "   (callee-save)" : "");
        }
    }

    private static String value(XenNotes.Entry note) {
        return note.text().isEmpty()
                ? note.numbers().stream().map(n -> String.format("%#x", n)).collect(Collectors.joining(" "))
                : note.text();
    }

    private static void row(String name, String value) {
        System.out.printf("%-10s %s%n", name, value);
    }

    private static ObjectNode json(ImageReport report) {
        ObjectNode root = Json.object();
        root.put("banner", report.banner());
        root.put("release", report.release());
        root.put("path", report.path());
        root.put("sha256", report.sha256());
        root.put("format", report.format());
        root.put("buildId", report.buildId().orElse(null));
        root.put("pvOps", String.format("%#x", report.pvOps()));
        root.put("siteTable", report.siteTable());
        root.put("listedSites", report.listedSites());
        root.put("scannedSites", report.scannedSites());
        root.put("symbols", report.symbols());
        if (report.pvhEntry().isPresent()) {
            root.put("pvhEntry", String.format("%#x", report.pvhEntry().getAsLong()));
        }
        ArrayNode notes = root.putArray("xenNotes");
        for (XenNotes.Entry note : report.xenNotes()) {
            notes.addObject().put("note", note.type().name()).put("value", value(note));
        }
        ArrayNode hooks = root.putArray("hooks");
        for (HookLine hook : report.hooks()) {
            hooks.addObject()
                    .put("hook", hook.hook())
                    .put("prototype", hook.prototype())
                    .put("calleeSave", hook.calleeSave())
                    .put("slot", String.format("%#x", hook.slot()))
                    .put("initialTarget", hook.initialTarget())
                    .put("sites", hook.listedSites() + hook.scannedSites())
                    .put("listedSites", hook.listedSites())
                    .put("scannedSites", hook.scannedSites());
        }
        return root;
    }

    private static void csv(ImageReport report) {
        System.out.println("hook,sites,listed_sites,scanned_sites,callee_save,slot,initial_target,prototype");
        for (HookLine hook : report.hooks()) {
            System.out.println(String.join(
                    ",",
                    hook.hook(),
                    String.valueOf(hook.listedSites() + hook.scannedSites()),
                    String.valueOf(hook.listedSites()),
                    String.valueOf(hook.scannedSites()),
                    String.valueOf(hook.calleeSave()),
                    String.format("%#x", hook.slot()),
                    hook.initialTarget(),
                    Csv.quote(hook.prototype())));
        }
    }
}
