package org.pvdiet.analyzer.cli;

/** How {@code diet} prints its result. */
enum DietFormat {
    TEXT,
    JSON,
    MD
}
