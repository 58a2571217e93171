package org.pvdiet.analyzer.diff;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongPredicate;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.pvdiet.analyzer.calls.Prototype;
import org.pvdiet.analyzer.contract.Form;
import org.pvdiet.analyzer.contract.Tally;
import org.pvdiet.traces.Site;

/** In which machine state the calls of a trace were made, and which model-specific registers they were about. */
final class MachineUse {
    private final TraceLog log;
    /** By act: its calls, and the first of them. */
    private final long[] calls;

    private final long[] first;
    private final Map<Long, Tally> registers = new TreeMap<>();

    MachineUse(TraceLog log) {
        this.log = log;
        this.calls = new long[log.acts().size()];
        this.first = new long[calls.length];
        for (Site site : log.kernel().sites()) {
            if (log.calls(site.id()) > 0) {
                boolean register = isAboutRegister(log.kernel().prototype(site.hook()));
                SiteLog.Calls made = log.site(site.id());
                for (int i = 0; i < made.count(); i++) {
                    int act = made.acts()[i];
                    long seq = made.seqs()[i];
                    first[act] = calls[act]++ == 0 ? seq : Math.min(first[act], seq);
                    if (register) {
                        add(log.act(act).input().arguments(), new Tally(1, seq));
                    }
                }
            }
        }
    }

    /** Whether a hook's first argument says which model-specific register it is about. */
    private static boolean isAboutRegister(Prototype prototype) {
        return !prototype.parameters().isEmpty() && prototype.name(0).equals("msr");
    }

    private void add(List<Form> arguments, Tally call) {
        if (!arguments.isEmpty()) {
            registers.merge(arguments.get(0).number(), call, Tally::plus);
        }
    }

    /** Calls made in such a setting; empty if there are none. */
    Optional<Tally> calls(Predicate<Setting> setting) {
        return IntStream.range(0, calls.length)
                .filter(act -> calls[act] > 0 && setting.test(log.act(act).setting()))
                .mapToObj(act -> new Tally(calls[act], first[act]))
                .reduce(Tally::plus);
    }

    /** Calls about such a register. */
    Optional<Tally> register(LongPredicate index) {
        return registers.entrySet().stream()
                .filter(entry -> index.test(entry.getKey()))
                .map(Map.Entry::getValue)
                .reduce(Tally::plus);
    }

    /** Entries that map large pages at a level of the page table. */
    Optional<Tally> largePages(int level) {
        return log.largePages().level(level);
    }
}
