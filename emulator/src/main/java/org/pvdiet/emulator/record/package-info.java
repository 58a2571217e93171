/**
 * Turns sites into calls and effects while a guest runs, and hands both to the trace's writer. It watches the processor and
 * the memory from outside; it knows no platform's insides and nothing of how a trace is stored.
 */
package org.pvdiet.emulator.record;
