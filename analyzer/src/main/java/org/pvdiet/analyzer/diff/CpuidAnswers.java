package org.pvdiet.analyzer.diff;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.pvdiet.analyzer.calls.RecordedCall;
import org.pvdiet.analyzer.calls.RecordedEffect;
import org.pvdiet.traces.EffectKind;

/** What CPUID answered in the calls of a trace: the first answer for each leaf and subleaf that was asked for. */
final class CpuidAnswers {
    private static final int REGISTERS = 4;

    /** A leaf and subleaf. */
    record Question(long leaf, long subleaf) implements Comparable<Question> {
        @Override
        public int compareTo(Question other) {
            int byLeaf = Long.compareUnsigned(leaf, other.leaf);
            return byLeaf != 0 ? byLeaf : Long.compareUnsigned(subleaf, other.subleaf);
        }
    }

    /**
     * What one CPUID answered.
     *
     * @param registers EAX, EBX, ECX, EDX
     */
    record Reply(Question question, List<Long> registers) {}

    /**
     * EAX, EBX, ECX, EDX.
     *
     * @param seq the call in which they were got
     */
    record Answer(List<Long> registers, long seq) {
        /** The earlier of two answers to one question. */
        Answer or(Answer other) {
            return other.seq < seq ? other : this;
        }
    }

    private final TreeMap<Question, Answer> answers = new TreeMap<>();

    /** What CPUID answered in a call, without calls within it. */
    static List<Reply> of(RecordedCall call) {
        if (call.effects().isEmpty()) {
            return List.of();
        }
        List<Reply> replies = new ArrayList<>(1);
        for (RecordedEffect effect : call.effects()) {
            if (effect.kind() == EffectKind.CPUID
                    && effect.seq() == call.seq()
                    && effect.arguments().size() > REGISTERS) {
                replies.add(new Reply(
                        new Question(effect.address(), effect.arguments().get(0)),
                        effect.arguments().subList(1, REGISTERS + 1)));
            }
        }
        return replies;
    }

    void add(List<Reply> replies, long seq) {
        for (Reply reply : replies) {
            answers.merge(reply.question(), new Answer(reply.registers(), seq), Answer::or);
        }
    }

    void merge(CpuidAnswers later) {
        later.answers.forEach((question, answer) -> answers.merge(question, answer, Answer::or));
    }

    /** In order of leaf and subleaf. */
    Map<Question, Answer> answers() {
        return answers;
    }
}
