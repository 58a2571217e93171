/**
 * What can be learned from a guest's files before it runs: kernel images (bzImage and ELF), their
 * notes, types, symbols, paravirt hooks and call sites, and initial RAM disks.
 *
 * <p>Everything here reads bytes and returns records. Nothing here knows a CPU, a platform's
 * behaviour or the trace format; instructions are recognised only as far as a byte pattern that
 * refers to a hook's slot goes.
 */
package org.pvdiet.emulator.guest;
