package org.pvdiet.analyzer.bits;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;
import java.util.Locale;

/**
 * The fate of page-table bits on one platform.
 *
 * @param trace path
 * @param levels in order of level, way in before way out
 */
public record BitTable(String trace, String platform, List<Level> levels) {

    /** From the kernel into the table, or from the table to the kernel. */
    public enum Way {
        IN,
        OUT;

        /** As JSON has it. */
        @JsonValue
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * One level of the page table.
     *
     * @param level 1 to 5
     * @param calls that show it
     * @param bits 64, from bit 0
     */
    public record Level(int level, Way way, long calls, List<Bit> bits) {}

    /**
     * One bit.
     *
     * @param name the SDM's or Linux' name; empty where it has none
     * @param calls that show the fate
     * @param witness seq of the first of them, or -1
     */
    public record Bit(int bit, String name, Fate fate, long calls, long witness) {}
}
