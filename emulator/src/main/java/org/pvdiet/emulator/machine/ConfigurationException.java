package org.pvdiet.emulator.machine;

/** A machine that its guest cannot be placed on. The message is a sentence for the user: what is wrong, and what would do. */
public final class ConfigurationException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ConfigurationException(String message) {
        super(message);
    }
}
