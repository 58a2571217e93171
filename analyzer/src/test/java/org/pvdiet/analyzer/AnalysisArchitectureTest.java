package org.pvdiet.analyzer;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Who may know whom in the analyzer. */
@AnalyzeClasses(packages = "org.pvdiet.analyzer", importOptions = ImportOption.DoNotIncludeTests.class)
class AnalysisArchitectureTest {
    @ArchTest
    static final ArchRule ONLY_THE_COMMAND_LINE_KNOWS_THE_EMULATOR = noClasses()
            .that()
            .resideOutsideOfPackage("..analyzer.cli..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.pvdiet.emulator..");

    @ArchTest
    static final ArchRule NOBODY_KNOWS_THE_COMMAND_LINE = noClasses()
            .that()
            .resideOutsideOfPackage("..analyzer.cli..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("..analyzer.cli..", "picocli..");

    @ArchTest
    static final ArchRule ANALYSIS_DOES_NOT_PRINT =
            noClasses().that().resideOutsideOfPackage("..analyzer.cli..").should(ACCESS_STANDARD_STREAMS);

    @ArchTest
    static final ArchRule PACKAGES_ARE_FREE_OF_CYCLES =
            slices().matching("org.pvdiet.analyzer.(*)..").should().beFreeOfCycles();
}
