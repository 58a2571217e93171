package org.pvdiet.emulator.cpu.decode;

/**
 * What an instruction's bytes must be to match a row of the opcode table.
 *
 * @param map 0 for one-byte opcodes, 1 for 0F, 2 for 0F 38, 3 for 0F 3A
 * @param opcode the first opcode that matches
 * @param opcodes how many consecutive opcodes match: 8 with a register or 16 with a condition in the low bits, else 1
 * @param conditional the opcode's low four bits are a condition
 * @param prefix the mandatory prefix
 * @param modRmMask bits of ModRM that must equal modRmValue
 * @param modRm a ModRM byte follows the opcode
 * @param mod restricts ModRM.mod
 * @param rexW what REX.W must be
 * @param noRexB REX.B must be clear
 * @param mode the only modes in which the row exists
 * @param stack how 64-bit mode changes the operand size
 */
record Encoding(
        int map,
        int opcode,
        int opcodes,
        boolean conditional,
        MandatoryPrefix prefix,
        int modRmMask,
        int modRmValue,
        boolean modRm,
        Mod mod,
        RexW rexW,
        boolean noRexB,
        ModeLimit mode,
        OperandSize64 size64) {

    /** SDM volume 2, section 3.1.1.1: NP is "none of 66, F2, F3". */
    enum MandatoryPrefix {
        ANY,
        NP,
        P66,
        F3,
        F2
    }

    /** ModRM.mod. */
    enum Mod {
        ANY,
        MEMORY,
        REGISTER
    }

    /** REX.W. */
    enum RexW {
        ANY,
        W0,
        W1
    }

    /** Superscripts i64 and o64 of SDM volume 2, table A-1. */
    enum ModeLimit {
        ANY,
        I64,
        O64
    }

    /** Superscripts d64 and f64 of SDM volume 2, table A-1. */
    enum OperandSize64 {
        NORMAL,
        D64,
        F64
    }

    /**
     * Reads the notation of {@link OpcodeTable}.
     *
     * @param forms the row's operands, some of which need ModRM or restrict its mod
     */
    static Encoding parse(String text, OperandForm[] forms) {
        int map = 0;
        int opcode = -1;
        int opcodes = 1;
        boolean conditional = false;
        MandatoryPrefix prefix = MandatoryPrefix.ANY;
        int modRmMask = 0;
        int modRmValue = 0;
        Mod mod = Mod.ANY;
        RexW rexW = RexW.ANY;
        boolean noRexB = false;
        ModeLimit mode = ModeLimit.ANY;
        OperandSize64 size64 = OperandSize64.NORMAL;

        for (String token : text.split(" ")) {
            switch (token) {
                case "NP" -> prefix = MandatoryPrefix.NP;
                case "mem" -> mod = Mod.MEMORY;
                case "reg" -> mod = Mod.REGISTER;
                case "W0" -> rexW = RexW.W0;
                case "W1" -> rexW = RexW.W1;
                case "noB" -> noRexB = true;
                case "i64" -> mode = ModeLimit.I64;
                case "o64" -> mode = ModeLimit.O64;
                case "d64" -> size64 = OperandSize64.D64;
                case "f64" -> size64 = OperandSize64.F64;
                default -> {
                    if (token.charAt(0) == '/') {
                        modRmMask = 0x38;
                        modRmValue = (token.charAt(1) - '0') << 3;
                    } else if (opcode >= 0) {
                        modRmMask = 0xff;
                        modRmValue = Integer.parseInt(token, 16);
                    } else if (map == 0 && token.equals("66")) {
                        prefix = MandatoryPrefix.P66;
                    } else if (map == 0 && token.equals("F3")) {
                        prefix = MandatoryPrefix.F3;
                    } else if (map == 0 && token.equals("F2")) {
                        prefix = MandatoryPrefix.F2;
                    } else if (map == 0 && token.equals("0F")) {
                        map = 1;
                    } else if (map == 1 && token.equals("38")) {
                        map = 2;
                    } else if (map == 1 && token.equals("3A")) {
                        map = 3;
                    } else {
                        opcode = Integer.parseInt(token.substring(0, 2), 16);
                        conditional = token.endsWith("+cc");
                        opcodes = conditional ? 16 : token.endsWith("+r") ? 8 : 1;
                    }
                }
            }
        }
        boolean modRm = modRmMask != 0 || mod != Mod.ANY;
        for (OperandForm form : forms) {
            modRm |= form.place.isModRm();
            if (form.place.isMemoryOnly()) {
                mod = Mod.MEMORY;
            } else if (form.place.isRmRegisterOnly()) {
                mod = Mod.REGISTER;
            }
        }
        return new Encoding(
                map,
                opcode,
                opcodes,
                conditional,
                prefix,
                modRmMask,
                modRmValue,
                modRm,
                mod,
                rexW,
                noRexB,
                mode,
                size64);
    }

    boolean matches(boolean in64, MandatoryPrefix found, int modRmByte, int rex) {
        return (prefix == MandatoryPrefix.ANY || prefix == found)
                && (modRmByte & modRmMask) == modRmValue
                && (mod == Mod.ANY || (mod == Mod.REGISTER) == (modRmByte >= 0xc0))
                && (mode == ModeLimit.ANY || (mode == ModeLimit.O64) == in64)
                && (rexW == RexW.ANY || (rexW == RexW.W1) == ((rex & 8) != 0))
                && !(noRexB && (rex & 1) != 0);
    }
}
