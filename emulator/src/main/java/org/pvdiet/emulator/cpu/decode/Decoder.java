package org.pvdiet.emulator.cpu.decode;

import java.util.Arrays;
import org.pvdiet.emulator.cpu.decode.Encoding.MandatoryPrefix;
import org.pvdiet.emulator.cpu.decode.Encoding.OperandSize64;
import org.pvdiet.emulator.cpu.decode.Operand.Immediate;
import org.pvdiet.emulator.cpu.decode.Operand.Memory;
import org.pvdiet.emulator.cpu.decode.Operand.Register;

/** Reads instructions, one after another. For one thread. */
public final class Decoder {
    private static final int LONGEST = 15;
    private static final Operand[] NO_OPERANDS = {};

    private static final int RBX = 3;
    private static final int RSP = 4;
    private static final int RBP = 5;
    private static final int RSI = 6;
    private static final int RDI = 7;

    /** Base and index of the 16-bit addressing forms (SDM volume 2, table 2-1). */
    private static final int[] BASE_16 = {RBX, RBX, RBP, RBP, RSI, RDI, RBP, RBX};

    private static final int[] INDEX_16 = {RSI, RDI, RSI, RDI, Operand.NONE, Operand.NONE, Operand.NONE, Operand.NONE};

    /** By size and number. Most operands are among these. */
    private static final Register[][] GENERAL_PURPOSE = new Register[9][16];

    static {
        for (int size = 1; size <= 8; size *= 2) {
            for (int number = 0; number < 16; number++) {
                GENERAL_PURPOSE[size][number] = new Register(RegisterFile.GPR, number, size);
            }
        }
    }

    private final CodeSource source;
    private long address;
    private Mode mode;
    private final byte[] bytes = new byte[LONGEST];

    /** How many bytes have come from the source, perhaps more than are the instruction's. */
    private int known;

    /** How many bytes have been taken for the instruction. */
    private int length;

    private boolean lock;
    private int repeat;
    private Segment segment;
    private boolean operandSizePrefix;
    private boolean addressSizePrefix;
    private int rex;

    private int opcode;
    private int operandSize;
    private int addressSize;
    private int modRm;

    private int base;
    private int index;
    private int scale;
    private long displacement;
    private boolean ripRelative;

    /** Decodes instructions of a source. */
    public Decoder(CodeSource source) {
        this.source = source;
    }

    /** As {@link #decode(long, Mode)}, for whoever wants a single instruction. */
    public static Instruction decode(CodeSource source, long address, Mode mode) {
        return new Decoder(source).decode(address, mode);
    }

    /**
     * Decodes the instruction at an address.
     *
     * <p>Never throws but what the source throws. What the architecture answers with an exception is an instruction too:
     * {@link Mnemonic#INVALID} and {@link Mnemonic#TOO_LONG}.
     *
     * @param address instruction pointer (offset in CS), passed to the source
     */
    public Instruction decode(long address, Mode mode) {
        begin(address, mode);
        try {
            return decode();
        } catch (TooLong e) {
            return unlisted(Mnemonic.TOO_LONG);
        }
    }

    /** Forgets the instruction before. */
    private void begin(long address, Mode mode) {
        this.address = address;
        this.mode = mode;
        known = source.bytesAt(address, bytes);
        length = 0;
        lock = false;
        repeat = 0;
        segment = null;
        operandSizePrefix = false;
        addressSizePrefix = false;
        rex = 0;
        opcode = 0;
        operandSize = 0;
        addressSize = 0;
        modRm = 0;
        base = Operand.NONE;
        index = Operand.NONE;
        scale = 1;
        displacement = 0;
        ripRelative = false;
    }

    private Instruction decode() {
        int first = prefixes();
        addressSize = addressSizePrefix ? (mode == Mode.BITS_32 ? 2 : 4) : mode.defaultAddressSize;
        operandSize = operandSize(OperandSize64.NORMAL, operandSizePrefix);

        boolean mayBeVex = first == 0xc4 || first == 0xc5 || first == 0x62;
        if (mayBeVex) {
            modRm = fetch();
            if (in64() || modRm >= 0xc0) {
                return vex(first, modRm);
            }
        }
        int map = 0;
        opcode = first;
        if (opcode == 0x0f) {
            map = 1;
            opcode = fetch();
            if (opcode == 0x38 || opcode == 0x3a) {
                map = opcode == 0x38 ? 2 : 3;
                opcode = fetch();
            }
        }
        Row[] rows = OpcodeTable.rows(map, opcode);
        if (rows.length > 0 && rows[0].encoding().modRm() && !mayBeVex) {
            modRm = fetch();
        }
        Row row = match(rows);
        return row == null ? unlisted(Mnemonic.INVALID) : decode(row);
    }

    /** Reads prefixes and returns the byte after them. */
    private int prefixes() {
        while (true) {
            int b = fetch();
            switch (b) {
                case 0xf0 -> lock = true;
                case 0xf2, 0xf3 -> repeat = b;
                case 0x66 -> operandSizePrefix = true;
                case 0x67 -> addressSizePrefix = true;
                case 0x64 -> segment = Segment.FS;
                case 0x65 -> segment = Segment.GS;
                case 0x26, 0x2e, 0x36, 0x3e -> {
                    // SDM volume 1, section 3.4.2.1: null prefixes in 64-bit mode.
                    if (!in64()) {
                        segment = Segment.of(b >> 3 & 3);
                    }
                }
                default -> {
                    if (!in64() || (b & 0xf0) != 0x40) {
                        return b;
                    }
                    // SDM volume 2, section 2.2.1: REX counts only right before the opcode.
                    rex = b;
                    continue;
                }
            }
            rex = 0;
        }
    }

    private Row match(Row[] rows) {
        MandatoryPrefix found = repeat == 0xf3
                ? MandatoryPrefix.F3
                : repeat == 0xf2 ? MandatoryPrefix.F2 : operandSizePrefix ? MandatoryPrefix.P66 : MandatoryPrefix.NP;
        for (Row row : rows) {
            if (row.encoding().matches(in64(), found, modRm, rex)) {
                return row;
            }
        }
        return null;
    }

    private Instruction decode(Row row) {
        Encoding encoding = row.encoding();
        operandSize = operandSize(encoding.size64(), operandSizePrefix && encoding.prefix() != MandatoryPrefix.P66);
        if (encoding.modRm() && modRm < 0xc0 && !row.ignoresMod()) {
            fetchAddress();
        }
        OperandForm[] forms = row.forms();
        Operand[] operands = new Operand[forms.length];
        for (int i = 0; i < operands.length; i++) {
            if (forms[i].place.isEncodedLast()) {
                operands[i] = fetchOperand(forms[i]);
            }
        }
        for (int i = 0; i < operands.length; i++) {
            if (operands[i] == null) {
                operands[i] = operand(forms[i]);
            }
        }
        operandSize = Math.min(operandSize, row.widestOperand());
        Mnemonic mnemonic = isDefined(row.mnemonic(), operands) ? row.mnemonic() : Mnemonic.INVALID;
        return instruction(mnemonic, encoding, operands);
    }

    /** Registers that do not exist and LOCK where it may not be are #UD (SDM volume 2, LOCK and MOV). */
    private boolean isDefined(Mnemonic mnemonic, Operand[] operands) {
        if (lock && !(mnemonic.isLockable() && operands[0] instanceof Memory)) {
            return false;
        }
        for (int i = 0; i < operands.length; i++) {
            if (operands[i] instanceof Register register) {
                int number = register.number();
                boolean exists = switch (register.file()) {
                    case SEGMENT -> number < 6 && !(mnemonic == Mnemonic.MOV && i == 0 && number == 1);
                    case CONTROL -> number == 0 || number >= 2 && number <= 4 || number == 8;
                    case DEBUG -> number < 8;
                    default -> true;
                };
                if (!exists) {
                    return false;
                }
            }
        }
        return true;
    }

    private int operandSize(OperandSize64 rule, boolean prefix) {
        if (!in64()) {
            return prefix ? 6 - mode.defaultOperandSize : mode.defaultOperandSize;
        }
        if (rule == OperandSize64.F64 || (rex & 8) != 0) {
            return 8;
        }
        return prefix ? 2 : rule == OperandSize64.D64 ? 8 : 4;
    }

    /** Reads SIB and displacement. */
    private void fetchAddress() {
        int mod = modRm >> 6;
        int rm = modRm & 7;
        if (addressSize == 2) {
            if (mod == 0 && rm == 6) {
                displacement = (short) fetchUnsigned(2);
                return;
            }
            base = BASE_16[rm];
            index = INDEX_16[rm];
        } else if (rm == 4) {
            int sib = fetch();
            scale = 1 << (sib >> 6);
            int sibIndex = sib >> 3 & 7 | (rex & 2) << 2;
            index = sibIndex == RSP ? Operand.NONE : sibIndex;
            if (mod == 0 && (sib & 7) == RBP) {
                displacement = (int) fetchUnsigned(4);
                return;
            }
            base = sib & 7 | (rex & 1) << 3;
        } else if (mod == 0 && rm == RBP) {
            ripRelative = in64();
            displacement = (int) fetchUnsigned(4);
            return;
        } else {
            base = rm | (rex & 1) << 3;
        }
        if (mod == 1) {
            displacement = (byte) fetch();
        } else if (mod == 2) {
            displacement = addressSize == 2 ? (short) fetchUnsigned(2) : (int) fetchUnsigned(4);
        }
    }

    /** Reads an operand whose bytes follow the address. */
    private Operand fetchOperand(OperandForm form) {
        int size = size(form.width);
        return switch (form.place) {
            case UNSIGNED -> new Immediate(fetchUnsigned(size), size);
            case SIGNED_BYTE -> new Immediate((byte) fetch(), size);
            case SIGNED -> new Immediate(fetchSigned(Math.min(size, 4)), size);
            case FULL -> new Immediate(fetchSigned(size), size);
            case RELATIVE_BYTE -> relative((byte) fetch(), size);
            case RELATIVE -> relative(fetchSigned(Math.min(size, 4)), size);
            case FAR_POINTER -> {
                long offset = fetchUnsigned(size);
                yield new Operand.FarPointer((int) fetchUnsigned(2), offset, size);
            }
            case OFFSET ->
                new Memory(
                        segment(Segment.DS),
                        Operand.NONE,
                        Operand.NONE,
                        1,
                        fetchUnsigned(addressSize),
                        addressSize,
                        size,
                        false);
            default -> throw new IllegalArgumentException(form.name());
        };
    }

    private Operand relative(long offset, int size) {
        long target = address + length + offset;
        if (!in64()) {
            target &= size == 2 ? 0xffffL : 0xffff_ffffL;
        }
        return new Operand.Relative(target, size);
    }

    private Operand operand(OperandForm form) {
        int size = size(form.width);
        int reg = modRm >> 3 & 7 | (rex & 4) << 1;
        int rm = modRm & 7 | (rex & 1) << 3;
        boolean memory = modRm < 0xc0;
        return switch (form.place) {
            case REGISTER_OR_MEMORY -> memory ? memory(form) : generalPurpose(rm, size);
            case RM_REGISTER, RM_REGISTER_ANY_MOD -> generalPurpose(rm, size);
            case MEMORY -> memory(form);
            case REGISTER -> generalPurpose(reg, size);
            case SEGMENT -> new Register(RegisterFile.SEGMENT, modRm >> 3 & 7, size);
            case CONTROL -> new Register(RegisterFile.CONTROL, reg, size);
            case DEBUG -> new Register(RegisterFile.DEBUG, reg, size);
            case OPCODE_REGISTER -> generalPurpose(opcode & 7 | (rex & 1) << 3, size);
            case XMM -> new Register(RegisterFile.XMM, reg, size);
            case XMM_OR_MEMORY -> memory ? memory(form) : new Register(RegisterFile.XMM, rm, size);
            case RM_XMM -> new Register(RegisterFile.XMM, rm, size);
            case MMX -> new Register(RegisterFile.MMX, reg & 7, size);
            case MMX_OR_MEMORY -> memory ? memory(form) : new Register(RegisterFile.MMX, rm & 7, size);
            case RM_MMX -> new Register(RegisterFile.MMX, rm & 7, size);
            case ST0 -> new Register(RegisterFile.X87, 0, size);
            case STI -> new Register(RegisterFile.X87, rm & 7, size);
            case SOURCE_STRING -> at(segment(Segment.DS), RSI, size);
            case DESTINATION_STRING -> at(Segment.ES, RDI, size);
            case TRANSLATION_TABLE -> at(segment(Segment.DS), RBX, size);
            case ONE -> new Immediate(1, 1);
            case GPR -> register(form.number, size);
            case IMPLIED_SEGMENT -> new Register(RegisterFile.SEGMENT, form.number, size);
            case IMPLIED_XMM -> new Register(RegisterFile.XMM, form.number, size);
            default -> throw new IllegalArgumentException(form.name());
        };
    }

    private Register generalPurpose(int number, int size) {
        return size == 1 && rex == 0 && number >= 4
                ? new Register(RegisterFile.GPR_HIGH, number - 4, 1)
                : register(number, size);
    }

    private static Register register(int number, int size) {
        return GENERAL_PURPOSE[size][number];
    }

    private Memory memory(OperandForm form) {
        long at = displacement;
        if (ripRelative) {
            at += address + length;
            if (addressSize == 4) {
                at &= 0xffff_ffffL;
            }
        }
        // SDM volume 1, table 3-5.
        Segment usual = base == RSP || base == RBP ? Segment.SS : Segment.DS;
        return new Memory(segment(usual), base, index, scale, at, addressSize, size(form.memoryWidth), ripRelative);
    }

    private Memory at(Segment of, int register, int size) {
        return new Memory(of, register, Operand.NONE, 1, 0, addressSize, size, false);
    }

    private Segment segment(Segment usual) {
        return segment == null ? usual : segment;
    }

    private int size(OperandForm.Width width) {
        return width.bytes(mode, operandSize, addressSize);
    }

    /** Reads a VEX or EVEX instruction for its length (SDM volume 2, sections 2.3 and 2.7). */
    private Instruction vex(int first, int second) {
        if (lock || repeat != 0 || operandSizePrefix || rex != 0) {
            return unlisted(Mnemonic.INVALID);
        }
        int map = first == 0xc5 ? 1 : first == 0xc4 ? second & 0x1f : second & 7;
        for (int payload = first == 0xc5 ? 1 : first == 0xc4 ? 2 : 3; payload > 1; payload--) {
            fetch();
        }
        boolean evex = first == 0x62;
        boolean defined = map >= 1 && map <= 3 || evex && (map == 5 || map == 6);
        if (!defined) {
            return unlisted(Mnemonic.INVALID);
        }
        opcode = fetch();
        boolean vzeroupper = !evex && map == 1 && opcode == 0x77;
        if (!vzeroupper) {
            modRm = fetch();
            if (modRm < 0xc0) {
                fetchAddress();
            }
            boolean immediate = map == 3
                    || map == 1
                            && (opcode >= 0x70 && opcode <= 0x73 || opcode == 0xc2 || opcode >= 0xc4 && opcode <= 0xc6);
            if (immediate) {
                fetch();
            }
        }
        return unlisted(evex ? Mnemonic.EVEX : Mnemonic.VEX);
    }

    /** An instruction that no row of the table describes. */
    private Instruction unlisted(Mnemonic mnemonic) {
        return instruction(mnemonic, null, NO_OPERANDS);
    }

    private Instruction instruction(Mnemonic mnemonic, Encoding encoding, Operand[] operands) {
        return new Instruction(
                address,
                Arrays.copyOf(bytes, length),
                mode,
                mnemonic,
                encoding,
                opcode,
                operands,
                operandSize,
                addressSize,
                Prefixes.of(lock, repeat, segment, operandSizePrefix, addressSizePrefix, rex));
    }

    private boolean in64() {
        return mode == Mode.BITS_64;
    }

    private int fetch() {
        if (length == known) {
            if (length == LONGEST) {
                throw TooLong.INSTANCE;
            }
            bytes[known++] = (byte) source.byteAt(address + length);
        }
        return bytes[length++] & 0xff;
    }

    private long fetchUnsigned(int size) {
        long value = 0;
        for (int i = 0; i < size; i++) {
            value |= (long) fetch() << 8 * i;
        }
        return value;
    }

    private long fetchSigned(int size) {
        int unused = 64 - 8 * size;
        return fetchUnsigned(size) << unused >> unused;
    }

    /** Leaves the decoder from any depth when a sixteenth byte is asked for. */
    private static final class TooLong extends RuntimeException {
        private static final long serialVersionUID = 1;
        static final TooLong INSTANCE = new TooLong();

        private TooLong() {
            super(null, null, false, false);
        }
    }
}
