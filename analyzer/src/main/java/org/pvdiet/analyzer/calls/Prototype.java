package org.pvdiet.analyzer.calls;

import com.google.common.base.CharMatcher;
import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import java.util.List;
import java.util.Optional;
import org.pvdiet.traces.Mode;

/**
 * A hook's C prototype as the trace has it, {@code void set_pte(pte_t *ptep, pte_t pte)}, as far as values need it to be
 * understood.
 *
 * @param returns what the result is
 * @param parameters in order
 */
public record Prototype(Type returns, List<Parameter> parameters) {
    private static final CharMatcher NAME = CharMatcher.inRange('a', 'z')
            .or(CharMatcher.inRange('A', 'Z'))
            .or(CharMatcher.inRange('0', '9'))
            .or(CharMatcher.is('_'));

    /** What a value is. */
    public enum Kind {
        NOTHING,
        /** A page-table entry by value. */
        ENTRY,
        POINTER,
        /** At most 32 bits. */
        SMALL,
        /** 64 bits that may be anything. */
        WORD
    }

    /**
     * A type.
     *
     * @param text in C
     * @param level of the page table that an entry, or what a pointer points to, belongs to; else 0
     */
    public record Type(String text, Kind kind, int level) {
        /**
         * Whether it is an entry as the kernel computes with it, with a frame number of its own counting: {@code pteval_t}, where
         * {@code pte_t} is what stands in the table (arch/x86/include/asm/pgtable_types.h and arch/x86/xen/mmu_pv.c, Linux 6.1).
         */
        public boolean isEntryContent() {
            return kind == Kind.ENTRY && text.endsWith("val_t");
        }
    }

    /** A parameter. */
    public record Parameter(Type type, String name) {}

    public Prototype {
        parameters = ImmutableList.copyOf(parameters);
    }

    /** Reads a prototype; of one that it cannot read, it knows no parameters. */
    public static Prototype of(String text) {
        int open = text.indexOf('(');
        int close = text.lastIndexOf(')');
        if (open < 0 || close < open) {
            return new Prototype(type("void"), ImmutableList.of());
        }
        String head = text.substring(0, open).strip();
        String list = text.substring(open + 1, close).strip();
        ImmutableList.Builder<Parameter> parameters = ImmutableList.builder();
        if (!list.isEmpty() && !list.equals("void")) {
            for (String declaration : Splitter.on(',').trimResults().split(list)) {
                String name = lastName(declaration);
                parameters.add(new Parameter(type(withoutLast(declaration, name)), name));
            }
        }
        return new Prototype(type(withoutLast(head, lastName(head))), parameters.build());
    }

    /** The page table that the recorder says to be read-only or not, {@link Mode#READ_ONLY_TABLE}, if there is one. */
    public Optional<String> table() {
        Optional<String> space = Optional.empty();
        Optional<String> frame = Optional.empty();
        for (Parameter parameter : parameters) {
            if (parameter.type().kind() == Kind.POINTER && parameter.type().level() > 0) {
                return Optional.of(parameter.name() + "'s page");
            }
            if (parameter.type().text().equals("struct mm_struct *")) {
                space = Optional.of(parameter.name() + "'s top-level table");
            }
            if (parameter.name().equals("pfn")) {
                frame = Optional.of("page pfn");
            }
        }
        return space.isPresent() ? space : frame;
    }

    /** The name of argument {@code i}. */
    public String name(int i) {
        return i < parameters.size() ? parameters.get(i).name() : "arg" + i;
    }

    /** The type of argument {@code i}; a word where the prototype does not tell. */
    public Type type(int i) {
        return i < parameters.size() ? parameters.get(i).type() : new Type("unsigned long", Kind.WORD, 0);
    }

    private static String lastName(String declaration) {
        int start = declaration.length();
        while (start > 0 && NAME.matches(declaration.charAt(start - 1))) {
            start--;
        }
        return declaration.substring(start);
    }

    private static String withoutLast(String declaration, String name) {
        return declaration.substring(0, declaration.length() - name.length()).strip();
    }

    private static Type type(String text) {
        boolean pointer = text.endsWith("*");
        String base = CharMatcher.anyOf("* ").trimFrom(text);
        int level = level(base);
        if (pointer) {
            return new Type(text, Kind.POINTER, level);
        }
        if (level > 0) {
            return new Type(text, Kind.ENTRY, level);
        }
        return new Type(
                text,
                switch (base) {
                    case "void" -> Kind.NOTHING;
                    case "int", "unsigned int", "u32", "u16", "u8", "bool", "unsigned char", "unsigned short" ->
                        Kind.SMALL;
                    default -> Kind.WORD;
                },
                0);
    }

    /** Linux's types of page-table entries and of their values (arch/x86/include/asm/pgtable_types.h). */
    private static int level(String type) {
        return switch (type) {
            case "pte_t", "pteval_t" -> 1;
            case "pmd_t", "pmdval_t" -> 2;
            case "pud_t", "pudval_t" -> 3;
            case "p4d_t", "p4dval_t", "pgd_t", "pgdval_t" -> 4;
            default -> 0;
        };
    }
}
