package org.pvdiet.emulator.guest;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeSet;

/** Reads the hooks from the type of the kernel's {@code pv_ops} and the functions it starts with. */
final class HookTable {
    private static final String TYPE = "paravirt_patch_template";
    private static final String CALLEE_SAVE_TYPE = "paravirt_callee_save";
    private static final String CALLEE_SAVE_THUNK = "__raw_callee_save_";

    private final ElfImage elf;
    private final Btf btf;
    private final Kallsyms kallsyms;
    private final long base;
    private final List<Hook> hooks = new ArrayList<>();

    private HookTable(ElfImage elf, Btf btf, Kallsyms kallsyms, long base) {
        this.elf = elf;
        this.btf = btf;
        this.kallsyms = kallsyms;
        this.base = base;
    }

    static List<Hook> read(ElfImage elf, Btf btf, Kallsyms kallsyms, long pvOps) {
        int type = btf.structure(TYPE)
                .orElseThrow(() -> new BadImageException(elf.file().file() + ": its types have no struct " + TYPE
                        + "; the kernel is built without CONFIG_PARAVIRT_XXL, or is older than Linux 5.0"));
        HookTable table = new HookTable(elf, btf, kallsyms, pvOps);
        table.collect("pv_ops", type, 0);
        return List.copyOf(table.hooks);
    }

    private void collect(String group, int structure, int offset) {
        for (Btf.Member member : btf.members(structure)) {
            int at = offset + member.offset();
            int type = btf.resolve(member.type());
            if (btf.kind(type) == Btf.Kind.STRUCT) {
                if (btf.name(type).equals(CALLEE_SAVE_TYPE)) {
                    add(group, member, at, Optional.empty());
                } else {
                    collect(member.name(), type, at);
                }
                continue;
            }
            OptionalInt function = btf.pointee(type);
            if (function.isPresent() && btf.kind(btf.resolve(function.getAsInt())) == Btf.Kind.FUNC_PROTO) {
                add(group, member, at, Optional.of(btf.resolve(function.getAsInt())));
            }
        }
    }

    private void add(String group, Btf.Member member, int offset, Optional<Integer> declared) {
        long slot = base + offset;
        long target = elf.at(slot).map(b -> b.u64(0)).orElse(0L);
        Optional<String> symbol = kallsyms.nameAt(target);
        List<String> candidates = implementations(member.name(), symbol);
        hooks.add(new Hook(
                hooks.size(),
                group,
                member.name(),
                slot,
                declared.isEmpty(),
                declared.isPresent()
                        ? Optional.of(named(member.name(), declared.get(), candidates))
                        : calleeSavePrototype(member.name(), candidates),
                target,
                symbol));
    }

    /**
     * Functions of the image that implement a hook, most telling first: those with a callee-save thunk
     * or a name that ends like the hook's, then what the table starts with. The last alone is not
     * enough: {@code mmu.pte_val} starts as {@code _paravirt_ident_64}, which says nothing of a pte.
     */
    private List<String> implementations(String hook, Optional<String> initial) {
        List<String> found = new ArrayList<>();
        initial.map(HookTable::withoutThunk)
                .filter(name -> name.endsWith("_" + hook))
                .ifPresent(found::add);
        TreeSet<String> others = new TreeSet<>();
        for (String prefix : List.of("native_", "__native_", "xen_", "pv_native_")) {
            String name = prefix + hook;
            if (btf.functionPrototype(name).isPresent()
                    && kallsyms.address(name).isPresent()) {
                others.add(name);
            }
        }
        found.addAll(others);
        initial.map(HookTable::withoutThunk).ifPresent(found::add);
        return found;
    }

    private static String withoutThunk(String symbol) {
        return symbol.startsWith(CALLEE_SAVE_THUNK) ? symbol.substring(CALLEE_SAVE_THUNK.length()) : symbol;
    }

    /** A hook behind a callee-save thunk is declared as a plain {@code void *}. */
    private Optional<Prototype> calleeSavePrototype(String hook, List<String> candidates) {
        return candidates.stream()
                .map(btf::functionPrototype)
                .filter(OptionalInt::isPresent)
                .findFirst()
                .map(p -> prototype(hook, p.getAsInt(), btf.parameters(p.getAsInt())));
    }

    /** A function pointer's parameters have no names in BTF; those of a function of the same type do. */
    private Prototype named(String hook, int declared, List<String> candidates) {
        List<Btf.Parameter> parameters = candidates.stream()
                .map(btf::functionPrototype)
                .filter(p -> p.isPresent() && btf.sameSignature(declared, p.getAsInt()))
                .map(p -> btf.parameters(p.getAsInt()))
                .findFirst()
                .orElseGet(() -> btf.parameters(declared));
        return prototype(hook, declared, parameters);
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
