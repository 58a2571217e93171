package org.pvdiet.emulator.cpu.decode;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pvdiet.emulator.cpu.decode.Operand.Immediate;
import org.pvdiet.emulator.cpu.decode.Operand.Memory;
import org.pvdiet.emulator.cpu.decode.Operand.Register;

/** Rules of SDM volume 2 that a comparison of text cannot see. */
class DecoderTest {
    private static final long ADDRESS = 0x1000;

    private static Instruction decode(String hex, Mode mode) {
        return Decoder.decode(CodeSource.of(HexFormat.ofDelimiter(" ").parseHex(hex), ADDRESS), ADDRESS, mode);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "f0 89 08", // LOCK on an instruction without read-modify-write
                "f0 01 c8", // LOCK without a memory destination
                "f0 0f a3 08", // BT writes nothing
                "06", // PUSH ES
                "0f 04", // reserved
                "0f 20 c8", // CR1
                "44 0f 20 c8", // CR9
                "44 0f 21 c0", // DR8
                "8e c8", // MOV to CS
                "8e f0", // segment register 6
                "8d c0", // LEA of a register
                "0f c7 c8", // CMPXCHG8B of a register
                "f3 0f 28 c0", // MOVAPS with F3
                "fe d0", // group 4, /2
                "66 c5 f8 58 c0", // VEX after 66
                "48 c5 f8 58 c0" // VEX after REX
            })
    void isUndefinedIn64BitMode(String hex) {
        assertEquals(Mnemonic.INVALID, decode(hex, Mode.BITS_64).mnemonic());
    }

    @ParameterizedTest
    @CsvSource({
        "50, 8, push %rax",
        "66 50, 2, push %ax",
        "e8 00 00 00 00, 8, call 0x1005",
        "66 e8 00 00 00 00, 8, data16 call 0x1006", // Intel ignores 66 on near branches in 64-bit mode
        "48 cf, 8, iretq",
        "cf, 4, iret",
        "48 0f 07, 8, sysretq",
        "00 c8, 1, 'add %cl,%al'",
        "0f b6 c0, 4, 'movzbl %al,%eax'",
        "48 63 c1, 8, 'movslq %ecx,%rax'",
        "0f 20 c0, 8, 'mov %cr0,%rax'",
        "48 ef, 4, 'rex.W out %eax,(%dx)'"
    })
    void hasOperandSize(String hex, int size, String text) {
        Instruction instruction = decode(hex, Mode.BITS_64);
        assertEquals(size, instruction.operandSize());
        if (!hex.startsWith("48 ef") && !hex.startsWith("66 e8")) {
            assertEquals(text, instruction.toString().replaceAll(" +", " "));
        }
    }

    @Test
    void rexSelectsTheLowByteOfTheStackPointer() {
        assertEquals(
                new Register(RegisterFile.GPR_HIGH, 0, 1),
                decode("88 e0", Mode.BITS_64).operand(1));
        assertEquals(
                new Register(RegisterFile.GPR, 4, 1),
                decode("40 88 e0", Mode.BITS_64).operand(1));
    }

    @Test
    void immediatesAreExtendedToTheOperationsSize() {
        assertEquals(new Immediate(-1, 8), decode("48 83 c0 ff", Mode.BITS_64).operand(1));
        assertEquals(
                new Immediate(-1, 8),
                decode("48 c7 c0 ff ff ff ff", Mode.BITS_64).operand(1));
        assertEquals(new Immediate(0xff, 1), decode("cd ff", Mode.BITS_64).operand(0));
    }

    @Test
    void ripCountsFromTheEndOfTheInstruction() {
        Memory memory =
                (Memory) decode("c7 05 10 00 00 00 78 56 34 12", Mode.BITS_64).operand(0);
        assertTrue(memory.ripRelative());
        assertEquals(ADDRESS + 10 + 0x10, memory.displacement());
    }

    @ParameterizedTest
    @CsvSource({
        "8b 45 00, SS",
        "8b 04 24, SS",
        "8b 00, DS",
        "41 8b 45 00, DS", // R13
        "41 8b 04 24, DS", // R12
        "65 8b 45 00, GS",
        "64 2e 8b 00, FS", // CS is a null prefix and does not end FS
        "2e 8b 00, DS"
    })
    void hasSegment(String hex, Segment segment) {
        assertEquals(segment, ((Memory) decode(hex, Mode.BITS_64).operand(1)).segment());
    }

    @Test
    void rexCountsOnlyBeforeTheOpcode() {
        assertEquals(2, decode("48 66 89 c0", Mode.BITS_64).operandSize());
    }

    @Test
    void fifteenBytesAreTheMost() {
        String fourteen = "66 ".repeat(14);
        assertEquals(15, decode(fourteen + "90", Mode.BITS_64).length());
        Instruction tooLong = decode(fourteen + "66 90", Mode.BITS_64);
        assertEquals(Mnemonic.TOO_LONG, tooLong.mnemonic());
        assertEquals(15, tooLong.length());
    }

    @Test
    void readsNoByteMoreThanTheInstructionHas() {
        CodeSource twoBytes = at -> {
            if (at >= ADDRESS + 2) {
                throw new IllegalStateException("page fault");
            }
            return at == ADDRESS ? 0x89 : 0xc8;
        };
        assertEquals(2, Decoder.decode(twoBytes, ADDRESS, Mode.BITS_64).length());
        assertThrows(IllegalStateException.class, () -> Decoder.decode(twoBytes, ADDRESS + 1, Mode.BITS_64));
    }

    /** A source that offers some of the bytes at once and has the others one by one. */
    private static CodeSource offering(int offered, byte[] code) {
        return new CodeSource() {
            @Override
            public int byteAt(long address) {
                assertTrue(address >= ADDRESS + offered, "asked again for " + address);
                return code[(int) (address - ADDRESS)] & 0xff;
            }

            @Override
            public int bytesAt(long address, byte[] into) {
                System.arraycopy(code, 0, into, 0, offered);
                return offered;
            }
        };
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void howManyBytesASourceOffersChangesNothing(Mode mode) {
        Random random = new Random(7);
        byte[] code = new byte[16];
        for (int i = 0; i < 100_000; i++) {
            random.nextBytes(code);
            assertSame(
                    Decoder.decode(offering(0, code), ADDRESS, mode),
                    Decoder.decode(offering(i & 15, code), ADDRESS, mode));
        }
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void theInstructionsBeforeChangeNothing(Mode mode) {
        byte[] code = new byte[1 << 17];
        new Random(8).nextBytes(code);
        // Among them instructions that are too long.
        Arrays.fill(code, 100, 200, (byte) 0x66);
        CodeSource source = CodeSource.of(code, ADDRESS);
        Decoder decoder = new Decoder(source);
        for (long at = ADDRESS; at < ADDRESS + code.length - 16; at++) {
            assertSame(Decoder.decode(source, at, mode), decoder.decode(at, mode));
        }
    }

    private static void assertSame(Instruction expected, Instruction actual) {
        assertEquals(expected.toString(), actual.toString());
        assertArrayEquals(expected.bytes(), actual.bytes());
        assertEquals(expected.mnemonic(), actual.mnemonic());
        assertEquals(expected.operands(), actual.operands());
        assertEquals(expected.operandSize(), actual.operandSize());
        assertEquals(expected.addressSize(), actual.addressSize());
        assertEquals(expected.condition(), actual.condition());
        assertEquals(expected.prefixes(), actual.prefixes());
    }

    @Test
    void modeDecidesWhatAnOpcodeIs() {
        assertEquals(Mnemonic.DEC, decode("48", Mode.BITS_32).mnemonic());
        assertEquals(Mnemonic.LES, decode("c4 00", Mode.BITS_32).mnemonic());
        assertEquals(Mnemonic.VEX, decode("c4 e2 f9 f7 c0", Mode.BITS_32).mnemonic());
        assertEquals(
                List.of(2, 4),
                List.of(
                        decode("40", Mode.BITS_16).operandSize(),
                        decode("66 40", Mode.BITS_16).operandSize()));
        Memory memory = (Memory) decode("67 8b 40 10", Mode.BITS_32).operand(1);
        assertEquals(new Memory(Segment.DS, 3, 6, 1, 0x10, 2, 4, false), memory);
    }

    @Test
    void mandatoryPrefixesAndHints() {
        assertEquals(Mnemonic.PAUSE, decode("f3 90", Mode.BITS_64).mnemonic());
        assertEquals(Mnemonic.XCHG, decode("49 90", Mode.BITS_64).mnemonic());
        assertEquals(Mnemonic.TZCNT, decode("f3 0f bc c1", Mode.BITS_64).mnemonic());
        assertEquals(Mnemonic.ENDBR64, decode("f3 0f 1e fa", Mode.BITS_64).mnemonic());
        assertEquals(Mnemonic.NOP, decode("0f 1e fa", Mode.BITS_64).mnemonic());
        assertEquals(Mnemonic.CMPXCHG16B, decode("f0 48 0f c7 0f", Mode.BITS_64).mnemonic());
        assertEquals(4, decode("74 00", Mode.BITS_64).condition());
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void everyByteSequenceIsAnInstruction(Mode mode) {
        long seed = 42;
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        byte[] code = new byte[16];
        for (int i = 0; i < 1_000_000; i++) {
            random.nextBytes(code);
            if ((i & 3) == 0) {
                code[0] = 0x0f;
            }
            Instruction instruction = Decoder.decode(CodeSource.of(code, ADDRESS), ADDRESS, mode);
            assertTrue(instruction.length() >= 1 && instruction.length() <= 15);
            assertFalse(instruction.toString().isEmpty());
        }
    }
}
