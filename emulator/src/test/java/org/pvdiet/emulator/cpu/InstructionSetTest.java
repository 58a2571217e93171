package org.pvdiet.emulator.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pvdiet.emulator.cpu.decode.Mnemonic;

class InstructionSetTest {
    static List<String> models() {
        return CpuModel.names();
    }

    @ParameterizedTest
    @MethodSource("models")
    void everyMnemonicHasAMeaningOrIsUndefinedOnTheModel(String model) {
        InstructionSet set = Cpu.instructions(CpuModel.named(model));
        List<Mnemonic> without =
                Arrays.stream(Mnemonic.values()).filter(m -> !set.knows(m)).toList();
        assertEquals(List.of(), without);
    }
}
