package org.pvdiet.traces;

/**
 * A finished file of a trace, as {@code trace.json} lists it.
 *
 * @param name file name in the trace's directory
 * @param rows rows of the table in it
 * @param bytes its length
 * @param crc32c CRC-32C of its content
 */
record FileEntry(String name, long rows, long bytes, long crc32c) {}
