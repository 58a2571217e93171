package org.pvdiet.analyzer.cli;

/** How a command prints its result. */
enum Format {
    TEXT,
    JSON
}
