package org.pvdiet.analyzer.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.pvdiet.emulator.cpu.CpuModel;
import org.pvdiet.emulator.guest.KernelImage;
import org.pvdiet.emulator.machine.Machine;
import org.pvdiet.emulator.session.Guest;
import org.pvdiet.emulator.session.InitialRamDisk;
import org.pvdiet.emulator.session.PlatformName;
import org.pvdiet.traces.TraceInfo;
import org.pvdiet.traces.TraceReader;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "replay",
        mixinStandardHelpOptions = true,
        description = "Runs a recorded guest again, from what the trace says of it.",
        footer = {
            "",
            "Examples:",
            "  pvdiet replay native.pvtrace --verify      # every call as recorded? exit code 1 if not",
            "  pvdiet replay xen.pvtrace --at 123456      # the machine just before that call",
            "  pvdiet replay native.pvtrace               # only runs it, with its console on standard output"
        })
final class ReplayCommand implements Callable<Integer> {
    @Parameters(paramLabel = "X.pvtrace", description = "The trace.")
    private Path trace;

    @ArgGroup
    private Mode mode = new Mode();

    /** At most one of these. */
    private static final class Mode {
        @Option(names = "--verify", description = "Compare every call and effect with the recording.")
        private boolean verify;

        @Option(names = "--at", paramLabel = "SEQ", description = "Stop before this call and show the machine.")
        private Long at;
    }

    @Option(
            names = KernelOption.NAME,
            paramLabel = "IMAGE",
            description = "The image, if it is no longer where it was; it must be the recorded one.")
    private Path kernel;

    @Override
    public Integer call() throws IOException {
        try (TraceReader reader = TraceReader.open(trace)) {
            Guest guest = guest(reader.info());
            if (mode.verify) {
                return Verification.run(reader, guest);
            }
            if (mode.at != null) {
                return MachineView.at(reader, guest, mode.at);
            }
            return again(reader.info(), guest);
        }
    }

    private static int again(TraceInfo info, Guest guest) throws IOException {
        long most = info.maxInstructions().orElse(Machine.UNLIMITED);
        return new PlainRun("-", info.until().map(Pattern::compile), most).of(guest::place);
    }

    private Guest guest(TraceInfo info) {
        Path path = kernel != null ? kernel : Path.of(info.image().path());
        if (!Files.exists(path)) {
            throw new BadInputException("The recorded kernel " + path + " is not there any more; say where it is with"
                    + " --kernel IMAGE.");
        }
        KernelImage image = KernelImage.load(path);
        if (!image.sha256().equals(info.image().sha256())) {
            throw new BadInputException(path + " is not the recorded kernel: its SHA-256 is " + image.sha256()
                    + ", the recorded one's " + info.image().sha256() + ".");
        }
        PlatformName platform = PlatformName.of(info.platform())
                .orElseThrow(() -> new BadInputException(
                        trace + ": recorded on '" + info.platform() + "', which this pvdiet does not have."));
        Optional<Path> initrd = info.initrd().path().map(Path::of);
        InitialRamDisk disk = initrd.map(InitialRamDisk::open).orElseGet(InitialRamDisk::workload);
        if (!disk.sha256().equals(info.initrd().sha256())) {
            throw new BadInputException(initrd.map(p -> p + " is not the recorded initrd")
                            .orElse("This pvdiet's start-up workload is not the recorded one")
                    + ": the SHA-256 differs.");
        }
        return new Guest(
                image,
                platform,
                CpuModel.named(info.cpuModel()),
                info.commandLine(),
                info.memoryBytes(),
                disk,
                info.seed());
    }
}
