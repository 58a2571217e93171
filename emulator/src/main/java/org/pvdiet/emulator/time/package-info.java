/**
 * Virtual time: nanoseconds that pass with retired instructions and, while the processor is halted, with nothing at all.
 * No clock of the host is read here or anywhere below.
 */
package org.pvdiet.emulator.time;
