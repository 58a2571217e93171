package org.pvdiet.emulator.cpu.decode;

/**
 * Operand notation of SDM volume 2, appendix A.2: a letter for where the operand is, then its width.
 *
 * <p>Scalars in XMM registers are written by width (Vd for Vss, Vq for Vsd). Two forms joined by an underscore are a
 * register and a memory form of different width. Zb and Zv are the register named by the opcode's low three bits.
 */
enum OperandForm {
    // General-purpose register or memory, by ModRM.rm.
    Eb(Place.REGISTER_OR_MEMORY, Width.B),
    Ew(Place.REGISTER_OR_MEMORY, Width.W),
    Ed(Place.REGISTER_OR_MEMORY, Width.D),
    Eq(Place.REGISTER_OR_MEMORY, Width.Q),
    Ev(Place.REGISTER_OR_MEMORY, Width.V),
    Ez(Place.REGISTER_OR_MEMORY, Width.Z),
    Ey(Place.REGISTER_OR_MEMORY, Width.Y),
    Rv_Mw(Place.REGISTER_OR_MEMORY, Width.V, Width.W),
    Rd_Mb(Place.REGISTER_OR_MEMORY, Width.D, Width.B),
    Rd_Mw(Place.REGISTER_OR_MEMORY, Width.D, Width.W),

    // General-purpose register by ModRM.rm.
    Rd(Place.RM_REGISTER, Width.D),
    Rv(Place.RM_REGISTER, Width.V),
    Ry(Place.RM_REGISTER, Width.Y),
    Ra(Place.RM_REGISTER, Width.ADDRESS),
    /** A register whatever ModRM.mod says. */
    RMn(Place.RM_REGISTER_ANY_MOD, Width.NATIVE),

    // Memory by ModRM.rm.
    M(Place.MEMORY, Width.NONE),
    Mb(Place.MEMORY, Width.B),
    Mw(Place.MEMORY, Width.W),
    Md(Place.MEMORY, Width.D),
    Mq(Place.MEMORY, Width.Q),
    Mdq(Place.MEMORY, Width.DQ),
    Mt(Place.MEMORY, Width.T),
    Mv(Place.MEMORY, Width.V),
    My(Place.MEMORY, Width.Y),
    Ma(Place.MEMORY, Width.PAIR),
    Mp(Place.MEMORY, Width.FAR),
    Ms(Place.MEMORY, Width.TABLE),

    // Register by ModRM.reg.
    Gb(Place.REGISTER, Width.B),
    Gw(Place.REGISTER, Width.W),
    Gd(Place.REGISTER, Width.D),
    Gv(Place.REGISTER, Width.V),
    Gy(Place.REGISTER, Width.Y),
    Ga(Place.REGISTER, Width.ADDRESS),
    Sw(Place.SEGMENT, Width.W),
    Cn(Place.CONTROL, Width.NATIVE),
    Dn(Place.DEBUG, Width.NATIVE),

    // General-purpose register by the opcode.
    Zb(Place.OPCODE_REGISTER, Width.B),
    Zv(Place.OPCODE_REGISTER, Width.V),

    // XMM register by ModRM.reg, XMM register or memory by ModRM.rm, XMM register by ModRM.rm.
    Vd(Place.XMM, Width.D),
    Vq(Place.XMM, Width.Q),
    Vdq(Place.XMM, Width.DQ),
    Ww(Place.XMM_OR_MEMORY, Width.W),
    Wd(Place.XMM_OR_MEMORY, Width.D),
    Wq(Place.XMM_OR_MEMORY, Width.Q),
    Wdq(Place.XMM_OR_MEMORY, Width.DQ),
    Uq(Place.RM_XMM, Width.Q),
    Udq(Place.RM_XMM, Width.DQ),

    // The same for MMX.
    Pd(Place.MMX, Width.D),
    Pq(Place.MMX, Width.Q),
    Qd(Place.MMX_OR_MEMORY, Width.D),
    Qq(Place.MMX_OR_MEMORY, Width.Q),
    Nq(Place.RM_MMX, Width.Q),

    // x87: ST(0), and ST(i) by ModRM.rm.
    ST0(Place.ST0, Width.T),
    STi(Place.STI, Width.T),

    // Memory without ModRM: DS:rSI, ES:rDI, DS:rBX of XLAT, and a constant address.
    Xb(Place.SOURCE_STRING, Width.B),
    Xv(Place.SOURCE_STRING, Width.V),
    Xz(Place.SOURCE_STRING, Width.Z),
    Yb(Place.DESTINATION_STRING, Width.B),
    Yv(Place.DESTINATION_STRING, Width.V),
    Yz(Place.DESTINATION_STRING, Width.Z),
    BXb(Place.TRANSLATION_TABLE, Width.B),
    Ob(Place.OFFSET, Width.B),
    Ov(Place.OFFSET, Width.V),

    // Immediates: unsigned bytes and words, a sign-extended byte, a sign-extended word or doubleword, all bytes, and 1.
    Ib(Place.UNSIGNED, Width.B),
    Iw(Place.UNSIGNED, Width.W),
    sIb(Place.SIGNED_BYTE, Width.V),
    Iz(Place.SIGNED, Width.V),
    Iv(Place.FULL, Width.V),
    ONE(Place.ONE, Width.B),

    // Branch targets.
    Jb(Place.RELATIVE_BYTE, Width.V),
    Jz(Place.RELATIVE, Width.V),
    Ap(Place.FAR_POINTER, Width.V),

    // Implied registers.
    AL(Place.GPR, 0, Width.B),
    AX(Place.GPR, 0, Width.W),
    eAX(Place.GPR, 0, Width.Z),
    rAX(Place.GPR, 0, Width.V),
    CL(Place.GPR, 1, Width.B),
    DX(Place.GPR, 2, Width.W),
    ES(Place.IMPLIED_SEGMENT, 0, Width.W),
    CS(Place.IMPLIED_SEGMENT, 1, Width.W),
    SS(Place.IMPLIED_SEGMENT, 2, Width.W),
    DS(Place.IMPLIED_SEGMENT, 3, Width.W),
    FS(Place.IMPLIED_SEGMENT, 4, Width.W),
    GS(Place.IMPLIED_SEGMENT, 5, Width.W),
    XMM0(Place.IMPLIED_XMM, 0, Width.DQ);

    /** Where an operand is. */
    enum Place {
        REGISTER_OR_MEMORY,
        RM_REGISTER,
        RM_REGISTER_ANY_MOD,
        MEMORY,
        REGISTER,
        SEGMENT,
        CONTROL,
        DEBUG,
        OPCODE_REGISTER,
        XMM,
        XMM_OR_MEMORY,
        RM_XMM,
        MMX,
        MMX_OR_MEMORY,
        RM_MMX,
        ST0,
        STI,
        SOURCE_STRING,
        DESTINATION_STRING,
        TRANSLATION_TABLE,
        OFFSET,
        UNSIGNED,
        SIGNED_BYTE,
        SIGNED,
        FULL,
        ONE,
        RELATIVE_BYTE,
        RELATIVE,
        FAR_POINTER,
        GPR,
        IMPLIED_SEGMENT,
        IMPLIED_XMM;

        boolean isMemoryOnly() {
            return this == MEMORY;
        }

        boolean isRmRegisterOnly() {
            return this == RM_REGISTER || this == RM_XMM || this == RM_MMX || this == STI;
        }

        boolean isModRm() {
            return switch (this) {
                case REGISTER_OR_MEMORY,
                        RM_REGISTER,
                        RM_REGISTER_ANY_MOD,
                        MEMORY,
                        REGISTER,
                        SEGMENT,
                        CONTROL,
                        DEBUG,
                        XMM,
                        XMM_OR_MEMORY,
                        RM_XMM,
                        MMX,
                        MMX_OR_MEMORY,
                        RM_MMX,
                        STI -> true;
                default -> false;
            };
        }

        /** Whether its bytes follow ModRM, SIB and displacement. */
        boolean isEncodedLast() {
            return switch (this) {
                case OFFSET, UNSIGNED, SIGNED_BYTE, SIGNED, FULL, RELATIVE_BYTE, RELATIVE, FAR_POINTER -> true;
                default -> false;
            };
        }
    }

    /** How many bytes an operand has. */
    enum Width {
        NONE,
        B,
        W,
        D,
        Q,
        DQ,
        /** 10 bytes: x87 extended precision, packed decimal. */
        T,
        /** The operand size. */
        V,
        /** The operand size, but never more than 4. */
        Z,
        /** The operand size, but never less than 4. */
        Y,
        /** 8 in 64-bit mode, else 4. */
        NATIVE,
        /** Two of the operand size: BOUND. */
        PAIR,
        /** A selector after an offset of the operand size. */
        FAR,
        /** A descriptor table's limit and base. */
        TABLE,
        /** The address size. */
        ADDRESS;

        int bytes(Mode mode, int operandSize, int addressSize) {
            return switch (this) {
                case NONE -> 0;
                case B -> 1;
                case W -> 2;
                case D -> 4;
                case Q -> 8;
                case DQ -> 16;
                case T -> 10;
                case V -> operandSize;
                case Z -> Math.min(operandSize, 4);
                case Y -> Math.max(operandSize, 4);
                case NATIVE -> mode == Mode.BITS_64 ? 8 : 4;
                case PAIR -> 2 * operandSize;
                case FAR -> operandSize + 2;
                case TABLE -> mode == Mode.BITS_64 ? 10 : 6;
                case ADDRESS -> addressSize;
            };
        }
    }

    final Place place;
    final int number;
    final Width width;
    final Width memoryWidth;

    OperandForm(Place place, int number, Width width) {
        this.place = place;
        this.number = number;
        this.width = width;
        this.memoryWidth = width;
    }

    OperandForm(Place place, Width width, Width memoryWidth) {
        this.place = place;
        this.number = 0;
        this.width = width;
        this.memoryWidth = memoryWidth;
    }

    OperandForm(Place place, Width width) {
        this(place, width, width);
    }
}
