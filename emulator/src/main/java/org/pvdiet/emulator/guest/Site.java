package org.pvdiet.emulator.guest;

import java.util.Optional;

/**
 * One place in the kernel's text that invokes a hook. Control that reaches {@code address} makes a
 * call of the hook; it has returned when control is next at {@code address + length} with the same
 * stack. This holds before and after the kernel patches the place.
 *
 * @param id its place among the sites, counted from 0 in ascending order of address
 * @param address virtual address as linked, without KASLR
 * @param length in bytes
 * @param original the bytes in the image
 * @param place the function it is in
 */
public record Site(
        int id,
        long address,
        int length,
        Hook hook,
        Origin origin,
        Form form,
        Bytes original,
        Optional<Kallsyms.Place> place) {

    /** How the site is known. */
    public enum Origin {
        /** Listed in {@code .parainstructions}. */
        PARAINSTRUCTIONS,
        /** Listed in {@code .altinstructions}. */
        ALTERNATIVES,
        /** Found in the text; the kernel does not list it and never patches it. */
        SCAN
    }

    /** What the site's bytes do with the slot. */
    public enum Form {
        /** A call through the slot. */
        CALL,
        /** A jump through the slot: the hook returns to the caller of the function that the site is in. */
        JUMP,
        /**
         * A call through a register, loaded from the slot before; the site is the call, so that a load
         * whose value is not used in the end is no call.
         */
        CALL_REGISTER,
        /** A jump through a register loaded from the slot; it returns as {@link #JUMP} does. */
        JUMP_REGISTER
    }
}
