package org.pvdiet.analyzer.diff;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.LongPredicate;
import java.util.function.Predicate;
import org.pvdiet.analyzer.calls.Prototype;
import org.pvdiet.analyzer.contract.Form;
import org.pvdiet.analyzer.contract.Tally;

/** In which machine state the calls of a trace were made, and which model-specific registers they were about. */
final class MachineUse {
    private final TraceLog log;
    private final Map<Setting, Tally> settings = new HashMap<>();
    private final Map<Long, Tally> registers = new TreeMap<>();

    /**
     * @param callsOf which calls of a site are this trace's, by act
     */
    MachineUse(TraceLog log, Collection<SitePairs> sites, Function<SitePairs, Map<Integer, Tally>> callsOf) {
        this.log = log;
        for (SitePairs site : sites) {
            boolean register =
                    isAboutRegister(log.kernel().prototype(site.site().hook()));
            callsOf.apply(site).forEach((act, calls) -> {
                settings.merge(log.act(act).setting(), calls, Tally::plus);
                if (register) {
                    add(log.act(act).input().arguments(), calls);
                }
            });
        }
    }

    /** Whether a hook's first argument says which model-specific register it is about. */
    private static boolean isAboutRegister(Prototype prototype) {
        return !prototype.parameters().isEmpty() && prototype.name(0).equals("msr");
    }

    private void add(List<Form> arguments, Tally calls) {
        if (!arguments.isEmpty()) {
            registers.merge(arguments.get(0).number(), calls, Tally::plus);
        }
    }

    /** Calls made in such a setting; empty if there are none. */
    Optional<Tally> calls(Predicate<Setting> setting) {
        return settings.entrySet().stream()
                .filter(calls -> setting.test(calls.getKey()))
                .map(Map.Entry::getValue)
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
