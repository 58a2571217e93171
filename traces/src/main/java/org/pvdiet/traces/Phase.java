package org.pvdiet.traces;

/** Where in its start-up the guest was. The file holds the ordinal, so that phases compare. */
public enum Phase {
    /** 0: before the platform replaced entries of the hook table. */
    STARTUP,
    /** 1: after that, before the kernel patched its sites. */
    SETUP,
    /** 2: after patching, before the first user instruction. */
    PATCHED,
    /** 3: after the first user instruction. */
    USER
}
