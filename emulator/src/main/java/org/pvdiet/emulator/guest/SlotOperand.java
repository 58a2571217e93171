package org.pvdiet.emulator.guest;

import java.util.Optional;

/**
 * An instruction of the kernel whose memory operand is a hook's slot, recognised by opcode bytes and
 * an address that leaves no doubt (SDM vol. 2, 2.1.3 and 2.2.1.6): RIP-relative, or absolute by a SIB
 * byte without base and index.
 *
 * @param length of the instruction, in bytes
 * @param register the number of the register that is loaded; -1 for a call or jump
 */
record SlotOperand(Kind kind, int length, Hook hook, int register) {
    enum Kind {
        CALL,
        JUMP,
        LOAD
    }

    /** In bytes: an opcode, ModRM and a displacement. */
    private static final int SHORTEST = 6;

    /** With a REX prefix and a SIB byte. */
    private static final int LONGEST = 8;

    /** Reads the instruction that ends at an offset of text with such an operand. */
    static Optional<SlotOperand> endingAt(Bytes text, int end, long textAddress, Slots slots) {
        for (int length = SHORTEST; length <= Math.min(LONGEST, end); length++) {
            Optional<SlotOperand> operand = at(text, end - length, textAddress, slots);
            if (operand.isPresent() && operand.get().length() == length) {
                return operand;
            }
        }
        return Optional.empty();
    }

    /** Reads the instruction at an offset of text that is linked at {@code textAddress}. */
    static Optional<SlotOperand> at(Bytes text, int offset, long textAddress, Slots slots) {
        int first = text.u8(offset);
        boolean load = first == 0x48 || first == 0x4c;
        if (first != 0xff && !(load && offset + 1 < text.size() && text.u8(offset + 1L) == 0x8b)) {
            return Optional.empty();
        }
        int modRmAt = offset + (load ? 2 : 1);
        if (modRmAt + 5 > text.size()) {
            return Optional.empty();
        }
        int modRm = text.u8(modRmAt);
        boolean absolute = (modRm & 0xc7) == 0x04 && text.u8(modRmAt + 1L) == 0x25;
        if ((modRm & 0xc7) != 0x05 && !absolute) {
            return Optional.empty();
        }
        int displacementAt = modRmAt + (absolute ? 2 : 1);
        int length = displacementAt + 4 - offset;
        if (offset + length > text.size()) {
            return Optional.empty();
        }
        long displacement = text.s32(displacementAt);
        Optional<Hook> hook = slots.at(absolute ? displacement : textAddress + offset + length + displacement);
        if (hook.isEmpty()) {
            return Optional.empty();
        }
        int field = modRm >> 3 & 7;
        if (load) {
            return Optional.of(new SlotOperand(Kind.LOAD, length, hook.get(), field | (first & 4) << 1));
        }
        return switch (field) {
            case 2 -> Optional.of(new SlotOperand(Kind.CALL, length, hook.get(), -1));
            case 4 -> Optional.of(new SlotOperand(Kind.JUMP, length, hook.get(), -1));
            default -> Optional.empty();
        };
    }
}
