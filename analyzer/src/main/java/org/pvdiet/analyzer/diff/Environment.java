package org.pvdiet.analyzer.diff;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.pvdiet.analyzer.diff.CpuidAnswers.Answer;
import org.pvdiet.analyzer.diff.CpuidAnswers.Question;
import org.pvdiet.analyzer.diff.DiffReport.Both;
import org.pvdiet.analyzer.diff.DiffReport.Surrounding;
import org.pvdiet.traces.TraceInfo;

/** What was different around two runs: how they were started, and what CPUID told them. */
final class Environment {
    private static final List<String> REGISTERS = List.of("EAX", "EBX", "ECX", "EDX");
    private static final Both<Long> NO_WITNESS = new Both<>(-1L, -1L);

    private Environment() {}

    static List<Surrounding> differences(TraceLog first, TraceLog second) {
        List<Surrounding> found = new ArrayList<>();
        TraceInfo a = first.info();
        TraceInfo b = second.info();
        add(found, "CPU model", a.cpuModel(), b.cpuModel());
        add(found, "command line", a.commandLine(), b.commandLine());
        add(found, "memory", megabytes(a), megabytes(b));
        add(found, "workload", a.workload(), b.workload());
        add(found, "initial RAM disk", a.initrd().sha256(), b.initrd().sha256());
        Map<Question, Answer> answers = second.cpuid().answers();
        first.cpuid().answers().forEach((question, answer) -> {
            Answer other = answers.get(question);
            if (other != null) {
                for (int i = 0; i < REGISTERS.size(); i++) {
                    String name = String.format(
                            Locale.ROOT,
                            "CPUID leaf 0x%x subleaf %d %s",
                            question.leaf(),
                            question.subleaf(),
                            REGISTERS.get(i));
                    long x = answer.registers().get(i);
                    long y = other.registers().get(i);
                    if (x != y) {
                        found.add(new Surrounding(name, hex(x), hex(y), new Both<>(answer.seq(), other.seq())));
                    }
                }
            }
        });
        return found;
    }

    private static String megabytes(TraceInfo info) {
        return (info.memoryBytes() >> 20) + " MiB";
    }

    private static String hex(long value) {
        return "0x" + Long.toHexString(value);
    }

    private static void add(List<Surrounding> found, String what, String first, String second) {
        if (!first.equals(second)) {
            found.add(new Surrounding(what, first, second, NO_WITNESS));
        }
    }
}
