package org.pvdiet.emulator.cpu;

/** Translated code has done other things than the interpreter: a fault of this program, not of the guest. */
public final class TranslationDifference extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TranslationDifference(String what) {
        super(what, null, false, false);
    }
}
