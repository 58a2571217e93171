package org.pvdiet.emulator.guest;

/**
 * A guest file that cannot be used. The message is a sentence for the user: which file, where in it,
 * what is wrong or missing, and what to do where something can be done.
 */
public final class BadImageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public BadImageException(String message) {
        super(message);
    }

    public BadImageException(String message, Throwable cause) {
        super(message, cause);
    }
}
