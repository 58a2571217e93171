/**
 * A processor, memory, virtual time and a platform running together, from the start of a guest to its end. Knows no
 * platform in particular and nothing of recording.
 */
package org.pvdiet.emulator.machine;
