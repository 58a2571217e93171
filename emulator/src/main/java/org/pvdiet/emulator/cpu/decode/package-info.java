/**
 * x86 instruction decoding: bytes in, {@link org.pvdiet.emulator.cpu.decode.Instruction} out, and its text.
 *
 * <p>{@link org.pvdiet.emulator.cpu.decode.OpcodeTable} is the one place that says which encoding means which
 * mnemonic with which operands, in the notation of SDM volume 2, appendix A. Nothing here knows registers' contents,
 * memory, CPUID features or privilege: those belong to execution.
 */
package org.pvdiet.emulator.cpu.decode;
