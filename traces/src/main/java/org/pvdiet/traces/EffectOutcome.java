package org.pvdiet.traces;

/** What became of an effect. */
public enum EffectOutcome {
    /** It happened as asked. */
    DONE,
    /** It happened, but the platform did it in the guest's stead after a trap. */
    EMULATED,
    /** The platform did something else than asked; new says what is there now. */
    ALTERED,
    /** It was silently not done. */
    IGNORED,
    /** The platform said no with an error, in result. */
    REFUSED,
    /** It ended in an exception. */
    FAILED
}
