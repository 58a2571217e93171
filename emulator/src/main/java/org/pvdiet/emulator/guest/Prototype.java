package org.pvdiet.emulator.guest;

import java.util.List;
import java.util.Optional;

/**
 * A C function's type.
 *
 * @param text the declaration in C, with the function's name and its parameters'
 */
public record Prototype(CType returns, List<Parameter> parameters, String text) {

    /**
     * @param text the type in C
     * @param size in bytes; 0 for {@code void}
     * @param pointee what it points to, if it is a pointer
     */
    public record CType(String text, int size, Optional<String> pointee) {}

    /** @param name as in the source where the image tells it, else {@code arg0} and so on */
    public record Parameter(String name, CType type) {}
}
