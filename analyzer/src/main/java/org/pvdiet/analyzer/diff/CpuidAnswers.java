package org.pvdiet.analyzer.diff;

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

    void add(RecordedCall call) {
        for (RecordedEffect effect : call.effects()) {
            if (effect.kind() == EffectKind.CPUID
                    && effect.seq() == call.seq()
                    && effect.arguments().size() > REGISTERS) {
                Question question =
                        new Question(effect.address(), effect.arguments().get(0));
                Answer answer = new Answer(effect.arguments().subList(1, REGISTERS + 1), call.seq());
                answers.merge(question, answer, Answer::or);
            }
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
