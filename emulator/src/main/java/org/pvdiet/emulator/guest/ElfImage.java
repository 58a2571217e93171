package org.pvdiet.emulator.guest;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A 64-bit x86 ELF image: what is loaded where, sections, symbols if it kept any, and notes.
 *
 * @param entry the ELF header's entry address (physical, for a Linux kernel)
 */
public record ElfImage(
        Bytes file,
        long entry,
        List<Segment> segments,
        List<Section> sections,
        List<Symbol> symbols,
        List<Note> notes) {

    private static final int EM_X86_64 = 62;
    private static final int PT_LOAD = 1;
    private static final int PT_NOTE = 4;
    private static final int SHT_SYMTAB = 2;
    private static final int SHT_NOTE = 7;
    private static final int SHT_NOBITS = 8;
    private static final long SHF_EXECINSTR = 4;

    /**
     * A PT_LOAD segment.
     *
     * @param bytes what the file holds; the rest up to {@code memorySize} is zero
     * @param flags PF_X 1, PF_W 2, PF_R 4
     */
    public record Segment(long virtualAddress, long physicalAddress, long memorySize, int flags, Bytes bytes) {
        /** Whether the address lies in the part that the file holds. */
        boolean holds(long address) {
            return Long.compareUnsigned(address - virtualAddress, bytes.size()) < 0;
        }
    }

    /** A section with contents, or, for NOBITS, an empty view and its size in memory. */
    public record Section(String name, int type, long flags, long address, long size, Bytes bytes) {
        public boolean executable() {
            return (flags & SHF_EXECINSTR) != 0;
        }
    }

    /** A symbol of the image's own symbol table. */
    public record Symbol(String name, long address, long size, int info) {}

    /** A note: its owner ({@code Xen}, {@code GNU}), its type as the owner numbers it, its content. */
    public record Note(String owner, int type, Bytes content) {}

    static boolean matches(Bytes file) {
        return file.startsWith(0x7f, 'E', 'L', 'F');
    }

    /** Reads an ELF image; {@code file} may be longer than the image. */
    public static ElfImage read(Bytes file) {
        if (!matches(file)) {
            throw file.bad(0, "there is no ELF header");
        }
        if (file.u8(4) == 1) {
            throw new BadImageException(file.file() + ": a 32-bit ELF image is not supported yet");
        }
        if (file.u8(4) != 2 || file.u8(5) != 1 || file.u16(18) != EM_X86_64) {
            throw new BadImageException(
                    file.file() + ": the ELF image is not for x86-64 (machine " + file.u16(18) + ")");
        }
        List<Note> notes = new ArrayList<>();
        List<Segment> segments = segments(file, notes);
        List<Section> sections = sections(file);
        if (notes.isEmpty()) {
            sections.stream().filter(s -> s.type() == SHT_NOTE).forEach(s -> readNotes(s.bytes(), notes));
        }
        return new ElfImage(file, file.u64(24), segments, sections, symbols(file, sections), List.copyOf(notes));
    }

    private static List<Segment> segments(Bytes file, List<Note> notes) {
        long table = file.u64(32);
        int entrySize = file.u16(54);
        List<Segment> segments = new ArrayList<>();
        for (int i = 0; i < file.u16(56); i++) {
            Bytes header = file.slice(table + (long) i * entrySize, 56);
            int type = header.s32(0);
            if (type != PT_LOAD && type != PT_NOTE) {
                continue;
            }
            Bytes content = file.slice(header.u64(8), header.u64(32));
            if (type == PT_NOTE) {
                readNotes(content, notes);
                continue;
            }
            if (Long.compareUnsigned(header.u64(40), content.size()) < 0) {
                throw header.bad(40, "segment " + i + " is smaller in memory than in the file");
            }
            segments.add(new Segment(header.u64(16), header.u64(24), header.u64(40), header.s32(4), content));
        }
        if (segments.isEmpty()) {
            throw new BadImageException(file.file() + ": the ELF image has no loadable segment");
        }
        return List.copyOf(segments);
    }

    private static List<Section> sections(Bytes file) {
        int count = file.u16(60);
        int entrySize = file.u16(58);
        if (count == 0) {
            return List.of();
        }
        Bytes table = file.slice(file.u64(40), (long) count * entrySize);
        Bytes namesHeader = table.slice((long) file.u16(62) * entrySize, 64);
        Bytes names = file.slice(namesHeader.u64(24), namesHeader.u64(32));
        List<Section> sections = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Bytes header = table.slice((long) i * entrySize, 64);
            int type = header.s32(4);
            long size = header.u64(32);
            Bytes content = type == SHT_NOBITS || type == 0 ? file.slice(0, 0) : file.slice(header.u64(24), size);
            sections.add(new Section(names.cString(header.u32(0)), type, header.u64(8), header.u64(16), size, content));
        }
        return List.copyOf(sections);
    }

    private static List<Symbol> symbols(Bytes file, List<Section> sections) {
        List<Symbol> symbols = new ArrayList<>();
        for (int i = 0; i < sections.size(); i++) {
            Section section = sections.get(i);
            if (section.type() != SHT_SYMTAB) {
                continue;
            }
            int link = file.s32(file.u64(40) + (long) i * file.u16(58) + 40);
            if (link < 0 || link >= sections.size()) {
                throw section.bytes().bad(0, "the symbol table names string table " + link + ", which is not there");
            }
            Bytes strings = sections.get(link).bytes();
            for (long at = 24; at + 24 <= section.bytes().size(); at += 24) {
                Bytes entry = section.bytes().slice(at, 24);
                symbols.add(new Symbol(strings.cString(entry.u32(0)), entry.u64(8), entry.u64(16), entry.u8(4)));
            }
        }
        return List.copyOf(symbols);
    }

    private static void readNotes(Bytes content, List<Note> notes) {
        long at = 0;
        while (at + 12 <= content.size()) {
            long nameSize = content.u32(at);
            long size = content.u32(at + 4);
            Bytes name = content.slice(at + 12, nameSize);
            Bytes description = content.slice(at + 12 + align4(nameSize), size);
            notes.add(new Note(nameSize == 0 ? "" : name.cString(0), content.s32(at + 8), description));
            at += 12 + align4(nameSize) + align4(size);
        }
    }

    private static long align4(long size) {
        return (size + 3) & -4L;
    }

    public Optional<Section> section(String name) {
        return sections.stream().filter(s -> s.name().equals(name)).findFirst();
    }

    /** The file's bytes from a virtual address to the end of its segment's file part, if it is there. */
    public Optional<Bytes> at(long virtualAddress) {
        for (Segment segment : segments) {
            if (segment.holds(virtualAddress)) {
                return Optional.of(segment.bytes().from(virtualAddress - segment.virtualAddress()));
            }
        }
        return Optional.empty();
    }
}
