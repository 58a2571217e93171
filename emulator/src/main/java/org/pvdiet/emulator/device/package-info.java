/**
 * The chips of a PC, each as its data sheet has it, and the port space they answer in. Devices know virtual time, their
 * interrupt lines and each other's pins; they know no processor, no guest and no clock of the host.
 */
package org.pvdiet.emulator.device;
