package org.pvdiet.emulator.guest;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;

/**
 * Sites that the kernel does not list: calls and jumps through a slot written in C, for which the
 * compiler loads the slot and then calls the register, as a rule through a retpoline thunk.
 *
 * <p>The text is searched byte by byte for four that lead to a slot: as a displacement they do not occur by
 * chance, nor does a call to the thunk of the very register shortly after. Opcodes would be found at every third byte.
 */
record TextScan() implements SiteDiscovery {
    /** How far behind a load, in bytes, its call is looked for. */
    private static final int REACH = 96;

    /** How many bytes are searched at a time, several parts at once. */
    private static final int PART = 1 << 20;

    private static final String SECTION = ".text";
    private static final String THUNK = "__x86_indirect_thunk_";
    private static final List<String> REGISTERS = List.of(
            "rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14",
            "r15");

    @Override
    public String section() {
        return SECTION;
    }

    @Override
    public List<Found> find(ElfImage elf, Slots slots, Kallsyms kallsyms) {
        Map<Long, Found> found = new LinkedHashMap<>();
        for (ElfImage.Section section : elf.sections()) {
            if (section.executable()) {
                section.bytes()
                        .readBy((text, start, size) -> IntStream.rangeClosed(0, size / PART)
                                .parallel()
                                .mapToObj(part -> operands(text, start, size, part * PART, section.address(), slots))
                                .toList()
                                .forEach(part -> part.forEach(end -> find(section, end, slots, kallsyms)
                                        .ifPresent(call -> found.put(call.address(), call)))));
            }
        }
        return List.copyOf(found.values());
    }

    /** Where those bytes end that may mean a slot, of a part that begins at {@code from}. Several threads look at once. */
    private static List<Integer> operands(byte[] text, int start, int size, int from, long address, Slots slots) {
        List<Integer> ends = new ArrayList<>();
        int last = Math.min(from + PART, size - Integer.BYTES + 1) + Integer.BYTES;
        int word = 0;
        for (int end = from + 1; end < last; end++) {
            word = word >>> 8 | text[start + end - 1] << 24;
            if (end >= from + Integer.BYTES && slots.mayMean(word, (int) address + end)) {
                ends.add(end);
            }
        }
        return ends;
    }

    /** The call that is made by the instruction which ends at an offset, or with what it loads. */
    private static Optional<Found> find(ElfImage.Section section, int end, Slots slots, Kallsyms kallsyms) {
        Bytes text = section.bytes();
        return SlotOperand.endingAt(text, end, section.address(), slots).flatMap(slot -> {
            long address = section.address() + end - slot.length();
            return switch (slot.kind()) {
                case CALL -> Optional.of(site(address, slot, Site.Form.CALL));
                case JUMP -> Optional.of(site(address, slot, Site.Form.JUMP));
                case LOAD -> use(text, end, section.address(), slot, kallsyms);
            };
        });
    }

    private static Found site(long address, SlotOperand slot, Site.Form form) {
        return new Found(address, slot.length(), slot.hook(), Site.Origin.SCAN, form);
    }

    /** The first call or jump through the loaded register; none where the value is only compared. */
    private static Optional<Found> use(Bytes text, int from, long base, SlotOperand load, Kallsyms kallsyms) {
        int register = load.register();
        OptionalLong thunk = kallsyms.address(THUNK + REGISTERS.get(register));
        for (int at = from; at < Math.min(from + REACH, text.size() - 5); at++) {
            long address = base + at;
            int first = text.u8(at);
            if ((first == 0xe8 || first == 0xe9)
                    && thunk.isPresent()
                    && address + 5 + text.s32(at + 1L) == thunk.getAsLong()) {
                return Optional.of(new Found(
                        address,
                        5,
                        load.hook(),
                        Site.Origin.SCAN,
                        first == 0xe8 ? Site.Form.CALL_REGISTER : Site.Form.JUMP_REGISTER));
            }
            int prefix = register >= 8 ? 1 : 0;
            if ((prefix == 0 || first == 0x41) && text.u8(at + (long) prefix) == 0xff) {
                int modRm = text.u8(at + 1L + prefix);
                if (modRm == (0xd0 | register & 7)) {
                    return Optional.of(
                            new Found(address, 2 + prefix, load.hook(), Site.Origin.SCAN, Site.Form.CALL_REGISTER));
                }
                if (modRm == (0xe0 | register & 7)) {
                    return Optional.of(
                            new Found(address, 2 + prefix, load.hook(), Site.Origin.SCAN, Site.Form.JUMP_REGISTER));
                }
            }
        }
        return Optional.empty();
    }
}
