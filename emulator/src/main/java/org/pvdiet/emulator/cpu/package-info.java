/**
 * The processor: registers, exceptions, micro-operations and their interpreter, control registers, MSRs, CPUID. It is the
 * architecture and nothing else: what is below the guest answers through {@link org.pvdiet.emulator.cpu.Supervisor}, what is
 * beside it through {@link org.pvdiet.emulator.cpu.PortBus} and
 * {@link org.pvdiet.emulator.cpu.InterruptController}, and who watches through {@link org.pvdiet.emulator.cpu.Observer} and
 * {@link org.pvdiet.emulator.cpu.Probe}. No platform, no trace, no kernel is named here.
 */
package org.pvdiet.emulator.cpu;
