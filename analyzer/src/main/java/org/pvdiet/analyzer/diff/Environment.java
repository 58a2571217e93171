package org.pvdiet.analyzer.diff;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableMap;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.pvdiet.analyzer.contract.Tally;
import org.pvdiet.analyzer.diff.CpuidAnswers.Answer;
import org.pvdiet.analyzer.diff.CpuidAnswers.Question;
import org.pvdiet.analyzer.diff.DiffReport.Both;
import org.pvdiet.analyzer.diff.DiffReport.Surrounding;
import org.pvdiet.analyzer.words.RegisterBits;
import org.pvdiet.traces.Mode;
import org.pvdiet.traces.TraceInfo;

/**
 * What was different around two runs: how they were started, what CPUID told them, in which machine state they made their
 * calls, and what they did or did not because of CPUID's answers.
 */
final class Environment {
    private static final Both<Long> NO_WITNESS = new Both<>(-1L, -1L);
    private static final Splitter WORDS = Splitter.on(' ').omitEmptyStrings();
    private static final long HYPERVISOR = 0x40000000L;
    private static final int EAX = 0;

    /** The feature without which a bit of CR4 is reserved, where their names differ: SDM volume 3, section 2.5. */
    private static final Map<String, String> CR4_FEATURES = ImmutableMap.<String, String>builder()
            .put("PVI", "VME")
            .put("TSD", "TSC")
            .put("OSFXSR", "FXSR")
            .put("OSXMMEXCPT", "SSE")
            .put("VMXE", "VMX")
            .put("SMXE", "SMX")
            .put("PCIDE", "PCID")
            .put("OSXSAVE", "XSAVE")
            .buildOrThrow();

    private final TraceLog first;
    private final TraceLog second;
    private final MachineUse inFirst;
    private final MachineUse inSecond;
    private final Both<String> names;
    private final List<Surrounding> found = new ArrayList<>();
    /** Features that only one of the processors has, in the order of leaves and bits. */
    private final List<String> onlyFirst = new ArrayList<>();

    private final List<String> onlySecond = new ArrayList<>();
    /** Those of them that show in what the run did. */
    private final Set<String> shown = new TreeSet<>();

    private Environment(TraceLog first, TraceLog second, Collection<SitePairs> sites) {
        this.first = first;
        this.second = second;
        this.inFirst = new MachineUse(first, sites, SitePairs::first);
        this.inSecond = new MachineUse(second, sites, SitePairs::second);
        this.names = DiffReport.names(first.run(), second.run());
    }

    static List<Surrounding> differences(TraceLog first, TraceLog second, Collection<SitePairs> sites) {
        Environment environment = new Environment(first, second, sites);
        environment.start();
        environment.cpuid();
        environment.privilege();
        environment.register(RegisterBits.CR0, Setting::cr0);
        environment.register(RegisterBits.CR4, Setting::cr4);
        FeatureUse.ALL.forEach(environment::use);
        environment.unused();
        return environment.found;
    }

    private void start() {
        TraceInfo a = first.info();
        TraceInfo b = second.info();
        start("CPU model", a, b, TraceInfo::cpuModel);
        start("command line", a, b, TraceInfo::commandLine);
        start("memory", a, b, info -> (info.memoryBytes() >> 20) + " MiB");
        start("workload", a, b, TraceInfo::workload);
        start("initial RAM disk", a, b, info -> info.initrd().sha256());
    }

    private void start(String what, TraceInfo a, TraceInfo b, Function<TraceInfo, String> of) {
        if (!of.apply(a).equals(of.apply(b))) {
            found.add(new Surrounding(what, of.apply(a), of.apply(b), "", NO_WITNESS));
        }
    }

    private void cpuid() {
        Map<Question, Answer> answers = second.cpuid().answers();
        first.cpuid().answers().forEach((question, answer) -> {
            Answer other = answers.get(question);
            if (other != null) {
                for (CpuidRegister register : CpuidRegister.of(question)) {
                    long a = answer.registers().get(register.register());
                    long b = other.registers().get(register.register());
                    if (a != b) {
                        found.add(new Surrounding(
                                register.toString(),
                                hex(a),
                                hex(b),
                                meaning(register, a, b),
                                new Both<>(answer.seq(), other.seq())));
                    }
                }
            }
        });
    }

    private String meaning(CpuidRegister register, long a, long b) {
        if (register.question().leaf() == HYPERVISOR && register.register() != EAX) {
            return "part of the hypervisor's name: " + text(a) + " / " + text(b);
        }
        return register.features()
                .map(bits -> {
                    String mine = bits.names(a & ~b);
                    String others = bits.names(b & ~a);
                    onlyFirst.addAll(WORDS.splitToList(mine));
                    onlySecond.addAll(WORDS.splitToList(others));
                    return List.of(only(mine, names.first()), only(others, names.second())).stream()
                            .filter(words -> !words.isEmpty())
                            .collect(Collectors.joining("; "));
                })
                .orElse("");
    }

    private static String only(String features, String run) {
        return features.isEmpty() ? "" : features + " only on " + run;
    }

    /** Four letters, as CPUID has them. */
    private static String text(long value) {
        return value == 0
                ? "none"
                : IntStream.range(0, 4)
                        .map(i -> (int) (value >>> (8 * i) & 0xff))
                        .filter(letter -> letter >= ' ' && letter < 0x7f)
                        .mapToObj(letter -> String.valueOf((char) letter))
                        .collect(Collectors.joining());
    }

    private void privilege() {
        String a = levels(inFirst);
        String b = levels(inSecond);
        if (!a.equals(b)) {
            found.add(new Surrounding("privilege level of calls", a, b, "", NO_WITNESS));
        }
    }

    private static String levels(MachineUse use) {
        return IntStream.rangeClosed(0, Mode.PRIVILEGE_MASK)
                .filter(level -> use.calls(setting -> Mode.privilegeLevel(setting.mode()) == level)
                        .isPresent())
                .mapToObj(Integer::toString)
                .collect(Collectors.joining(", "));
    }

    /** Bits that were set before calls of one run only. */
    private void register(RegisterBits register, ToLongFunction<Setting> value) {
        for (int bit = 0; bit < Long.SIZE; bit++) {
            long mask = 1L << bit;
            Optional<Tally> a = inFirst.calls(setting -> (value.applyAsLong(setting) & mask) != 0);
            Optional<Tally> b = inSecond.calls(setting -> (value.applyAsLong(setting) & mask) != 0);
            if (a.isPresent() != b.isPresent()) {
                String name = register.names(mask);
                String feature = register == RegisterBits.CR4 ? CR4_FEATURES.getOrDefault(name, name) : "";
                found.add(new Surrounding(
                        register + "." + name + " before calls",
                        set(a, first),
                        set(b, second),
                        feature(feature, a.isPresent()),
                        witness(a, b)));
            }
        }
    }

    private static String set(Optional<Tally> calls, TraceLog log) {
        return calls.map(set -> set.calls() == log.run().calls()
                        ? "always set"
                        : String.format(
                                Locale.ROOT,
                                "set in %,d of %,d",
                                set.calls(),
                                log.run().calls()))
                .orElse("never set");
    }

    /** What one run did and the other did not, where that agrees with what CPUID told them. */
    private void use(FeatureUse use) {
        Optional<Tally> a = use.in().apply(inFirst);
        Optional<Tally> b = use.in().apply(inSecond);
        if (a.isPresent() != b.isPresent()) {
            String feature = feature(use.feature(), a.isPresent());
            if (!feature.isEmpty()) {
                found.add(new Surrounding(use.what(), number(a), number(b), feature, witness(a, b)));
            }
        }
    }

    private static String number(Optional<Tally> calls) {
        return calls.map(some -> String.format(Locale.ROOT, "%,d", some.calls()))
                .orElse("none");
    }

    private static Both<Long> witness(Optional<Tally> a, Optional<Tally> b) {
        return new Both<>(
                a.map(Tally::witness).orElse(-1L), b.map(Tally::witness).orElse(-1L));
    }

    /** Says that only the run's processor has the feature; empty if that is not so. */
    private String feature(String feature, boolean isFirst) {
        if (!(isFirst ? onlyFirst : onlySecond).contains(feature)) {
            return "";
        }
        shown.add(feature);
        return "CPUID has " + feature + " only on " + (isFirst ? names.first() : names.second());
    }

    /** Features that only one run has, and of which nothing that was recorded shows a trace. */
    private void unused() {
        String a = unused(onlyFirst);
        String b = unused(onlySecond);
        if (!a.isEmpty() || !b.isEmpty()) {
            found.add(new Surrounding(
                    "features that show in no call",
                    a.isEmpty() ? "none" : a,
                    b.isEmpty() ? "none" : b,
                    "",
                    NO_WITNESS));
        }
    }

    private String unused(List<String> features) {
        return features.stream()
                .filter(feature -> !shown.contains(feature))
                .distinct()
                .collect(Collectors.joining(" "));
    }

    private static String hex(long value) {
        return "0x" + Long.toHexString(value);
    }
}
