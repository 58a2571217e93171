package org.pvdiet.analyzer.bench;

/**
 * What is booted.
 *
 * @param program {@link #OURS} or {@link #QEMU}
 * @param platform {@code native} or {@code xen-pv}
 * @param kernel name of the image
 * @param recording {@link #UNRECORDED}, {@code args} or {@code full}
 */
public record Guest(String program, String platform, String kernel, String recording) {
    public static final String OURS = "pvdiet";
    public static final String QEMU = "qemu";
    public static final String UNRECORDED = "none";

    /** The same boot, recorded by nobody. */
    Guest unrecorded() {
        return new Guest(program, platform, kernel, UNRECORDED);
    }

    /** The same boot by QEMU, which records nothing. */
    Guest byQemu() {
        return new Guest(QEMU, platform, kernel, UNRECORDED);
    }
}
