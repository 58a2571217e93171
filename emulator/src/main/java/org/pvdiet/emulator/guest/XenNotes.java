package org.pvdiet.emulator.guest;

import com.google.common.base.Splitter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What an image says to a Xen domain builder, by ELF notes (Xen's public/elfnote.h) or, in images
 * older than these, by a {@code __xen_guest} section of KEY=value pairs.
 */
public record XenNotes(List<Entry> entries) {

    /** The notes by name; the number of a note is its ordinal. */
    public enum Type {
        INFO,
        ENTRY,
        HYPERCALL_PAGE,
        VIRT_BASE,
        PADDR_OFFSET,
        XEN_VERSION,
        GUEST_OS,
        GUEST_VERSION,
        LOADER,
        PAE_MODE,
        FEATURES,
        BSD_SYMTAB,
        HV_START_LOW,
        L1_MFN_VALID,
        SUSPEND_CANCEL,
        INIT_P2M,
        MOD_START_PFN,
        SUPPORTED_FEATURES,
        PHYS32_ENTRY;

        boolean isText() {
            return switch (this) {
                case XEN_VERSION, GUEST_OS, GUEST_VERSION, LOADER, PAE_MODE, FEATURES, BSD_SYMTAB -> true;
                default -> false;
            };
        }
    }

    /**
     * One statement of the image.
     *
     * @param numbers the value's 32- or 64-bit words; empty for text
     * @param text the value as a person reads it
     */
    public record Entry(Type type, List<Long> numbers, String text) {}

    private static final String OWNER = "Xen";

    public static XenNotes read(ElfImage elf) {
        List<Entry> entries = new ArrayList<>();
        for (ElfImage.Note note : elf.notes()) {
            if (note.owner().equals(OWNER) && note.type() >= 0 && note.type() < Type.values().length) {
                entries.add(entry(Type.values()[note.type()], note.content()));
            }
        }
        if (entries.isEmpty()) {
            elf.section("__xen_guest").ifPresent(s -> readGuestString(s.bytes(), entries));
        }
        return new XenNotes(List.copyOf(entries));
    }

    private static Entry entry(Type type, Bytes content) {
        if (type.isText()) {
            String text = new String(content.toArray(), StandardCharsets.ISO_8859_1);
            return new Entry(type, List.of(), text.replaceAll("\0+$", ""));
        }
        List<Long> numbers = new ArrayList<>();
        if (content.size() == 4) {
            numbers.add(content.u32(0));
        } else {
            for (int at = 0; at + 8 <= content.size(); at += 8) {
                numbers.add(content.u64(at));
            }
        }
        return numbers(type, numbers);
    }

    private static Entry numbers(Type type, List<Long> numbers) {
        return new Entry(
                type,
                List.copyOf(numbers),
                String.join(
                        " ",
                        numbers.stream().map(n -> "0x" + Long.toHexString(n)).toList()));
    }

    /** Keys as in Xen's libelf (xen/common/libelf/libelf-dominfo.c, elf_xen_parse_guest_info). */
    private static void readGuestString(Bytes section, List<Entry> entries) {
        String all = new String(section.toArray(), StandardCharsets.ISO_8859_1).replaceAll("\0.*$", "");
        for (String pair : Splitter.on(',').omitEmptyStrings().split(all)) {
            List<String> parts = Splitter.on('=').limit(2).splitToList(pair.trim());
            String value = parts.size() == 2 ? parts.get(1) : "";
            switch (parts.get(0)) {
                case "LOADER" -> entries.add(new Entry(Type.LOADER, List.of(), value));
                case "GUEST_OS" -> entries.add(new Entry(Type.GUEST_OS, List.of(), value));
                case "GUEST_VER" -> entries.add(new Entry(Type.GUEST_VERSION, List.of(), value));
                case "XEN_VER" -> entries.add(new Entry(Type.XEN_VERSION, List.of(), value));
                case "FEATURES" -> entries.add(new Entry(Type.FEATURES, List.of(), value));
                case "BSD_SYMTAB" -> entries.add(new Entry(Type.BSD_SYMTAB, List.of(), "yes"));
                case "PAE" -> entries.add(new Entry(Type.PAE_MODE, List.of(), value));
                case "VIRT_BASE" -> entries.add(numbers(Type.VIRT_BASE, List.of(number(section, value))));
                case "VIRT_ENTRY" -> entries.add(numbers(Type.ENTRY, List.of(number(section, value))));
                case "ELF_PADDR_OFFSET" -> entries.add(numbers(Type.PADDR_OFFSET, List.of(number(section, value))));
                // Here the page is given as a frame number relative to VIRT_BASE.
                case "HYPERCALL_PAGE" ->
                    entries.add(numbers(Type.HYPERCALL_PAGE, List.of(number(section, value) << 12)));
                default -> {
                    // Xen ignores what it does not know, too.
                }
            }
        }
        OptionalLong base = new XenNotes(entries).virtBase();
        entries.replaceAll(e -> e.type() == Type.HYPERCALL_PAGE
                ? numbers(e.type(), List.of(e.numbers().get(0) + base.orElse(0)))
                : e);
    }

    private static long number(Bytes section, String text) {
        try {
            return text.startsWith("0x") ? Long.parseUnsignedLong(text.substring(2), 16) : Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw section.bad(0, "__xen_guest holds '" + text + "' where a number is wanted");
        }
    }

    public boolean isEmpty() {
        return entries.isEmpty();
    }

    /** Virtual address of the PV entry point. */
    public OptionalLong entry() {
        return number(Type.ENTRY);
    }

    /** Virtual address of the page that the builder fills with hypercall stubs. */
    public OptionalLong hypercallPage() {
        return number(Type.HYPERCALL_PAGE);
    }

    /** Virtual address that pseudo-physical address 0 is mapped at. */
    public OptionalLong virtBase() {
        return number(Type.VIRT_BASE);
    }

    /** What to subtract from the ELF headers' physical addresses. */
    public OptionalLong paddrOffset() {
        return number(Type.PADDR_OFFSET);
    }

    /** Virtual address at which the initial P2M is to be mapped. */
    public OptionalLong initP2m() {
        return number(Type.INIT_P2M);
    }

    /** Lowest virtual address that the guest lets the hypervisor use. */
    public OptionalLong hvStartLow() {
        return number(Type.HV_START_LOW);
    }

    /** Physical address of the 32-bit PVH entry point. */
    public OptionalLong phys32Entry() {
        return number(Type.PHYS32_ENTRY);
    }

    /** Whether the first module may be given by frame number, outside the initial mapping. */
    public boolean modStartPfn() {
        return number(Type.MOD_START_PFN).orElse(0) != 0;
    }

    /** XENFEAT_* bits that the guest can live with, if it says so. */
    public OptionalLong supportedFeatures() {
        return number(Type.SUPPORTED_FEATURES);
    }

    /** Features by name as in the note; a leading {@code !} marks one that the guest insists on. */
    public List<String> features() {
        return text(Type.FEATURES)
                .map(t -> Splitter.on('|').omitEmptyStrings().splitToList(t))
                .orElse(List.of());
    }

    public Optional<String> text(Type type) {
        return entries.stream().filter(e -> e.type() == type).map(Entry::text).findFirst();
    }

    private OptionalLong number(Type type) {
        return entries.stream()
                .filter(e -> e.type() == type && !e.numbers().isEmpty())
                .mapToLong(e -> e.numbers().get(0))
                .findFirst();
    }
}
