/**
 * What a guest runs on. A platform owns what is outside the processor: what the guest finds at start, and the answer to a
 * privileged instruction, a fault, a hypercall, an interrupt. One sub-package each; they do not know each other.
 */
package org.pvdiet.emulator.platform;
