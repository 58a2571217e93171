package org.pvdiet.analyzer.cli;

/** How a command prints a result that is a list. */
enum ListFormat {
    TEXT,
    JSON,
    CSV
}
