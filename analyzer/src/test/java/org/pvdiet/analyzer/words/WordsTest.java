package org.pvdiet.analyzer.words;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Names of machine state as Linux 6.1's asm/msr-index.h has them. */
class WordsTest {
    @ParameterizedTest
    @CsvSource({
        "0xc0000080, EFER",
        "0x200, MTRRphysBase0",
        "0x20f, MTRRphysMask7",
        "0x400, IA32_MC0_CTL",
        "0x401, IA32_MC0_STATUS",
        "0x402, IA32_MC0_ADDR",
        "0x403, IA32_MC0_MISC",
        "0x47f, IA32_MC31_MISC",
        "0x480, MSR 0x480"
    })
    void modelSpecificRegisters(String index, String name) {
        assertEquals(name, Words.msr(Long.decode(index)));
    }
}
