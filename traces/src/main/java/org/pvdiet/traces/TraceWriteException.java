package org.pvdiet.traces;

/** A trace that cannot be written. The message is a sentence for the user that names the file, the cause and a remedy. */
public final class TraceWriteException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TraceWriteException(String message) {
        super(message);
    }

    TraceWriteException(String message, Throwable cause) {
        super(message, cause);
    }
}
