package org.pvdiet.emulator.guest;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The kernel's own description of its types (Documentation/bpf/btf.rst, Linux 6.1). Types are named
 * by their number; 0 is {@code void}.
 */
public final class Btf {
    private static final int MAGIC = 0xeb9f;

    /** Deeper nesting of types than this occurs only where a damaged table refers to itself. */
    private static final int DEEPEST = 64;

    /** BTF_KIND_*, in the order of their numbers. */
    enum Kind {
        VOID,
        INT,
        PTR,
        ARRAY,
        STRUCT,
        UNION,
        ENUM,
        FWD,
        TYPEDEF,
        VOLATILE,
        CONST,
        RESTRICT,
        FUNC,
        FUNC_PROTO,
        VAR,
        DATASEC,
        FLOAT,
        DECL_TAG,
        TYPE_TAG,
        ENUM64
    }

    private static final Kind[] KINDS = Kind.values();

    /** A member of a structure or union; {@code name} is empty for an anonymous one. */
    public record Member(String name, int type, int bitOffset, int bitSize) {
        public int offset() {
            return bitOffset / 8;
        }
    }

    /** A function's parameter; {@code name} is empty where the table has none. */
    public record Parameter(String name, int type) {}

    private final Bytes types;
    private final Bytes strings;
    private final int[] starts;
    private final NameIndex functions;
    private final NameIndex structures;

    private Btf(Bytes types, Bytes strings) {
        this.types = types;
        this.strings = strings;
        int[] found = new int[1 + types.size() / 12];
        found[0] = -1;
        int count = 1;
        for (int at = 0; at < types.size(); count++) {
            found[count] = at;
            at += 12 + extraSize(kindAt(at), types.u16(at + 4L));
        }
        starts = Arrays.copyOf(found, count);
        functions = new NameIndex(new TypeNames(), count);
        structures = new NameIndex(new TypeNames(), count);
        for (int type = 1; type < count; type++) {
            Kind kind = kindAt(starts[type]);
            if (kind == Kind.FUNC) {
                functions.add(type);
            } else if ((kind == Kind.STRUCT || kind == Kind.UNION) && types.u32(starts[type]) != 0) {
                structures.add(type);
            }
        }
    }

    private final class TypeNames implements NameIndex.Names {
        @Override
        public int hash(int type) {
            long name = types.u32(starts[type]);
            return strings.hash(name, strings.cStringEnd(name));
        }

        @Override
        public boolean isNamed(int type, byte[] name) {
            long at = types.u32(starts[type]);
            return strings.holds(at, name) && strings.cStringEnd(at) == at + name.length;
        }
    }

    static Btf read(Bytes section) {
        if (section.u16(0) != MAGIC) {
            throw section.bad(0, ".BTF does not begin with BTF's magic");
        }
        Bytes body = section.from(section.u32(4));
        return new Btf(body.slice(section.u32(8), section.u32(12)), body.slice(section.u32(16), section.u32(20)));
    }

    private static int extraSize(Kind kind, int count) {
        return switch (kind) {
            case INT, VAR, DECL_TAG -> 4;
            case ARRAY -> 12;
            case STRUCT, UNION, DATASEC, ENUM64 -> 12 * count;
            case ENUM, FUNC_PROTO -> 8 * count;
            case VOID, PTR, FWD, TYPEDEF, VOLATILE, CONST, RESTRICT, FUNC, FLOAT, TYPE_TAG -> 0;
        };
    }

    private Kind kindAt(int start) {
        int number = types.u8(start + 7L) & 0x1f;
        if (number == 0 || number >= KINDS.length) {
            throw types.bad(start, "BTF holds a type of unknown kind " + number);
        }
        return KINDS[number];
    }

    private int start(int type) {
        if (type <= 0 || type >= starts.length) {
            throw types.bad(0, "BTF refers to type " + type + " of " + starts.length);
        }
        return starts[type];
    }

    /** Where in the file a type is described. */
    int place(int type) {
        return types.fileOffset() + start(type);
    }

    Kind kind(int type) {
        return type == 0 ? Kind.VOID : kindAt(start(type));
    }

    String name(int type) {
        return type == 0 ? "void" : strings.cString(types.u32(start(type)));
    }

    private int sizeOrType(int type) {
        return types.s32(start(type) + 8L);
    }

    private int count(int type) {
        return types.u16(start(type) + 4L);
    }

    /** The number of a named struct or union. */
    public OptionalInt structure(String name) {
        return structures.find(name);
    }

    /** The FUNC_PROTO of a function of the kernel. */
    public OptionalInt functionPrototype(String name) {
        OptionalInt function = functions.find(name);
        return function.isEmpty() ? function : OptionalInt.of(sizeOrType(function.getAsInt()));
    }

    /** The names of functions that end in one of these words, or are one. Words are what underscores separate. */
    List<String> functionsEndingIn(Collection<String> words) {
        boolean[] wanted = new boolean[1 << 12];
        for (String word : words) {
            byte[] text = word.getBytes(StandardCharsets.ISO_8859_1);
            wanted[NameIndex.hash(text, 0, text.length) & wanted.length - 1] = true;
        }
        List<String> found = new ArrayList<>();
        for (int type = 1; type < starts.length; type++) {
            if (kindAt(starts[type]) == Kind.FUNC
                    && wanted[lastWordHash(types.u32(starts[type])) & wanted.length - 1]) {
                found.add(name(type));
            }
        }
        found.removeIf(name -> !words.contains(lastWord(name)));
        return found;
    }

    static String lastWord(String name) {
        return name.substring(name.lastIndexOf('_') + 1);
    }

    private int lastWordHash(long name) {
        int end = strings.cStringEnd(name);
        int word = end;
        while (word > name && strings.u8(word - 1L) != '_') {
            word--;
        }
        return strings.hash(word, end);
    }

    public List<Member> members(int structure) {
        List<Member> members = new ArrayList<>();
        boolean bitfields = (types.u8(start(structure) + 7L) & 0x80) != 0;
        for (int i = 0; i < count(structure); i++) {
            Bytes member = types.slice(start(structure) + 12L + 12L * i, 12);
            int offset = member.s32(8);
            members.add(new Member(
                    strings.cString(member.u32(0)),
                    member.s32(4),
                    bitfields ? offset & 0xff_ffff : offset,
                    bitfields ? offset >>> 24 : 0));
        }
        return members;
    }

    /**
     * The byte offset of a member in a named structure; the path's parts are separated by dots, and
     * members of anonymous members are found as C finds them.
     */
    public OptionalInt offset(String structure, String path) {
        OptionalInt type = structure(structure);
        return type.isEmpty() ? OptionalInt.empty() : offset(type.getAsInt(), path, DEEPEST);
    }

    private OptionalInt offset(int structure, String path, int depth) {
        int dot = path.indexOf('.');
        String first = dot < 0 ? path : path.substring(0, dot);
        for (Member member : membersOfAggregate(structure, depth)) {
            if (member.name().equals(first)) {
                OptionalInt rest =
                        dot < 0 ? OptionalInt.of(0) : offset(member.type(), path.substring(dot + 1), depth - 1);
                return plus(rest, member.offset());
            }
            if (member.name().isEmpty()) {
                OptionalInt inner = offset(member.type(), path, depth - 1);
                if (inner.isPresent()) {
                    return plus(inner, member.offset());
                }
            }
        }
        return OptionalInt.empty();
    }

    private static OptionalInt plus(OptionalInt offset, int base) {
        return offset.isPresent() ? OptionalInt.of(base + offset.getAsInt()) : offset;
    }

    private List<Member> membersOfAggregate(int type, int depth) {
        int resolved = resolve(type, depth);
        return switch (kind(resolved)) {
            case STRUCT, UNION -> members(resolved);
            default -> List.of();
        };
    }

    /** The type behind typedefs and qualifiers. */
    int resolve(int type) {
        return resolve(type, DEEPEST);
    }

    private int resolve(int type, int depth) {
        return switch (kind(type)) {
            case TYPEDEF, VOLATILE, CONST, RESTRICT, TYPE_TAG -> resolve(sizeOrType(type), next(type, depth));
            default -> type;
        };
    }

    private int next(int type, int depth) {
        if (depth <= 0) {
            throw types.bad(Math.max(0, type), "BTF type " + type + " contains itself");
        }
        return depth - 1;
    }

    /** The size in bytes of a value of a type; 0 for {@code void} and functions. */
    public int size(int type) {
        return size(type, DEEPEST);
    }

    private int size(int type, int depth) {
        int resolved = resolve(type, depth);
        return switch (kind(resolved)) {
            case INT, STRUCT, UNION, ENUM, FLOAT, ENUM64 -> sizeOrType(resolved);
            case PTR -> Long.BYTES;
            case ARRAY ->
                types.s32(start(resolved) + 20L) * size(types.s32(start(resolved) + 12L), next(resolved, depth));
            default -> 0;
        };
    }

    /** What a pointer type points to, if the type is one. */
    OptionalInt pointee(int type) {
        int resolved = resolve(type);
        return kind(resolved) == Kind.PTR ? OptionalInt.of(sizeOrType(resolved)) : OptionalInt.empty();
    }

    List<Parameter> parameters(int prototype) {
        List<Parameter> parameters = new ArrayList<>();
        for (int i = 0; i < count(prototype); i++) {
            Bytes parameter = types.slice(start(prototype) + 12L + 8L * i, 8);
            parameters.add(new Parameter(strings.cString(parameter.u32(0)), parameter.s32(4)));
        }
        return parameters;
    }

    int returnType(int prototype) {
        return sizeOrType(prototype);
    }

    /** A declaration in C; an empty declarator gives the type's name. */
    public String declare(int type, String declarator) {
        return declare(type, declarator, DEEPEST);
    }

    private String declare(int type, String declarator, int depth) {
        int below = next(type, depth);
        return switch (kind(type)) {
            case PTR -> {
                int target = sizeOrType(type);
                Kind kind = kind(target);
                String pointer = "*" + declarator;
                yield declare(
                        target, kind == Kind.FUNC_PROTO || kind == Kind.ARRAY ? "(" + pointer + ")" : pointer, below);
            }
            case CONST -> qualified(type, "const", declarator, below);
            case VOLATILE -> qualified(type, "volatile", declarator, below);
            case RESTRICT -> qualified(type, "restrict", declarator, below);
            case TYPE_TAG -> declare(sizeOrType(type), declarator, below);
            case ARRAY ->
                declare(types.s32(start(type) + 12L), declarator + "[" + types.s32(start(type) + 20L) + "]", below);
            case FUNC_PROTO -> {
                List<String> parameters = new ArrayList<>();
                for (Parameter parameter : parameters(type)) {
                    parameters.add(parameter.type() == 0 ? "..." : declare(parameter.type(), parameter.name(), below));
                }
                String list = parameters.isEmpty() ? "void" : String.join(", ", parameters);
                yield declare(sizeOrType(type), declarator + "(" + list + ")", below);
            }
            case STRUCT, FWD -> word("struct " + nameOrDots(type), declarator);
            case UNION -> word("union " + nameOrDots(type), declarator);
            case ENUM, ENUM64 -> word("enum " + nameOrDots(type), declarator);
            case INT -> word(integerName(type), declarator);
            case VOID, TYPEDEF, FUNC, VAR, DATASEC, FLOAT, DECL_TAG -> word(name(type), declarator);
        };
    }

    private String qualified(int type, String qualifier, String declarator, int depth) {
        int target = sizeOrType(type);
        if (kind(target) == Kind.PTR) {
            return declare(target, word(qualifier, declarator), depth);
        }
        return qualifier + " " + declare(target, declarator, depth);
    }

    /** Compilers describe {@code unsigned long} as {@code long unsigned int}; nobody writes it so. */
    private String integerName(int type) {
        String name = name(type);
        return switch (name) {
            case "long int" -> "long";
            case "long unsigned int" -> "unsigned long";
            case "long long int" -> "long long";
            case "long long unsigned int" -> "unsigned long long";
            case "short int" -> "short";
            case "short unsigned int" -> "unsigned short";
            default -> name;
        };
    }

    private String nameOrDots(int type) {
        String name = name(type);
        return name.isEmpty() ? "{...}" : name;
    }

    private static String word(String type, String declarator) {
        return declarator.isEmpty() ? type : type + " " + declarator;
    }

    /** Whether two functions take and return the same types, whatever their parameters' names. */
    boolean sameSignature(int a, int b) {
        if (a == b) {
            return true;
        }
        List<Parameter> as = parameters(a);
        List<Parameter> bs = parameters(b);
        boolean same = as.size() == bs.size() && sameType(returnType(a), returnType(b));
        for (int i = 0; same && i < as.size(); i++) {
            same = sameType(as.get(i).type(), bs.get(i).type());
        }
        return same;
    }

    private boolean sameType(int a, int b) {
        return resolve(a) == resolve(b) || declare(a, "").equals(declare(b, ""));
    }

    Optional<String> pointeeName(int type) {
        OptionalInt target = pointee(type);
        return target.isEmpty() ? Optional.empty() : Optional.of(declare(target.getAsInt(), ""));
    }
}
