package org.pvdiet.traces;

/** What a site's bytes were in the end. */
public enum SiteForm {
    /** Call through the table. */
    INDIRECT,
    /** Call of a function. */
    DIRECT,
    /** Other instructions in the call's place. */
    INLINE
}
