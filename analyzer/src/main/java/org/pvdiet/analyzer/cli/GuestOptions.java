package org.pvdiet.analyzer.cli;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.pvdiet.emulator.cpu.CpuModel;
import org.pvdiet.emulator.cpu.Execution;
import org.pvdiet.emulator.guest.ElfImage;
import org.pvdiet.emulator.guest.KernelImage;
import org.pvdiet.emulator.machine.Configuration;
import org.pvdiet.emulator.machine.Machine;
import org.pvdiet.emulator.session.Guest;
import org.pvdiet.emulator.session.InitialRamDisk;
import org.pvdiet.emulator.session.OtherGuest;
import org.pvdiet.emulator.session.PlatformName;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** What the commands that run a guest have in common. */
final class GuestOptions {
    static final String PLATFORM = "--platform";
    private static final String DEFAULT_MEMORY = (Configuration.DEFAULT_MEMORY >> 20) + "M";

    @Option(
            names = PLATFORM,
            required = true,
            paramLabel = "native|xen-pv",
            converter = PlatformConverter.class,
            description = "What the guest runs on.")
    private PlatformName platform;

    @Option(
            names = "--initrd",
            paramLabel = "FILE",
            description = "A cpio archive as the initial RAM disk. Default: pvdiet's own start-up workload.")
    private Path initrd;

    @Option(
            names = "--append",
            paramLabel = "STR",
            defaultValue = "",
            description = "Added to the kernel's command line.")
    private String append;

    @Option(
            names = "--memory",
            paramLabel = "SIZE",
            defaultValue = DEFAULT_MEMORY,
            converter = MemorySize.class,
            description = "RAM, 32M to 1920M. Default: ${DEFAULT-VALUE}.")
    private long memory;

    @Option(
            names = "--cpu",
            paramLabel = "MODEL",
            defaultValue = CpuModel.DEFAULT,
            converter = Model.class,
            completionCandidates = CpuModels.class,
            description = "One of ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private CpuModel cpu;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Another number gives a guest on xen-pv other machine frames. Default: 0.")
    private long seed = Configuration.DEFAULT_SEED;

    @Option(
            names = "--console",
            paramLabel = "FILE|-",
            description = "Where the guest's console goes; - is standard output.")
    private String console;

    @Option(
            names = "--until",
            paramLabel = "REGEX",
            converter = Regex.class,
            description = "End the run when a console line matches.")
    private Pattern until;

    @Option(
            names = "--max-instructions",
            paramLabel = "N",
            converter = InstructionCount.class,
            description = "End the run after N instructions.")
    private Long maxInstructions;

    /** For finding faults in the translator, and not for users. */
    @Option(names = "--execution", hidden = true, converter = ExecutionName.class)
    private void setExecution(Execution execution) {
        execution.configure();
    }

    /** As the system property has it. */
    private static final class ExecutionName implements ITypeConverter<Execution> {
        @Override
        public Execution convert(String text) {
            return Arrays.stream(Execution.values())
                    .filter(execution -> execution.toString().equals(text))
                    .findFirst()
                    .orElseThrow(() -> new TypeConversionException(
                            "'" + text + "' is none of " + Arrays.toString(Execution.values())));
        }
    }

    /** The models, for help. */
    private static final class CpuModels implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return CpuModel.names().iterator();
        }
    }

    /** A model by its name. */
    private static final class Model implements ITypeConverter<CpuModel> {
        @Override
        public CpuModel convert(String text) {
            if (!CpuModel.names().contains(text)) {
                throw new TypeConversionException(
                        "there is no CPU model '" + text + "'; there are " + String.join(", ", CpuModel.names()));
            }
            return CpuModel.named(text);
        }
    }

    /** A positive number. */
    private static final class InstructionCount implements ITypeConverter<Long> {
        @Override
        public Long convert(String text) {
            if (!text.matches("0*[1-9]\\d{0,17}")) {
                throw new TypeConversionException("'" + text + "' is no number of instructions");
            }
            return Long.valueOf(text);
        }
    }

    /** Says what is wrong with a regular expression. */
    private static final class Regex implements ITypeConverter<Pattern> {
        @Override
        public Pattern convert(String text) {
            try {
                return Pattern.compile(text);
            } catch (PatternSyntaxException e) {
                throw new TypeConversionException("'" + text + "' is no regular expression: " + e.getDescription());
            }
        }
    }

    /** What is no Linux kernel gets nothing that it was not given. */
    OtherGuest guest(ElfImage image) {
        byte[] disk = initrd == null ? new byte[0] : InitialRamDisk.open(initrd).content();
        return new OtherGuest(image, cpu, append, memory, disk, seed);
    }

    Guest guest(KernelImage image) {
        String commandLine = (platform.commandLine() + " " + append).strip();
        InitialRamDisk disk = initrd == null ? InitialRamDisk.workload() : InitialRamDisk.open(initrd);
        return new Guest(image, platform, cpu, commandLine, memory, disk, seed);
    }

    PlatformName platform() {
        return platform;
    }

    Optional<String> console() {
        return Optional.ofNullable(console);
    }

    Optional<Pattern> until() {
        return Optional.ofNullable(until);
    }

    long maxInstructions() {
        return maxInstructions == null ? Machine.UNLIMITED : maxInstructions;
    }
}
