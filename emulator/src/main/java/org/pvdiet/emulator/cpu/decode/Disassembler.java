package org.pvdiet.emulator.cpu.decode;

import java.util.List;
import org.pvdiet.emulator.cpu.decode.Encoding.MandatoryPrefix;
import org.pvdiet.emulator.cpu.decode.Operand.FarPointer;
import org.pvdiet.emulator.cpu.decode.Operand.Immediate;
import org.pvdiet.emulator.cpu.decode.Operand.Memory;
import org.pvdiet.emulator.cpu.decode.Operand.Register;
import org.pvdiet.emulator.cpu.decode.Operand.Relative;

/** Prints instructions in AT&amp;T syntax, as GNU {@code objdump -d} does. */
public final class Disassembler {
    private static final String[] CONDITIONS = {
        "o", "no", "b", "ae", "e", "ne", "be", "a", "s", "ns", "p", "np", "l", "ge", "le", "g"
    };
    private static final String[] PREDICATES = {"eq", "lt", "le", "unord", "neq", "nlt", "nle", "ord"};
    private static final String[] CARRYLESS = {"lqlq", "hqlq", "lqhq", "hqhq"};

    private static final String[] GPR_8 = {"al", "cl", "dl", "bl", "spl", "bpl", "sil", "dil"};
    private static final String[] GPR_HIGH = {"ah", "ch", "dh", "bh"};
    private static final String[] GPR_16 = {"ax", "cx", "dx", "bx", "sp", "bp", "si", "di"};

    private Disassembler() {}

    /** The mnemonic and operands, without address and bytes. */
    public static String text(Instruction instruction) {
        switch (instruction.mnemonic()) {
            case INVALID, TOO_LONG -> {
                return "(bad)";
            }
            case UNKNOWN, VEX, EVEX -> {
                return "(" + instruction.mnemonic().text() + ")";
            }
            default -> {}
        }
        StringBuilder text = new StringBuilder(prefixes(instruction));
        String name = name(instruction);
        String operands = operands(instruction);
        text.append(name);
        if (!operands.isEmpty()) {
            text.append(" ".repeat(Math.max(1, 7 - text.length()))).append(operands);
        }
        for (Operand operand : instruction.operands()) {
            if (operand instanceof Memory memory && memory.ripRelative()) {
                text.append("        # ").append(hex(memory.displacement()));
            }
        }
        return text.toString();
    }

    /** Prefixes that are printed as words: LOCK, repetitions, and whatever the instruction makes no use of. */
    private static String prefixes(Instruction instruction) {
        StringBuilder text = new StringBuilder();
        byte[] bytes = instruction.bytes();
        boolean in64 = instruction.mode() == Mode.BITS_64;
        for (int i = 0; i < bytes.length; i++) {
            int b = bytes[i] & 0xff;
            boolean again = i + 1 < bytes.length && bytes[i + 1] == bytes[i];
            switch (b) {
                case 0xf0 -> text.append("lock ");
                case 0xf2, 0xf3 -> text.append(repetition(instruction, b));
                case 0x66 -> text.append(again || !usesOperandSizePrefix(instruction) ? "data16 " : "");
                case 0x67 ->
                    text.append(
                            again || !usesAddressSizePrefix(instruction)
                                    ? (instruction.mode() == Mode.BITS_32 ? "addr16 " : "addr32 ")
                                    : "");
                case 0x26, 0x2e, 0x36, 0x3e ->
                    text.append(in64 || !usesSegment(instruction) ? nullPrefix(instruction, b) : "");
                case 0x64, 0x65 ->
                    text.append(
                            again || !usesSegment(instruction)
                                    ? Segment.of(b & 7).text() + " "
                                    : "");
                default -> {
                    if (in64 && (b & 0xf0) == 0x40) {
                        text.append(instruction.prefixes().rex() != b ? rex(b) + " " : "");
                        continue;
                    }
                    return text.toString();
                }
            }
        }
        return text.toString();
    }

    private static String nullPrefix(Instruction instruction, int b) {
        return switch (instruction.mnemonic()) {
            case JCC, JCXZ, LOOP, LOOPE, LOOPNE ->
                b == 0x2e || b == 0x3e ? "" : Segment.of(b >> 3 & 3).text() + " ";
            case JMP, CALL ->
                b == 0x3e && !(instruction.operand(0) instanceof Relative)
                        ? "notrack "
                        : Segment.of(b >> 3 & 3).text() + " ";
            default -> Segment.of(b >> 3 & 3).text() + " ";
        };
    }

    private static String rex(int rex) {
        String bits = ((rex & 8) != 0 ? "W" : "")
                + ((rex & 4) != 0 ? "R" : "")
                + ((rex & 2) != 0 ? "X" : "")
                + ((rex & 1) != 0 ? "B" : "");
        return bits.isEmpty() ? "rex" : "rex." + bits;
    }

    private static String repetition(Instruction instruction, int b) {
        MandatoryPrefix mandatory = instruction.encoding().prefix();
        if (mandatory == MandatoryPrefix.F3 || mandatory == MandatoryPrefix.F2) {
            return "";
        }
        return switch (instruction.mnemonic()) {
            case MOVS, STOS, LODS, INS, OUTS -> b == 0xf3 ? "rep " : "repnz ";
            case CMPS, SCAS -> b == 0xf3 ? "repz " : "repnz ";
            case JMP, CALL, RET, JCC -> b == 0xf3 ? "repz " : "bnd ";
            default -> b == 0xf3 ? "repz " : "repnz ";
        };
    }

    private static boolean usesOperandSizePrefix(Instruction instruction) {
        if (instruction.encoding().prefix() == MandatoryPrefix.P66) {
            return true;
        }
        boolean usual =
                instruction.mode() == Mode.BITS_16 ? instruction.operandSize() == 2 : instruction.operandSize() != 2;
        return switch (instruction.mnemonic()) {
            case NOP,
                    CBW,
                    CWD,
                    PUSHF,
                    POPF,
                    PUSHA,
                    POPA,
                    IRET,
                    ENTER,
                    LEAVE,
                    RET,
                    RET_FAR,
                    FLDENV,
                    FNSTENV,
                    FNSAVE,
                    FRSTOR -> !usual;
            default -> !usual && instruction.operands().stream().anyMatch(o -> !(o instanceof Immediate));
        };
    }

    private static boolean usesAddressSizePrefix(Instruction instruction) {
        if (instruction.mnemonic() == Mnemonic.JCXZ) {
            return true;
        }
        for (Operand operand : instruction.operands()) {
            if (operand instanceof Memory) {
                return true;
            }
        }
        return false;
    }

    private static boolean usesSegment(Instruction instruction) {
        for (Operand operand : instruction.operands()) {
            if (operand instanceof Memory) {
                return true;
            }
        }
        return false;
    }

    private static boolean hasFile(Instruction instruction, RegisterFile file) {
        for (Operand operand : instruction.operands()) {
            if (operand instanceof Register register && register.file() == file) {
                return true;
            }
        }
        return false;
    }

    private static String name(Instruction instruction) {
        Mnemonic mnemonic = instruction.mnemonic();
        List<Operand> operands = instruction.operands();
        int size = instruction.operandSize();
        boolean wide = instruction.prefixes().rexW();
        String name = mnemonic.text();
        return switch (mnemonic) {
            case JCC -> "j" + CONDITIONS[instruction.condition()] + hint(instruction);
            case SETCC -> "set" + CONDITIONS[instruction.condition()];
            case CMOVCC -> "cmov" + CONDITIONS[instruction.condition()];
            case MOV -> {
                boolean offset = (instruction.opcode() & 0xfc) == 0xa0 && instruction.addressSize() == 8;
                boolean longImmediate = (instruction.opcode() & 0xf8) == 0xb8 && size == 8;
                yield offset || longImmediate ? "movabs" : "mov" + memorySuffix(instruction);
            }
            case MOVSXD -> size == 8 ? "movslq" : name;
            case MOVZX, MOVSX ->
                "mov" + (mnemonic == Mnemonic.MOVZX ? 'z' : 's')
                        + suffix(operands.get(1).size()) + suffix(size);
            case MOVS, CMPS -> name + suffix(operands.get(0).size());
            case INS, OUTS ->
                name + suffix(operands.get(mnemonic == Mnemonic.INS ? 0 : 1).size());
            case CBW -> size == 2 ? "cbtw" : size == 4 ? "cwtl" : "cltq";
            case CWD -> size == 2 ? "cwtd" : size == 4 ? "cltd" : "cqto";
            case CRC32 -> name + (operands.get(1) instanceof Memory m ? "" + suffix(m.size()) : "");
            case LOOP, LOOPE, LOOPNE ->
                name
                        + (instruction.addressSize() == instruction.mode().defaultAddressSize
                                ? ""
                                : "" + suffix(instruction.addressSize()));
            case NOP -> operands.isEmpty() ? (size == 2 ? "xchg" : name) : name + memorySuffix(instruction);
            case IRET -> size == 4 ? name : name + suffix(size);
            case RET_FAR -> size == 4 ? "lret" : "lret" + suffix(size);
            case CALL_FAR -> "lcall" + (size == 2 ? "w" : "");
            case JMP_FAR -> "ljmp" + (size == 2 ? "w" : "");
            case SYSRET -> "sysret" + (wide ? 'q' : 'l');
            case SYSEXIT -> name + (wide ? 'q' : 'l');
            case PUSHF, POPF, PUSHA, POPA -> name + plainSuffix(instruction);
            case RET, LEAVE, ENTER -> name + (size == 2 ? "w" : "");
            case PUSH, POP ->
                name
                        + (operands.get(0) instanceof Register r && r.file() == RegisterFile.GPR
                                ? ""
                                : plainSuffix(instruction));
            case CALL, JMP -> name + (operands.get(0) instanceof Memory && size == 2 ? "w" : "");
            case JCXZ -> instruction.addressSize() == 8 ? "jrcxz" : instruction.addressSize() == 4 ? "jecxz" : "jcxz";
            case FXSAVE, FXRSTOR, XSAVE, XRSTOR, XSAVEC, XSAVEOPT, XSAVES, XRSTORS -> name + (wide ? "64" : "");
            case RDSSP, INCSSP, WRSS, WRUSS -> name + (wide ? "q" : "d");
            case ADD,
                    OR,
                    ADC,
                    SBB,
                    AND,
                    SUB,
                    XOR,
                    CMP,
                    TEST,
                    INC,
                    DEC,
                    NEG,
                    NOT,
                    MUL,
                    IMUL,
                    DIV,
                    IDIV,
                    ROL,
                    ROR,
                    RCL,
                    RCR,
                    SHL,
                    SHR,
                    SAR,
                    BT,
                    BTS,
                    BTR,
                    BTC,
                    PTWRITE -> name + memorySuffix(instruction);
            case CVTSI2SS, CVTSI2SD ->
                name
                        + (operands.get(1) instanceof Memory m && instruction.mode() == Mode.BITS_64
                                ? "" + suffix(m.size())
                                : "");
            case CMPPS, CMPPD, CMPSS, CMPSD -> {
                long predicate = ((Immediate) operands.get(2)).value();
                yield predicate < 8 ? "cmp" + PREDICATES[(int) predicate] + name.substring(3) : name;
            }
            case PCLMULQDQ -> {
                long selector = ((Immediate) operands.get(2)).value();
                yield (selector & ~0x11) == 0
                        ? "pclmul" + CARRYLESS[(int) (selector & 1 | selector >> 3)] + "qdq"
                        : name;
            }
            default -> mnemonic.isX87() ? x87(instruction) : name;
        };
    }

    private static String hint(Instruction instruction) {
        byte first = instruction.bytes()[0];
        return first == 0x2e ? ",pn" : first == 0x3e ? ",pt" : "";
    }

    /** Pushes and flags: a suffix where the size is not the mode's own. */
    private static String plainSuffix(Instruction instruction) {
        int usual = instruction.mode().defaultAddressSize;
        return instruction.operandSize() == usual ? "" : "" + suffix(instruction.operandSize());
    }

    /** The suffix that says the size of a memory operand where no register does; a shift count does not. */
    private static String memorySuffix(Instruction instruction) {
        List<Operand> operands = instruction.operands();
        if (!(operands.get(0) instanceof Memory)) {
            return "";
        }
        boolean alone = operands.size() == 1 || operands.get(1) instanceof Immediate || isShift(instruction.mnemonic());
        return alone ? "" + suffix(operands.get(0).size()) : "";
    }

    private static boolean isShift(Mnemonic mnemonic) {
        return switch (mnemonic) {
            case ROL, ROR, RCL, RCR, SHL, SHR, SAR -> true;
            default -> false;
        };
    }

    private static char suffix(int size) {
        return switch (size) {
            case 1 -> 'b';
            case 2 -> 'w';
            case 4 -> 'l';
            default -> 'q';
        };
    }

    /**
     * x87 names. AT&amp;T syntax exchanges FSUB with FSUBR and FDIV with FDIVR where the destination is ST(i), a slip of
     * the System V assembler that GNU's keeps.
     */
    private static String x87(Instruction instruction) {
        String name = instruction.mnemonic().text();
        List<Operand> operands = instruction.operands();
        if (operands.isEmpty()) {
            return name;
        }
        if (operands.get(0) instanceof Memory memory) {
            return switch (name) {
                case "fldcw", "fnstcw", "fnstsw", "fbld", "fbstp" -> name;
                case "fldenv", "fnstenv", "frstor", "fnsave" -> name + (instruction.operandSize() == 2 ? "s" : "");
                default -> {
                    boolean integer = name.startsWith("fi");
                    yield name
                            + switch (memory.size()) {
                                case 2 -> "s";
                                case 4 -> integer ? "l" : "s";
                                case 8 -> integer ? "ll" : "l";
                                default -> "t";
                            };
                }
            };
        }
        if (isToStackIndex(instruction)) {
            return switch (name) {
                case "fsub" -> "fsubr";
                case "fsubr" -> "fsub";
                case "fsubp" -> "fsubrp";
                case "fsubrp" -> "fsubp";
                case "fdiv" -> "fdivr";
                case "fdivr" -> "fdiv";
                case "fdivp" -> "fdivrp";
                case "fdivrp" -> "fdivp";
                default -> name;
            };
        }
        return name;
    }

    /** Whether an x87 instruction's destination is ST(i) and its source ST(0). */
    private static boolean isToStackIndex(Instruction instruction) {
        return instruction.opcode() == 0xdc || instruction.opcode() == 0xde;
    }

    private static String operands(Instruction instruction) {
        List<Operand> operands = instruction.operands();
        switch (instruction.mnemonic()) {
            case NOP -> {
                if (operands.isEmpty()) {
                    return instruction.operandSize() == 2 ? "%ax,%ax" : "";
                }
            }
            case MONITOR, MONITORX -> {
                return "%" + gpr(0, instruction.addressSize()) + ",%ecx,%edx";
            }
            case MWAIT -> {
                return "%eax,%ecx";
            }
            case MWAITX -> {
                return "%eax,%ecx,%ebx";
            }
            default -> {}
        }
        boolean inOrder = instruction.mnemonic() == Mnemonic.ENTER || instruction.mnemonic() == Mnemonic.BOUND;
        boolean predicate = name(instruction).startsWith("cmp")
                && hasFile(instruction, RegisterFile.XMM)
                && operands.size() == 3
                && ((Immediate) operands.get(2)).value() < 8;
        boolean carryless =
                instruction.mnemonic() == Mnemonic.PCLMULQDQ && (((Immediate) operands.get(2)).value() & ~0x11) == 0;
        int count = predicate || carryless ? 2 : operands.size();
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < count; i++) {
            Operand operand = operands.get(inOrder ? i : count - 1 - i);
            if (operand instanceof Immediate immediate && isShiftByOne(instruction, immediate)) {
                continue;
            }
            text.append(text.length() == 0 ? "" : ",").append(operand(instruction, operand));
        }
        return text.toString();
    }

    private static boolean isShiftByOne(Instruction instruction, Immediate immediate) {
        return immediate.value() == 1 && isShift(instruction.mnemonic()) && (instruction.opcode() & 0xfe) == 0xd0;
    }

    private static String operand(Instruction instruction, Operand operand) {
        boolean port = instruction.mnemonic() == Mnemonic.IN
                || instruction.mnemonic() == Mnemonic.OUT
                || instruction.mnemonic() == Mnemonic.INS
                || instruction.mnemonic() == Mnemonic.OUTS;
        boolean indirect = (instruction.mnemonic() == Mnemonic.CALL
                        || instruction.mnemonic() == Mnemonic.JMP
                        || instruction.mnemonic() == Mnemonic.CALL_FAR
                        || instruction.mnemonic() == Mnemonic.JMP_FAR)
                && !(operand instanceof Relative)
                && !(operand instanceof FarPointer);
        String star = indirect ? "*" : "";
        if (operand instanceof Register register) {
            boolean dx = port && register.size() == 2 && register.number() == 2;
            boolean implied = register.file() == RegisterFile.X87
                    && instruction.operands().size() == 2
                    && operand == instruction.operand(isToStackIndex(instruction) ? 1 : 0);
            return implied ? "%st" : dx ? "(%dx)" : star + "%" + register(register);
        } else if (operand instanceof Memory memory) {
            return star + memory(instruction, memory);
        } else if (operand instanceof Immediate immediate) {
            long mask = immediate.size() == 8 ? -1 : (1L << 8 * immediate.size()) - 1;
            return "$" + hex(immediate.value() & mask);
        } else if (operand instanceof Relative relative) {
            return hex(relative.target());
        } else {
            FarPointer far = (FarPointer) operand;
            return "$" + hex(far.selector()) + ",$" + hex(far.offset());
        }
    }

    private static String register(Register register) {
        int number = register.number();
        return switch (register.file()) {
            case GPR -> gpr(number, register.size());
            case GPR_HIGH -> GPR_HIGH[number];
            case SEGMENT -> Segment.of(number).text();
            case CONTROL -> "cr" + number;
            case DEBUG -> "db" + number;
            case X87 -> "st(" + number + ")";
            case MMX -> "mm" + number;
            case XMM -> "xmm" + number;
        };
    }

    private static String gpr(int number, int size) {
        if (number >= 8) {
            return "r" + number + (size == 1 ? "b" : size == 2 ? "w" : size == 4 ? "d" : "");
        }
        return size == 1 ? GPR_8[number] : (size == 2 ? "" : size == 4 ? "e" : "r") + GPR_16[number];
    }

    private static String memory(Instruction instruction, Memory memory) {
        StringBuilder text = new StringBuilder();
        boolean string = switch (instruction.mnemonic()) {
            case MOVS, CMPS, STOS, LODS, SCAS, INS, OUTS, XLAT -> true;
            default -> false;
        };
        if (string || instruction.prefixes().segment() != null) {
            text.append('%').append(memory.segment().text()).append(':');
        }
        if (memory.ripRelative()) {
            long distance = memory.displacement() - instruction.next();
            return text.append(signedHex(memory.addressSize() == 4 ? (int) distance : distance))
                    .append(memory.addressSize() == 4 ? "(%eip)" : "(%rip)")
                    .toString();
        }
        boolean absolute = memory.base() == Operand.NONE && memory.index() == Operand.NONE;
        if (absolute) {
            long mask = memory.addressSize() == 8 ? -1 : (1L << 8 * memory.addressSize()) - 1;
            return text.append(hex(memory.displacement() & mask)).toString();
        }
        if (memory.displacement() != 0 || memory.base() == Operand.NONE) {
            text.append(signedHex(memory.displacement()));
        }
        text.append('(');
        if (memory.base() != Operand.NONE) {
            text.append('%').append(gpr(memory.base(), memory.addressSize()));
        }
        if (memory.index() != Operand.NONE) {
            text.append(",%").append(gpr(memory.index(), memory.addressSize()));
            if (memory.addressSize() != 2) {
                text.append(',').append(memory.scale());
            }
        }
        return text.append(')').toString();
    }

    private static String hex(long value) {
        return "0x" + Long.toHexString(value);
    }

    private static String signedHex(long value) {
        return value < 0 ? "-0x" + Long.toHexString(-value) : hex(value);
    }
}
