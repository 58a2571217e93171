package org.pvdiet.analyzer.diff;

import java.util.List;
import java.util.Locale;
import org.pvdiet.analyzer.contract.Input;

/** Two traces whose acts are numbered alike: equal inputs and equal deeds have one number in both. */
final class Pairing {
    private final Numbered<Input> inputs = new Numbered<>();
    private final Numbered<Deed> deeds = new Numbered<>();
    private final Side first;
    private final Side second;

    /** One of the two. */
    static final class Side {
        private final TraceLog log;
        private final int[] inputs;
        private final int[] deeds;
        private final int[] phases;
        private final Effort[] efforts;

        private Side(TraceLog log, int[] inputs, int[] deeds) {
            this.log = log;
            this.inputs = inputs;
            this.deeds = deeds;
            this.efforts = log.efforts().toArray(Effort[]::new);
            this.phases =
                    log.acts().stream().mapToInt(act -> act.setting().phase()).toArray();
        }

        TraceLog log() {
            return log;
        }

        /** The number of an act's input. */
        int input(int act) {
            return inputs[act];
        }

        /** The number of an act's deed. */
        int deed(int act) {
            return deeds[act];
        }

        /** What calls spent, by the effort's number. */
        Effort effort(int number) {
            return efforts[number];
        }

        /** The phase of start-up of an act. */
        int phase(int act) {
            return phases[act];
        }

        Setting setting(int act) {
            return log.act(act).setting();
        }
    }

    Pairing(TraceLog first, TraceLog second) {
        this.first = side(first);
        this.second = side(second);
    }

    private Side side(TraceLog log) {
        List<Act> acts = log.acts();
        return new Side(
                log,
                acts.stream().mapToInt(act -> inputs.number(act.input())).toArray(),
                acts.stream().mapToInt(act -> deeds.number(act.deed())).toArray());
    }

    /** What to call the two. */
    DiffReport.Both<String> names() {
        return DiffReport.names(first.log().run(), second.log().run());
    }

    /** What they did, in a sentence. */
    String sentence(String firstDid, String secondDid) {
        return String.format(
                Locale.ROOT, "On %s: %s. On %s: %s.", names().first(), firstDid, names().second(), secondDid);
    }

    Side first() {
        return first;
    }

    Side second() {
        return second;
    }

    Input input(int number) {
        return inputs.get(number);
    }

    Deed deed(int number) {
        return deeds.get(number);
    }
}
