/** The trace format: schema, writer and reader. Knows nothing of x86, of the emulator or of any analysis. */
package org.pvdiet.traces;
