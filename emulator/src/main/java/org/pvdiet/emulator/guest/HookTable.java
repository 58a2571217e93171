package org.pvdiet.emulator.guest;

import com.google.common.collect.ComparisonChain;
import com.google.common.collect.ImmutableMap;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Reads the hooks from the type of the kernel's {@code pv_ops} and the functions it starts with. */
final class HookTable {
    /** A variable that holds hooks, and the group of those that are not in a structure of their own. */
    private record Variable(String symbol, String type, String group) {}

    /** The second is new in Linux 7.x; it was a member of the first. */
    private static final List<Variable> VARIABLES = List.of(
            new Variable("pv_ops", "paravirt_patch_template", "pv_ops"),
            new Variable("pv_ops_lock", "pv_lock_ops", "lock"));

    private static final Prototype.CType UNSIGNED_LONG =
            new Prototype.CType("unsigned long", Long.BYTES, Optional.empty());
    private static final Prototype.CType VOID = new Prototype.CType("void", 0, Optional.empty());

    private static final String CALLEE_SAVE_TYPE = "paravirt_callee_save";
    private static final String CALLEE_SAVE_THUNK = "__raw_callee_save_";

    /**
     * What the hooks return that take nothing and are assembly on every platform, of which BTF knows nothing since Linux 6.12: as
     * their callers have it there, asm/paravirt.h.
     */
    private static final ImmutableMap<String, Prototype.CType> ASSEMBLY = ImmutableMap.of(
            "save_fl", UNSIGNED_LONG, "read_cr2", UNSIGNED_LONG, "irq_enable", VOID, "irq_disable", VOID);

    private final Btf btf;
    private final List<Entry> entries = new ArrayList<>();
    private final Map<String, List<String>> namedLike = new HashMap<>();

    /**
     * A function pointer in the table; {@code type} is absent behind struct paravirt_callee_save.
     *
     * @param offset from the variable's beginning
     */
    private record Entry(String variable, String group, String name, int offset, OptionalInt type) {}

    private HookTable(Btf btf) {
        this.btf = btf;
    }

    /** What the types tell of the table, wherever it lies. */
    static HookTable of(Btf btf) {
        HookTable table = new HookTable(btf);
        for (Variable variable : VARIABLES) {
            btf.structure(variable.type())
                    .ifPresent(type -> table.collect(variable.symbol(), variable.group(), type, 0));
        }
        table.collectFunctionsNamedLikeHooks();
        return table;
    }

    private void collect(String variable, String group, int structure, int from) {
        for (Btf.Member member : btf.members(structure)) {
            int at = from + member.offset();
            int type = btf.resolve(member.type());
            if (btf.kind(type) == Btf.Kind.STRUCT && btf.name(type).equals(CALLEE_SAVE_TYPE)) {
                entries.add(new Entry(variable, group, member.name(), at, OptionalInt.empty()));
            } else if (btf.kind(type) == Btf.Kind.STRUCT && btf.size(type) < btf.size(structure)) {
                collect(variable, member.name(), type, at);
            } else {
                OptionalInt function = btf.pointee(type);
                if (function.isPresent() && btf.kind(btf.resolve(function.getAsInt())) == Btf.Kind.FUNC_PROTO) {
                    entries.add(new Entry(
                            variable, group, member.name(), at, OptionalInt.of(btf.resolve(function.getAsInt()))));
                }
            }
        }
    }

    /** The functions called {@code hook} or {@code something_hook}. */
    private void collectFunctionsNamedLikeHooks() {
        entries.forEach(entry -> namedLike.put(entry.name(), new ArrayList<>()));
        Map<String, List<String>> hooksByLastWord = new HashMap<>();
        namedLike
                .keySet()
                .forEach(hook -> hooksByLastWord
                        .computeIfAbsent(Btf.lastWord(hook), word -> new ArrayList<>())
                        .add(hook));
        for (String function : btf.functionsEndingIn(hooksByLastWord.keySet())) {
            for (String hook : hooksByLastWord.get(Btf.lastWord(function))) {
                if (function.equals(hook) || function.endsWith("_" + hook)) {
                    namedLike.get(hook).add(function);
                }
            }
        }
        namedLike.forEach((hook, functions) -> functions.sort((a, b) -> inOrder(hook, a, b)));
    }

    /** Platforms' own come first: the kernel's dup_mmap is no implementation of mmu.dup_mmap. */
    private static int inOrder(String hook, String a, String b) {
        return ComparisonChain.start()
                .compare(rank(a, hook), rank(b, hook))
                .compare(a.length(), b.length())
                .compare(a, b)
                .result();
    }

    private static int rank(String function, String hook) {
        if (function.contains("native_")) {
            return 0;
        }
        if (function.startsWith("xen_")) {
            return 1;
        }
        return function.equals(hook) ? 3 : 2;
    }

    /** The hooks of the variables that the kernel has. */
    List<Hook> hooks(ElfImage elf, Kallsyms kallsyms) {
        List<Hook> hooks = new ArrayList<>();
        for (Entry entry : entries) {
            OptionalLong variable = kallsyms.address(entry.variable());
            if (variable.isEmpty()) {
                continue;
            }
            long slot = variable.getAsLong() + entry.offset();
            long target = elf.at(slot).map(b -> b.u64(0)).orElse(0L);
            Optional<String> symbol = kallsyms.nameAt(target);
            hooks.add(new Hook(
                    hooks.size(),
                    entry.group(),
                    entry.name(),
                    slot,
                    entry.type().isEmpty(),
                    entry.type().isPresent()
                            ? Optional.of(named(entry.name(), entry.type().getAsInt(), symbol))
                            : calleeSavePrototype(entry.name(), symbol, kallsyms),
                    target,
                    symbol));
        }
        if (hooks.isEmpty()) {
            throw new BadImageException(elf.file().file() + ": its types have no struct "
                    + VARIABLES.get(0).type()
                    + "; the kernel is built without CONFIG_PARAVIRT_XXL, or is older than Linux 5.0");
        }
        return List.copyOf(hooks);
    }

    /** A function pointer's parameters have no names in BTF; those of a function that fits it do. */
    private Prototype named(String hook, int declared, Optional<String> initial) {
        List<String> fitting = new ArrayList<>(namedLike.get(hook));
        initial.ifPresent(target -> fitting.add(0, target));
        List<Btf.Parameter> parameters = fitting.stream()
                .map(btf::functionPrototype)
                .filter(p -> p.isPresent() && btf.sameSignature(declared, p.getAsInt()))
                .map(p -> btf.parameters(p.getAsInt()))
                .findFirst()
                .orElseGet(() -> btf.parameters(declared));
        return prototype(hook, declared, parameters);
    }

    /**
     * A hook of struct paravirt_callee_save is declared as {@code void *}. Its type is that of a
     * function behind a callee-save thunk that is named like it, else that of its initial target: the
     * other way round {@code mmu.pte_val} would be {@code u64 _paravirt_ident_64(u64)}.
     */
    private Optional<Prototype> calleeSavePrototype(String hook, Optional<String> initial, Kallsyms kallsyms) {
        List<String> behind = new ArrayList<>(namedLike.get(hook));
        behind.removeIf(name -> kallsyms.address(CALLEE_SAVE_THUNK + name).isEmpty());
        initial.ifPresent(target -> behind.add(withoutThunk(target)));
        return behind.stream()
                .map(btf::functionPrototype)
                .filter(OptionalInt::isPresent)
                .findFirst()
                .map(p -> prototype(hook, p.getAsInt(), btf.parameters(p.getAsInt())))
                .or(() -> Optional.ofNullable(ASSEMBLY.get(hook))
                        .map(returns -> new Prototype(returns, List.of(), returns.text() + " " + hook + "(void)")));
    }

    private static String withoutThunk(String symbol) {
        return symbol.startsWith(CALLEE_SAVE_THUNK) ? symbol.substring(CALLEE_SAVE_THUNK.length()) : symbol;
    }

    private Prototype prototype(String hook, int function, List<Btf.Parameter> named) {
        List<Prototype.Parameter> parameters = new ArrayList<>();
        List<String> declarations = new ArrayList<>();
        for (Btf.Parameter parameter : named) {
            String name = parameter.name().isEmpty() ? "arg" + parameters.size() : parameter.name();
            parameters.add(new Prototype.Parameter(name, type(parameter.type())));
            declarations.add(btf.declare(parameter.type(), name));
        }
        String list = declarations.isEmpty() ? "void" : String.join(", ", declarations);
        int returns = btf.returnType(function);
        return new Prototype(type(returns), List.copyOf(parameters), btf.declare(returns, hook + "(" + list + ")"));
    }

    private Prototype.CType type(int type) {
        return new Prototype.CType(btf.declare(type, ""), btf.size(type), btf.pointeeName(type));
    }
}
