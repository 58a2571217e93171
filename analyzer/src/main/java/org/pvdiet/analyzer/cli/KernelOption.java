package org.pvdiet.analyzer.cli;

import java.nio.file.Path;
import org.pvdiet.emulator.guest.BadImageException;
import org.pvdiet.emulator.guest.DebianKernel;
import picocli.CommandLine.Option;

/** Which kernel a command takes that can do without being told. */
final class KernelOption {
    static final String NAME = "--kernel";

    @Option(
            names = NAME,
            paramLabel = "IMAGE",
            description = "A bzImage or vmlinux. Default: Debian's newest cloud kernel, by apt-get download.")
    private Path kernel;

    /**
     * Its path, once it has been fetched.
     *
     * @throws BadImageException if none was given and none can be had
     */
    Path path() {
        return kernel == null ? new DebianKernel(System.err::println).newest() : kernel;
    }
}
