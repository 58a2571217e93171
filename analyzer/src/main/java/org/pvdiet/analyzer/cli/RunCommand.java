package org.pvdiet.analyzer.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.pvdiet.emulator.guest.ElfImage;
import org.pvdiet.emulator.guest.KernelImage;
import org.pvdiet.emulator.session.PlatformName;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "run",
        mixinStandardHelpOptions = true,
        description = "Runs a guest and records nothing: a Linux kernel, or on xen-pv any ELF image with Xen notes.",
        footer = {
            "",
            "The guest's exit or shutdown code decides the exit code: 0 power-off, 4 anything else.",
            "",
            "Examples:",
            "  pvdiet run /boot/vmlinuz-6.1.0-56-cloud-amd64 --platform native --console -",
            "  pvdiet run unikernel.elf --platform xen-pv --console -"
        })
final class RunCommand implements Callable<Integer> {
    @Parameters(paramLabel = "IMAGE", description = "A bzImage, a vmlinux, or an ELF image with Xen notes.")
    private Path kernel;

    @Mixin
    private GuestOptions options;

    @Override
    public Integer call() throws IOException {
        Optional<ElfImage> other =
                options.platform() == PlatformName.XEN_PV ? KernelImage.openOther(kernel) : Optional.empty();
        PlainRun run = new PlainRun(options.console().orElse("-"), options.until(), options.maxInstructions());
        return run.of(
                other.isPresent() ? options.guest(other.get())::place : options.guest(HeadStart.image(kernel))::place);
    }
}
