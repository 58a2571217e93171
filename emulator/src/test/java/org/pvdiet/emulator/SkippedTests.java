package org.pvdiet.emulator;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/**
 * Says after a module's tests which were skipped and why, so that a machine without some oracle does not pass for one with
 * it. What was skipped in modules before is said again: the last module's list is the whole.
 */
public final class SkippedTests implements TestExecutionListener {
    private static final Path REPORT = Path.of("target", "skipped-tests.txt");
    private static final List<String> MODULES = List.of("emulator", "analyzer", "notebooks");

    private final List<String> skipped = Collections.synchronizedList(new ArrayList<>());

    @Override
    public void executionSkipped(TestIdentifier test, String reason) {
        skipped.add(name(test) + ": " + reason);
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        if (result.getStatus() == TestExecutionResult.Status.ABORTED) {
            skipped.add(name(test) + ": "
                    + result.getThrowable().map(Throwable::getMessage).orElse("no reason given"));
        }
    }

    @Override
    public void testPlanExecutionFinished(TestPlan plan) {
        try {
            Files.createDirectories(REPORT.getParent());
            Files.write(REPORT, skipped.stream().sorted().toList());
            List<String> all = new ArrayList<>();
            for (String module : MODULES) {
                Path report = Path.of("..", module).resolve(REPORT);
                if (Files.exists(report)) {
                    all.addAll(Files.readAllLines(report));
                }
            }
            System.out.println(all.isEmpty() ? "No test was skipped." : "Skipped tests, and why:");
            all.forEach(line -> System.out.println("  " + line));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String name(TestIdentifier test) {
        return test.getSource()
                .map(source -> {
                    if (source instanceof MethodSource method) {
                        return simple(method.getClassName()) + "." + test.getDisplayName();
                    }
                    return source instanceof ClassSource type ? simple(type.getClassName()) : test.getDisplayName();
                })
                .orElse(test.getDisplayName());
    }

    private static String simple(String className) {
        return className.substring(className.lastIndexOf('.') + 1);
    }
}
