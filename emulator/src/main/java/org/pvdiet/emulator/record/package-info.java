/**
 * Turns sites into calls and effects while a guest runs, and hands both to the trace's writer. It watches the processor and
 * the memory from outside; it knows no platform's insides and nothing of how a trace is stored. What looks at the guest runs
 * on its thread and does no more than write events down; what follows from these is worked out on another thread.
 */
package org.pvdiet.emulator.record;
