package org.pvdiet.analyzer.cli;

/** What the process tells its caller. */
final class ExitCode {
    static final int DONE = 0;
    static final int FOUND = 1;
    static final int USAGE = 2;
    static final int BAD_INPUT = 3;
    static final int GUEST_FAILED = 4;

    private ExitCode() {}
}
