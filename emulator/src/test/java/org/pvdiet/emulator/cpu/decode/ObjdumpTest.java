package org.pvdiet.emulator.cpu.decode;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import com.google.common.base.CharMatcher;
import com.google.common.base.Splitter;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pvdiet.emulator.guest.ElfImage;
import org.pvdiet.emulator.guest.StockKernels;

/**
 * Decodes what GNU objdump decodes and compares lengths, mnemonics and all operands, as text. Of VEX and EVEX
 * instructions only the length is compared. Two ways of writing the same are made one: an explicit displacement of zero
 * and an explicit absence of an index. One difference is by design: objdump takes FWAIT and a following x87 instruction
 * for one instruction, the SDM for two.
 */
class ObjdumpTest {
    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {StockKernels.CLOUD})
    void allOfAKernelsText(String packageName) throws Exception {
        ElfImage kernel = StockKernels.image(packageName).elf();
        Comparison comparison = new Comparison(Mode.BITS_64);
        for (ElfImage.Section section : kernel.sections()) {
            if (section.executable()) {
                comparison.run(section.bytes().toArray(), section.address());
            }
        }
        assertEquals(List.of(), comparison.differences);
        assertTrue(comparison.compared > 1_000_000, comparison.compared + " instructions compared");
        assertTrue(comparison.lengthOnly < 1000, comparison.lengthOnly + " instructions compared by length only");
    }

    /** Random bytes reach the one-byte opcodes, addressing forms and REX prefixes that compilers do not use. */
    @ParameterizedTest
    @EnumSource(
            value = Mode.class,
            names = {"BITS_64", "BITS_32"})
    void randomBytes(Mode mode) throws Exception {
        long seed = 20_240_611;
        System.out.println("seed " + seed);
        byte[] code = new byte[1 << 20];
        new Random(seed).nextBytes(code);
        Comparison comparison = new Comparison(mode);
        comparison.oneByteOpcodesOnly = true;
        comparison.run(code, 0x10000);
        assertEquals(List.of(), comparison.differences);
        assertTrue(comparison.compared > 100_000, comparison.compared + " instructions compared");
    }

    @Test
    void theTableAgreesOnModRm() {
        for (int map = 0; map < 4; map++) {
            for (int opcode = 0; opcode < 0x100; opcode++) {
                Row[] rows = OpcodeTable.rows(map, opcode);
                for (Row row : rows) {
                    assertEquals(rows[0].encoding().modRm(), row.encoding().modRm(), map + " " + opcode);
                }
            }
        }
    }

    private final class Comparison {
        private static final int MOST_SHOWN = 20;
        private static final Splitter WORDS =
                Splitter.on(CharMatcher.anyOf(" \t")).omitEmptyStrings();

        private final Mode mode;
        private final List<String> differences = new ArrayList<>();
        private boolean oneByteOpcodesOnly;
        private int compared;
        private int lengthOnly;

        Comparison(Mode mode) {
            this.mode = mode;
        }

        void run(byte[] code, long address) throws IOException, InterruptedException {
            Path file = Files.write(directory.resolve("code"), code);
            Process objdump;
            try {
                objdump = new ProcessBuilder(
                                "objdump",
                                "-D",
                                "-w",
                                "-b",
                                "binary",
                                "-m",
                                mode == Mode.BITS_64 ? "i386:x86-64" : "i386",
                                "--adjust-vma=0x" + Long.toHexString(address),
                                file.toString())
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
            } catch (IOException e) {
                abort("objdump is not installed");
                return;
            }
            CodeSource source = CodeSource.of(code, address);
            try (BufferedReader lines = objdump.inputReader(StandardCharsets.ISO_8859_1)) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    int colon = line.indexOf(":\t");
                    int tab = line.indexOf('\t', colon + 2);
                    if (colon > 0 && tab > 0 && differences.size() < MOST_SHOWN) {
                        long at =
                                Long.parseUnsignedLong(line.substring(0, colon).strip(), 16);
                        int length = (line.substring(colon + 2, tab).strip().length() + 1) / 3;
                        if (!oneByteOpcodesOnly || isComparable(code, (int) (at - address))) {
                            compare(source, at, length, line.substring(tab + 1), line);
                        }
                    }
                }
            }
            assertEquals(0, objdump.waitFor());
        }

        private void compare(CodeSource source, long at, int length, String expected, String line) {
            if (expected.contains("(bad)")
                    || expected.contains(" only)")
                    || oneByteOpcodesOnly && expected.contains("iz,")) {
                return;
            }
            Instruction actual = Decoder.decode(source, at, mode);
            if (actual.mnemonic() == Mnemonic.FWAIT && length > 1) {
                return;
            }
            compared++;
            if (actual.length() != length) {
                differences.add("length " + actual.length() + ": " + line);
            } else if (actual.mnemonic() == Mnemonic.VEX || actual.mnemonic() == Mnemonic.EVEX) {
                lengthOnly++;
            } else {
                String text = actual.toString();
                if (!text.equals(expected) && !normal(text).equals(normal(expected))) {
                    differences.add("text " + text + ": " + line);
                }
            }
        }

        private String normal(String text) {
            StringBuilder normal = new StringBuilder(text.length());
            for (String word : WORDS.split(text)) {
                if (!oneByteOpcodesOnly || !word.startsWith("rex")) {
                    normal.append(word).append(' ');
                }
            }
            int zero = normal.indexOf("0x0(");
            if (zero > 0 && !Character.isLetterOrDigit(normal.charAt(zero - 1))) {
                normal.delete(zero, zero + 3);
            }
            String result = normal.toString();
            return result.contains("iz,") ? result.replaceAll(",%[re]iz,[1248]", "") : result;
        }

        /**
         * Whether the instruction is a plain one-byte opcode: no legacy prefix (objdump takes 66 on a branch as AMD
         * does), no MOV of a segment register that does not exist, no VEX, no XOP, and all its bytes are there.
         */
        private boolean isComparable(byte[] code, int at) {
            boolean rex = mode == Mode.BITS_64 && (code[at] & 0xf0) == 0x40;
            int opcode = code[rex ? at + 1 : at] & 0xff;
            return at < code.length - 16
                    && switch (opcode) {
                        case 0x0f,
                                0x26,
                                0x2e,
                                0x36,
                                0x3e,
                                0x62,
                                0x64,
                                0x65,
                                0x66,
                                0x67,
                                0x8c,
                                0x8e,
                                0x8f,
                                0x9b,
                                0xc4,
                                0xc5,
                                0xf0,
                                0xf2,
                                0xf3 -> false;
                        default -> !(rex && (opcode & 0xf0) == 0x40);
                    };
        }
    }
}
