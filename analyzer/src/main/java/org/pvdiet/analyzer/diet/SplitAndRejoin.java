package org.pvdiet.analyzer.diet;

import com.google.common.base.Splitter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.pvdiet.analyzer.calls.Prototype;
import org.pvdiet.analyzer.contract.Behaviour;
import org.pvdiet.analyzer.contract.Form;
import org.pvdiet.analyzer.diet.seen.Seen;
import org.pvdiet.traces.Site;

/**
 * {@code split-and-rejoin}: a 64-bit value goes through the hook in halves. Either it is given as two arguments, which become
 * one register; or the function shifts halves by 32 bits to make one value of them, or two of one, and sites do the opposite.
 */
final class SplitAndRejoin implements Finding {
    static final String ID = "split-and-rejoin";

    /** Shifts that bring a high half down or up, in 64-bit registers. */
    private static final Pattern DOWN = Pattern.compile("shr +\\$0x20,%r.*");

    private static final Pattern UP = Pattern.compile("shl +\\$0x20,%r.*");
    private static final Pattern MSR = Pattern.compile("(rdmsr|wrmsr|rdpmc|rdtsc|rdtscp|xgetbv)");

    /**
     * What was done at some places, run by run of them.
     *
     * @param places sites, or the function as one
     * @param calls that came by
     * @param example an instruction
     */
    private record Shifts(int places, long calls, long instructions, String example) {}

    @Override
    public List<Evidence> of(Subject subject, List<Subject> hooks) {
        List<Evidence> found = new ArrayList<>();
        for (Subject.Run run : subject.runs()) {
            Optional<Evidence> halves = halves(run);
            Optional<Evidence> inFunction = inFunction(run);
            Optional<Evidence> atSites = halves.or(() -> inFunction).flatMap(split -> atSites(run));
            halves.ifPresent(found::add);
            // An instruction whose operand is EDX:EAX needs a shift where callers have one register.
            if (halves.isPresent() || atSites.isPresent()) {
                inFunction.ifPresent(found::add);
                atSites.ifPresent(found::add);
            }
        }
        return found;
    }

    private static Optional<Evidence> halves(Subject.Run run) {
        if (!hasHalves(run)) {
            return Optional.empty();
        }
        return run.contract()
                .calls(SplitAndRejoin::joinsArguments)
                .map(tally -> run.evidence(
                        ID,
                        Verdict.RESPECIFY,
                        new Seen(run.contract().calls(), tally.witness()),
                        "On %s %s given a 64-bit value in two halves, for one register; in %,d of them neither half was 0.",
                        run.platform(),
                        run.contract().calls() == 1
                                ? "its only call was"
                                : String.format(
                                        Locale.ROOT,
                                        "each of %,d calls was",
                                        run.contract().calls()),
                        tally.calls()));
    }

    static boolean hasHalves(Subject.Run run) {
        Prototype prototype = run.prototype();
        int last = prototype.parameters().size() - 1;
        return last > 0
                && prototype.type(last).kind() == Prototype.Kind.SMALL
                && prototype.type(last).equals(prototype.type(last - 1));
    }

    private static boolean joinsArguments(Behaviour behaviour) {
        return behaviour.effects().stream().anyMatch(effect -> effect.value().kind() == Form.Kind.ARGUMENT_PAIR);
    }

    /** Shifts next to an instruction whose operand is EDX:EAX. */
    private static Optional<Evidence> inFunction(Subject.Run run) {
        List<String> code = run.hook().patchedCode().map(SplitAndRejoin::lines).orElse(List.of());
        if (run.contract().calls() == 0
                || !passesOn(run, code)
                || code.stream().noneMatch(line -> MSR.matcher(line).matches())) {
            return Optional.empty();
        }
        List<String> shifts = code.stream().filter(SplitAndRejoin::isShift).toList();
        return shifts.isEmpty()
                ? Optional.empty()
                : Optional.of(run.evidence(
                        ID,
                        Verdict.RESPECIFY,
                        run.calls().all(),
                        "On %s %s %s (%s): %s in %s, which passing the registers as they are would save.",
                        run.platform(),
                        run.target(),
                        code.contains("wrmsr") ? "makes EDX:EAX of one register" : "makes one register of EDX:EAX",
                        String.join("; ", shifts),
                        Count.of(shifts.size() * run.contract().calls(), "shift"),
                        Count.calls(run.contract().calls())));
    }

    /** Whether callers get what is read; a clock that reads the time-stamp counter makes something else of it. */
    private static boolean passesOn(Subject.Run run, List<String> code) {
        return code.contains("wrmsr")
                || run.contract()
                        .calls(behaviour -> behaviour.result().kind() == Form.Kind.READ)
                        .isPresent();
    }

    private static Optional<Evidence> atSites(Subject.Run run) {
        Shifts before = shifts(run, true);
        Shifts after = shifts(run, false);
        List<String> parts = new ArrayList<>();
        if (before.calls > 0) {
            parts.add(words(before, "a value apart before"));
        }
        if (after.calls > 0) {
            parts.add(words(after, "a value apart or put it together after"));
        }
        if (parts.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(run.evidence(
                ID,
                Verdict.RESPECIFY,
                new Seen(before.calls + after.calls, run.contract().witness()),
                "On %s %s.",
                run.platform(),
                String.join("; ", parts)));
    }

    private static String words(Shifts shifts, String what) {
        return String.format(
                Locale.ROOT,
                "%s %s %s%s: %s, %s",
                Count.of(shifts.places, "site"),
                shifts.places == 1 ? "takes" : "take",
                shifts.places == 1 ? what.replace("put", "puts") : what,
                shifts.example.isEmpty() ? "" : " (" + shifts.example + ")",
                Count.calls(shifts.calls),
                Count.of(shifts.instructions, "instruction"));
    }

    private static Shifts shifts(Subject.Run run, boolean before) {
        int places = 0;
        long calls = 0;
        long instructions = 0;
        String example = "";
        for (Site site : run.kernel().sites()) {
            if (site.hook() == run.hook().id()) {
                List<String> found = (before ? site.codeBefore() : site.codeAfter())
                        .map(SplitAndRejoin::lines).orElse(List.of()).stream()
                                .filter(SplitAndRejoin::isShift)
                                .toList();
                if (!found.isEmpty()) {
                    places++;
                    calls += run.seen().siteCalls(site.id());
                    instructions += found.size() * run.seen().siteCalls(site.id());
                    example = example.isEmpty() ? found.get(0) : example;
                }
            }
        }
        return new Shifts(places, calls, instructions, example);
    }

    private static boolean isShift(String line) {
        return DOWN.matcher(line).matches() || UP.matcher(line).matches();
    }

    private static List<String> lines(String code) {
        return Splitter.on('\n').splitToList(code);
    }
}
