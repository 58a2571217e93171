package org.pvdiet.analyzer;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleName;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may know whom. This module sees the classes of all. */
class ArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .withImportOption(location -> !location.contains("-tests.jar"))
            .importPackages("org.pvdiet");

    private static final String EMULATOR = "org.pvdiet.emulator";
    private static final String TRACES = "org.pvdiet.traces";

    /** Each package of the emulator, and those that it may know. A new one needs a line here: a decision. */
    private static final Map<String, List<String>> KNOWN = new TreeMap<>(Map.ofEntries(
            Map.entry("memory", List.of()),
            Map.entry("time", List.of()),
            Map.entry("guest", List.of()),
            Map.entry("cpu.decode", List.of()),
            Map.entry("cpu", List.of("cpu.decode", "memory")),
            Map.entry("device", List.of("cpu", "memory", "time")),
            Map.entry("platform", List.of()),
            Map.entry("machine", List.of("cpu", "guest", "memory", "platform", "time")),
            Map.entry(
                    "platform.bare",
                    List.of("cpu", "cpu.decode", "device", "guest", "machine", "memory", "platform", "time")),
            Map.entry("platform.xenpv", List.of("cpu", "cpu.decode", "guest", "machine", "memory", "platform", "time")),
            Map.entry("record", List.of("cpu", "cpu.decode", "guest", "memory", "platform", TRACES)),
            Map.entry(
                    "session",
                    List.of(
                            "cpu",
                            "guest",
                            "machine",
                            "platform",
                            "platform.bare",
                            "platform.xenpv",
                            "record",
                            TRACES))));

    static Stream<String> emulatorPackages() {
        return KNOWN.keySet().stream();
    }

    private static String full(String name) {
        return name.startsWith("org.") ? name : EMULATOR + "." + name;
    }

    @ParameterizedTest
    @MethodSource("emulatorPackages")
    void aPackageOfTheEmulatorKnowsWhatItMay(String name) {
        String[] known = Stream.concat(Stream.of(name), KNOWN.get(name).stream())
                .map(ArchitectureTest::full)
                .toArray(String[]::new);
        classes()
                .that(resideInAPackage(full(name)))
                .should()
                .onlyDependOnClassesThat(not(resideInAPackage("org.pvdiet..")).or(resideInAnyPackage(known)))
                .check(CLASSES);
    }

    @Test
    void everyPackageOfTheEmulatorHasItsRule() {
        assertEquals(
                KNOWN.keySet(),
                CLASSES.stream()
                        .map(JavaClass::getPackageName)
                        .filter(name -> name.startsWith(EMULATOR + "."))
                        .map(name -> name.substring(EMULATOR.length() + 1))
                        .collect(Collectors.toCollection(TreeSet::new)));
    }

    /**
     * The core needs nothing but the JDK and Guava, the translator ASM for bytecode, and RAM accesses that are not checked
     * twice; images may be compressed in many ways.
     */
    @Test
    void theMachineNeedsNoLibraries() {
        String[] own = {"org.pvdiet..", "java..", "com.google.common..", "com.google.errorprone.."};
        classes()
                .that(resideInAnyPackage(EMULATOR + ".."))
                .and(not(resideInAnyPackage(full("guest"), full("record"), full("session"), full("cpu"))))
                .and(not(simpleName("Ram")))
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage(own))
                .check(CLASSES);
        classes()
                .that(resideInAPackage(full("cpu")))
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage(own).or(resideInAPackage("org.objectweb.asm")))
                .check(CLASSES);
    }

    @Test
    void theTraceFormatKnowsNothingOfUs() {
        noClasses()
                .that(resideInAPackage(TRACES + ".."))
                .should()
                .dependOnClassesThat(resideInAnyPackage(EMULATOR + "..", "org.pvdiet.analyzer.."))
                .check(CLASSES);
    }

    /** So that a trace's users do not come to depend on how it is stored; Arrow is how they get at many rows. */
    @Test
    void onlyTheTraceFormatKnowsParquet() {
        noClasses()
                .that(not(resideInAPackage(TRACES)))
                .should()
                .dependOnClassesThat(resideInAPackage("org.apache.parquet.."))
                .check(CLASSES);
    }

    @Test
    void onlyQueriesKnowDuckDb() {
        noClasses()
                .that(not(resideInAPackage("org.pvdiet.analyzer.query")))
                .should()
                .dependOnClassesThat(resideInAnyPackage("org.duckdb..", "java.sql.."))
                .check(CLASSES);
    }

    @Test
    void theEmulatorKnowsNoAnalysis() {
        noClasses()
                .that(resideInAPackage(EMULATOR + ".."))
                .should()
                .dependOnClassesThat(resideInAPackage("org.pvdiet.analyzer.."))
                .check(CLASSES);
    }

    /** Traces can be analysed where no guest can run. */
    @Test
    void onlyTheCommandLineKnowsTheEmulator() {
        noClasses()
                .that(resideInAPackage("org.pvdiet.analyzer.."))
                .and(not(resideInAPackage("org.pvdiet.analyzer.cli")))
                .should()
                .dependOnClassesThat(resideInAnyPackage(EMULATOR + "..", "org.pvdiet.analyzer.cli", "picocli.."))
                .check(CLASSES);
    }

    /** Reports are values and text; what goes to standard output is the command line's. */
    @Test
    void analysisDoesNotPrint() {
        noClasses()
                .that(resideInAPackage("org.pvdiet.analyzer.."))
                .and(not(resideInAPackage("org.pvdiet.analyzer.cli")))
                .should(ACCESS_STANDARD_STREAMS)
                .check(CLASSES);
    }

    @ParameterizedTest
    @ValueSource(strings = {"org.pvdiet.(*)..", "org.pvdiet.emulator.(**)", "org.pvdiet.analyzer.(**)"})
    void thereAreNoCycles(String packages) {
        slices().matching(packages).should().beFreeOfCycles().check(CLASSES);
    }

    @ParameterizedTest
    @ValueSource(strings = {"traces", "emulator", "analyzer"})
    void everyPackageSaysWhatItIs(String module) throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("..", module, "src/main/java"))) {
            List<Path> silent = files.filter(file -> file.toString().endsWith(".java"))
                    .map(Path::getParent)
                    .distinct()
                    .filter(directory -> !Files.exists(directory.resolve("package-info.java")))
                    .toList();
            assertTrue(silent.isEmpty(), () -> "without package-info.java: " + silent);
        }
    }
}
