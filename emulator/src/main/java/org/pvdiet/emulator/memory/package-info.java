/**
 * Physical memory, paging and the translation look-aside buffer. Knows addresses and page-table entries, not registers,
 * instructions or platforms: whoever owns the control registers tells {@link org.pvdiet.emulator.memory.Mmu} what they
 * mean for paging.
 */
package org.pvdiet.emulator.memory;
