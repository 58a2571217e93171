package org.pvdiet.emulator.cpu;

import org.pvdiet.emulator.cpu.decode.Mnemonic;

/** Decimal adjustment, outside 64-bit mode only (SDM volume 2, AAA to DAS). */
enum Decimal {
    AAA(Mnemonic.AAA),
    AAS(Mnemonic.AAS),
    AAM(Mnemonic.AAM),
    AAD(Mnemonic.AAD),
    DAA(Mnemonic.DAA),
    DAS(Mnemonic.DAS);

    final Mnemonic mnemonic;

    Decimal(Mnemonic mnemonic) {
        this.mnemonic = mnemonic;
    }

    /**
     * @param radix of AAM and AAD
     */
    void execute(Cpu cpu, int radix) {
        int ax = (int) cpu.r[Cpu.RAX] & 0xffff;
        int al = ax & 0xff;
        int ah = ax >> 8;
        boolean carry = cpu.carry();
        boolean adjust = (cpu.statusFlags() & Flags.AF) != 0;
        boolean lowDigit = (al & 15) > 9 || adjust;
        switch (this) {
            case AAM -> {
                if (radix == 0) {
                    throw Fault.divideError();
                }
                cpu.write(2, Cpu.RAX, al / radix << 8 | al % radix);
                Alu.logic(cpu, 1, al % radix);
            }
            case AAD -> {
                int sum = al + ah * radix & 0xff;
                cpu.write(2, Cpu.RAX, sum);
                Alu.logic(cpu, 1, sum);
            }
            case AAA -> {
                int sum = lowDigit ? ax + 0x106 : ax;
                adjusted(cpu, 2, sum & 0xff0f, lowDigit, lowDigit);
            }
            case AAS -> {
                int difference = lowDigit ? ax - 0x106 : ax;
                adjusted(cpu, 2, difference & 0xff0f, lowDigit, lowDigit);
            }
            case DAA -> {
                boolean highDigit = al > 0x99 || carry;
                adjusted(cpu, 1, al + (lowDigit ? 6 : 0) + (highDigit ? 0x60 : 0), highDigit, lowDigit);
            }
            case DAS -> {
                boolean highDigit = al > 0x99 || carry;
                boolean borrow = lowDigit && al < 6;
                adjusted(cpu, 1, al - (lowDigit ? 6 : 0) - (highDigit ? 0x60 : 0), highDigit || borrow, lowDigit);
            }
        }
    }

    private static void adjusted(Cpu cpu, int size, int value, boolean carry, boolean adjust) {
        cpu.write(size, Cpu.RAX, value);
        cpu.flags(
                StatusFlags.of(StatusFlags.RESULT, 1),
                Alu.align(1, value),
                (carry ? Flags.CF : 0) | (adjust ? Flags.AF : 0));
    }
}
