package org.pvdiet.traces;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * What is known of a recording before it begins; together with the image it is all that a replay needs.
 *
 * @param producer program and version that records
 * @param image the kernel
 * @param platform what the guest runs on: {@code native}, {@code xen-pv}
 * @param cpuModel the processor model
 * @param commandLine the kernel's command line
 * @param memoryBytes the guest's memory
 * @param seed of all that is random in the machine
 * @param initrd the initial ram disk
 * @param workload what the guest does after start-up, in a word
 * @param registers how much of the machine is recorded
 * @param maxInstructions limit of the run, if there is one
 * @param until regular expression of a console line that ends the run, if there is one
 */
public record TraceInfo(
        String producer,
        Image image,
        String platform,
        String cpuModel,
        String commandLine,
        long memoryBytes,
        long seed,
        Initrd initrd,
        String workload,
        RegisterMode registers,
        OptionalLong maxInstructions,
        Optional<String> until) {

    /**
     * A kernel image.
     *
     * @param path where it was
     * @param sha256 of the file, lower-case hexadecimal
     * @param buildId of the kernel, lower-case hexadecimal, if it has one
     * @param banner Linux's version line
     */
    public record Image(String path, String sha256, Optional<String> buildId, String banner) {}

    /**
     * An initial ram disk.
     *
     * @param path where it was, or empty for the built-in one
     * @param sha256 of its content, lower-case hexadecimal
     */
    public record Initrd(Optional<String> path, String sha256) {}
}
