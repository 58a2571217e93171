package org.pvdiet.analyzer.cli;

/** Something the user gave cannot be used. The message is a sentence: what, where, and what to do. */
final class BadInputException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BadInputException(String message) {
        super(message);
    }
}
