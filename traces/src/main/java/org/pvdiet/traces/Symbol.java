package org.pvdiet.traces;

/** A symbol of the kernel: its address, name and type letter as in {@code /proc/kallsyms}. */
public record Symbol(long address, String name, char type) {}
