package org.pvdiet.emulator.cpu.decode;

import java.util.List;

/**
 * A row of the opcode table.
 *
 * @param ignoresMod ModRM.rm is a register whatever ModRM.mod says
 * @param widestOperand no effective operand size is larger: 1 in byte forms, 4 where REX.W does not widen, else 8
 */
record Row(Encoding encoding, Mnemonic mnemonic, OperandForm[] forms, boolean ignoresMod, int widestOperand) {
    Row(Encoding encoding, Mnemonic mnemonic, OperandForm[] forms) {
        this(encoding, mnemonic, forms, List.of(forms).contains(OperandForm.RMn), widestOperand(forms));
    }

    private static int widestOperand(OperandForm[] forms) {
        int widest = 0;
        for (OperandForm form : forms) {
            if (form.place != OperandForm.Place.UNSIGNED
                    && form.place != OperandForm.Place.ONE
                    && form != OperandForm.CL) {
                widest = Math.max(
                        widest,
                        switch (form.width) {
                            case B -> 1;
                            case Z -> 4;
                            case W -> form == OperandForm.DX ? 0 : 8;
                            default -> 8;
                        });
            }
        }
        return widest == 0 ? 8 : widest;
    }
}
