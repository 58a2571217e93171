package org.pvdiet.emulator.machine;

/**
 * How far a run is, for people who watch.
 *
 * @param instructions retired so far
 * @param time virtual, in nanoseconds
 * @param line the console's last finished line
 */
public record Progress(long instructions, long time, String line) {}
