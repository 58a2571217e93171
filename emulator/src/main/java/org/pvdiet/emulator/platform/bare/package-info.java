/**
 * Bare metal: a PC of 8259, 8254, 8042, 16550 and a real-time clock, started as a 64-bit boot loader starts Linux. Users
 * write {@code native}.
 */
package org.pvdiet.emulator.platform.bare;
