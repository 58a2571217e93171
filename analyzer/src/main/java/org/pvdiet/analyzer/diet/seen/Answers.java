package org.pvdiet.analyzer.diet.seen;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.pvdiet.analyzer.calls.CallOrder;
import org.pvdiet.analyzer.calls.Kernel;
import org.pvdiet.analyzer.calls.PerKind;
import org.pvdiet.analyzer.calls.Prototype;
import org.pvdiet.analyzer.calls.RecordedCall;
import org.pvdiet.analyzer.calls.RecordedEffect;
import org.pvdiet.traces.EffectKind;
import org.pvdiet.traces.Phase;

/** What was answered to the same question before and after the platform was set up. */
public final class Answers {
    private static final long U32 = 0xffffffffL;

    /**
     * What was asked: a CPUID leaf and subleaf, or a small first argument, an MSR's index for one.
     */
    public record Question(int hook, boolean cpuid, long number, long detail) {}

    /** What was answered. */
    private static final class Said {
        /** Null after two different answers. */
        private @Nullable List<Long> answer;

        private Seen calls = Seen.NEVER;
        private long last;
        /** Those that asked early. */
        private final TreeSet<Integer> sites = new TreeSet<>();

        private Said(List<Long> answer) {
            this.answer = answer;
        }

        void add(List<Long> again, RecordedCall call) {
            if (!again.equals(answer)) {
                answer = null;
            }
            calls = calls.plus(Seen.of(call));
            last = Math.max(last, call.lastIcount());
        }

        void merge(Said later) {
            if (later.answer == null || !later.answer.equals(answer)) {
                answer = null;
            }
            calls = calls.plus(later.calls);
            last = Math.max(last, later.last);
            sites.addAll(later.sites);
        }
    }

    /**
     * A question whose one answer before set-up is not its one answer after.
     *
     * @param last icount of the last call with the early answer
     * @param sites that asked early
     */
    public record Change(
            Question question,
            List<Long> early,
            List<Long> late,
            Seen earlyCalls,
            Seen lateCalls,
            long last,
            List<Integer> sites) {}

    private final Kernel kernel;
    private final Map<Question, Said> early = new HashMap<>();
    private final Map<Question, Said> late = new HashMap<>();
    /** What was answered early. */
    private final PerKind<List<Said>> ofKind = new PerKind<>();

    Answers(Kernel kernel) {
        this.kernel = kernel;
    }

    void add(RecordedCall call) {
        boolean isEarly = call.phase() == Phase.STARTUP.ordinal();
        List<Said> said = new ArrayList<>(1);
        for (RecordedEffect effect : call.effects()) {
            // The first argument is the subleaf; without more, the answer was not recorded.
            if (effect.kind() == EffectKind.CPUID
                    && effect.seq() == call.seq()
                    && effect.arguments().size() > 1) {
                List<Long> arguments = effect.arguments();
                said.add(said(
                        isEarly,
                        new Question(call.hook(), true, effect.address(), arguments.get(0)),
                        List.copyOf(arguments.subList(1, arguments.size())),
                        call));
            }
        }
        if (call.result().isPresent()
                && call.argumentCount() > 0
                && kernel.prototype(call.hook()).type(0).kind() == Prototype.Kind.SMALL) {
            said.add(said(
                    isEarly,
                    new Question(call.hook(), false, call.argument(0) & U32, 0),
                    List.of(call.result().getAsLong()),
                    call));
        }
        if (isEarly && call.kind() == CallOrder.BY_ITSELF) {
            said.forEach(answer -> answer.sites.add(call.site()));
        }
        ofKind.keep(call, isEarly && !said.isEmpty() ? said : null);
    }

    private Said said(boolean isEarly, Question question, List<Long> answer, RecordedCall call) {
        Said said = (isEarly ? early : late).computeIfAbsent(question, q -> new Said(answer));
        said.add(answer, call);
        return said;
    }

    /** Which sites asked. */
    void order(CallOrder order) {
        ofKind.inOrder(order, (said, i) -> said.forEach(answer -> answer.sites.add(order.sites()[i])));
    }

    void merge(Answers later) {
        later.early.forEach((question, said) -> early.merge(question, said, Answers::merged));
        later.late.forEach((question, said) -> late.merge(question, said, Answers::merged));
    }

    private static Said merged(Said a, Said b) {
        a.merge(b);
        return a;
    }

    /** The questions of a hook whose answer changed, first asked first. */
    public List<Change> changes(int hook) {
        return early.entrySet().stream()
                .filter(entry -> entry.getKey().hook == hook)
                .filter(entry -> late.containsKey(entry.getKey()))
                .filter(entry -> differ(entry.getValue(), late.get(entry.getKey())))
                .sorted((a, b) -> Long.compare(
                        a.getValue().calls.witness(), b.getValue().calls.witness()))
                .map(entry -> change(entry.getKey(), entry.getValue(), late.get(entry.getKey())))
                .toList();
    }

    private static boolean differ(Said a, Said b) {
        return a.answer != null && b.answer != null && !a.answer.equals(b.answer);
    }

    private static Change change(Question question, Said a, Said b) {
        List<Long> none = List.of();
        return new Change(
                question,
                a.answer == null ? none : a.answer,
                b.answer == null ? none : b.answer,
                a.calls,
                b.calls,
                a.last,
                List.copyOf(a.sites));
    }
}
