package org.pvdiet.traces;

/** A trace that cannot be read. The message is a sentence for the user that names the file and what is wrong with it. */
public final class BadTraceException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BadTraceException(String message) {
        super(message);
    }

    BadTraceException(String message, Throwable cause) {
        super(message, cause);
    }
}
