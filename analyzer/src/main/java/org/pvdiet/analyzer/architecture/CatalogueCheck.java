package org.pvdiet.analyzer.architecture;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.pvdiet.analyzer.calls.Kernel;
import org.pvdiet.analyzer.calls.RecordedCall;
import org.pvdiet.analyzer.calls.Summary;
import org.pvdiet.analyzer.calls.Wanted;
import org.pvdiet.traces.CallColumn;

/** Holds each call against what the catalogue claims of its hook. */
public final class CatalogueCheck implements Summary<CatalogueCheck> {
    private static final Wanted WANTED = Wanted.of(
                    CallColumn.MODE,
                    CallColumn.RESULT,
                    CallColumn.RFLAGS,
                    CallColumn.CR0,
                    CallColumn.CR2,
                    CallColumn.CR3,
                    CallColumn.CR4,
                    CallColumn.RFLAGS_AFTER,
                    CallColumn.HYPERCALLS,
                    CallColumn.TRAPS,
                    CallColumn.OUTCOME)
            .withArguments()
            .withEffects();

    /** Calls with one verdict on one claim, the first of them, and what it returned or wrote. */
    private record Seen(long calls, long witness, OptionalLong found) {
        Seen plus(Seen other) {
            Seen first = witness < other.witness ? this : other;
            return new Seen(calls + other.calls, first.witness, first.found);
        }
    }

    private static final Seen NEVER = new Seen(0, Long.MAX_VALUE, OptionalLong.empty());

    /** One claim, and the verdicts on it. */
    private static final class Tested {
        private final String hook;
        private final String words;
        private final Claim claim;
        private final Judge judge;
        private final Map<Judge.Verdict, Seen> verdicts = new EnumMap<>(Judge.Verdict.class);

        Tested(NativeMeaning meaning, Claim claim, Judge judge) {
            this.hook = meaning.hook();
            this.words = claim.words(meaning.arguments());
            this.claim = claim;
            this.judge = judge;
        }

        Seen seen(Judge.Verdict verdict) {
            return verdicts.getOrDefault(verdict, NEVER);
        }

        private String verb() {
            return claim instanceof Claim.Returns ? "returned" : "wrote";
        }

        ClaimResult result() {
            Seen held = seen(Judge.Verdict.HELD);
            Seen contradicted = seen(Judge.Verdict.CONTRADICTED);
            long witness = contradicted.calls() > 0 ? contradicted.witness() : held.witness();
            return new ClaimResult(
                    hook,
                    words,
                    held.calls(),
                    contradicted.calls(),
                    seen(Judge.Verdict.SILENT).calls(),
                    witness == Long.MAX_VALUE ? -1 : witness,
                    contradicted.found().isEmpty()
                            ? ""
                            : verb() + " 0x"
                                    + Long.toHexString(contradicted.found().getAsLong()));
        }
    }

    /** By hook id. */
    private final List<List<Tested>> claims = new ArrayList<>();

    /** A check of a kernel's calls. */
    CatalogueCheck(Catalogue catalogue, Kernel kernel) {
        kernel.hooks().forEach(hook -> {
            Judge judge = new Judge(kernel.prototype(hook.id()), kernel);
            claims.add(catalogue
                    .of(hook.fullName())
                    .map(meaning -> meaning.claims().stream()
                            .map(claim -> new Tested(meaning, claim, judge))
                            .toList())
                    .orElse(List.of()));
        });
    }

    @Override
    public Wanted wanted() {
        return WANTED;
    }

    @Override
    public void add(RecordedCall call) {
        for (Tested tested : claims.get(call.hook())) {
            Judge.Verdict verdict = tested.judge.judge(tested.claim, call);
            OptionalLong found = verdict == Judge.Verdict.CONTRADICTED
                    ? tested.judge.found(tested.claim, call)
                    : OptionalLong.empty();
            tested.verdicts.merge(verdict, new Seen(call.times(), call.seq(), found), Seen::plus);
        }
    }

    @Override
    public void merge(CatalogueCheck later) {
        for (int hook = 0; hook < claims.size(); hook++) {
            for (int i = 0; i < claims.get(hook).size(); i++) {
                Map<Judge.Verdict, Seen> mine = claims.get(hook).get(i).verdicts;
                later.claims
                        .get(hook)
                        .get(i)
                        .verdicts
                        .forEach((verdict, seen) -> mine.merge(verdict, seen, Seen::plus));
            }
        }
    }

    /** How each claim fared, in the order of the kernel's table. */
    public List<ClaimResult> results() {
        return claims.stream().flatMap(List::stream).map(Tested::result).toList();
    }
}
