/**
 * The Xen PV ABI for an unprivileged x86-64 guest with one virtual CPU, as Xen 4.17 has it. The guest's kernel truly runs in
 * ring 3; Xen is this package, acting through {@link org.pvdiet.emulator.cpu.Supervisor}, and whatever of Xen the guest or
 * the processor can see (machine-to-physical table, descriptor tables, shared pages, Xen's slots in page tables) is real
 * memory. Nothing here knows Linux, other platforms or recording.
 *
 * <p>Rules come from Xen's public headers and from its source at tag RELEASE-4.17.0; the file is named where a rule is not
 * in a header.
 */
package org.pvdiet.emulator.platform.xenpv;
