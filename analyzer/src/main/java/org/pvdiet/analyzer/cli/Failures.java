package org.pvdiet.analyzer.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import org.pvdiet.emulator.guest.BadImageException;
import org.pvdiet.emulator.machine.ConfigurationException;
import org.pvdiet.traces.BadTraceException;
import org.pvdiet.traces.TraceWriteException;

/** Which exit code and which words belong to what went wrong. A stack trace means a defect of pvdiet's own. */
final class Failures {
    private Failures() {}

    static int report(Exception failure, PrintWriter err) {
        if (failure instanceof BadInputException
                || failure instanceof BadImageException
                || failure instanceof BadTraceException
                || failure instanceof ConfigurationException
                || failure instanceof TraceWriteException) {
            err.println("pvdiet: " + failure.getMessage());
            return ExitCode.BAD_INPUT;
        }
        if (failure instanceof FileSystemException e) {
            err.println("pvdiet: " + e.getFile() + ": " + (e.getReason() == null ? reason(e) : e.getReason()));
            return ExitCode.BAD_INPUT;
        }
        if (failure instanceof IOException || failure instanceof UncheckedIOException) {
            err.println("pvdiet: " + failure.getMessage());
            return ExitCode.BAD_INPUT;
        }
        err.println("pvdiet: this is a defect of pvdiet; please report it with what follows.");
        failure.printStackTrace(err);
        return ExitCode.BAD_INPUT;
    }

    private static String reason(FileSystemException e) {
        return switch (e.getClass().getSimpleName()) {
            case "NoSuchFileException" -> "there is no such file";
            case "AccessDeniedException" -> "permission denied";
            case "FileAlreadyExistsException" -> "exists already";
            default -> e.getClass().getSimpleName();
        };
    }
}
