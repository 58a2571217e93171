package org.pvdiet.analyzer.bits;

import com.google.common.collect.ImmutableMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.pvdiet.analyzer.calls.Kernel;
import org.pvdiet.analyzer.calls.Prototype;
import org.pvdiet.analyzer.calls.RecordedCall;
import org.pvdiet.analyzer.calls.RecordedEffect;
import org.pvdiet.analyzer.calls.Summary;
import org.pvdiet.analyzer.words.PageTableEntry;
import org.pvdiet.traces.EffectKind;
import org.pvdiet.traces.EffectOutcome;
import org.pvdiet.traces.Hook;

/**
 * What happens to the bits of page-table entries. Hooks are known by their prototypes: one that makes an entry of a value
 * ({@code make_pte}) and one that writes an entry to a table ({@code set_pte}) are the two steps of the way in, one that
 * makes a value of an entry ({@code pte_val}) is the way out.
 */
public final class PageTableBits implements Summary<PageTableBits> {
    private static final long PAGE_OFFSET = 0xfff;

    private enum Step {
        MAKE,
        WRITE,
        VALUE
    }

    /**
     * What a hook is to a table.
     *
     * @param table the argument that points to the entry to be written, or -1
     * @param entry the argument that holds what is to be written or converted
     */
    private record Role(int level, Step step, int table, int entry) {}

    private final Kernel kernel;
    private final ImmutableMap<Integer, Role> roles;
    private final TreeMap<Integer, Map<Step, BitTally>> levels = new TreeMap<>();

    public PageTableBits(Kernel kernel) {
        this.kernel = kernel;
        ImmutableMap.Builder<Integer, Role> found = ImmutableMap.builder();
        for (Hook hook : kernel.hooks()) {
            Role role = role(kernel.prototype(hook.id()));
            if (role != null) {
                found.put(hook.id(), role);
                levels.computeIfAbsent(role.level, level -> new TreeMap<>())
                        .computeIfAbsent(role.step, step -> new BitTally());
            }
        }
        roles = found.buildOrThrow();
    }

    private static @Nullable Role role(Prototype prototype) {
        Prototype.Type returns = prototype.returns();
        int entry = last(prototype, Prototype.Kind.ENTRY);
        if (entry < 0) {
            return null;
        }
        Prototype.Type type = prototype.type(entry);
        if (returns.kind() == Prototype.Kind.ENTRY
                && prototype.parameters().size() == 1
                && isValue(type) != isValue(returns)) {
            return new Role(type.level(), isValue(type) ? Step.MAKE : Step.VALUE, -1, entry);
        }
        int table = last(prototype, Prototype.Kind.POINTER);
        return returns.kind() == Prototype.Kind.NOTHING
                        && table >= 0
                        && prototype.type(table).level() == type.level()
                ? new Role(type.level(), Step.WRITE, table, entry)
                : null;
    }

    /** Linux names the types of entries' values {@code pteval_t}, those of entries {@code pte_t}. */
    private static boolean isValue(Prototype.Type type) {
        return type.text().endsWith("val_t");
    }

    private static int last(Prototype prototype, Prototype.Kind kind) {
        for (int i = prototype.parameters().size() - 1; i >= 0; i--) {
            if (prototype.type(i).kind() == kind) {
                return i;
            }
        }
        return -1;
    }

    @Override
    public void add(RecordedCall call) {
        Role role = roles.get(call.hook());
        if (role == null || call.argumentCount() <= role.entry) {
            return;
        }
        BitTally tally = levels.get(role.level).get(role.step);
        long asked = call.argument(role.entry);
        if (role.step == Step.WRITE) {
            OptionalLong written = written(call, call.argument(role.table));
            if (written.isPresent()) {
                tally.passed(asked, written.getAsLong(), kernel.frames(), call);
            } else if (isRefused(call)) {
                tally.refused(asked, call);
            }
        } else if (call.result().isPresent()) {
            tally.passed(asked, call.result().getAsLong(), kernel.frames(), call);
        }
    }

    /** An entry's physical address and a pointer to it agree in the offset in the page. */
    private static OptionalLong written(RecordedCall call, long pointer) {
        for (RecordedEffect effect : call.effects()) {
            if (effect.kind() == EffectKind.PAGE_TABLE_ENTRY
                    && effect.seq() == call.seq()
                    && (effect.address() & PAGE_OFFSET) == (pointer & PAGE_OFFSET)
                    && isWritten(effect.outcome())) {
                return effect.value();
            }
        }
        return OptionalLong.empty();
    }

    private static boolean isWritten(EffectOutcome outcome) {
        return outcome == EffectOutcome.DONE || outcome == EffectOutcome.EMULATED || outcome == EffectOutcome.ALTERED;
    }

    /** Whether an entry's write, or the hypercall that was to do it, was answered by an error. */
    private static boolean isRefused(RecordedCall call) {
        return call.effects().stream()
                .filter(effect -> effect.seq() == call.seq())
                .anyMatch(effect -> effect.outcome() == EffectOutcome.REFUSED
                        || (effect.kind() == EffectKind.HYPERCALL
                                && (int) effect.result().orElse(0) < 0));
    }

    @Override
    public void merge(PageTableBits later) {
        later.levels.forEach((level, steps) ->
                steps.forEach((step, tally) -> levels.get(level).get(step).merge(tally)));
    }

    /** The table. What no call shows is {@link Fate#UNSEEN}. */
    public BitTable table(String trace, String platform) {
        List<BitTable.Level> rows = new ArrayList<>();
        levels.forEach((level, steps) -> {
            rows.add(row(level, BitTable.Way.IN, steps, Step.MAKE, Step.WRITE));
            rows.add(row(level, BitTable.Way.OUT, steps, Step.VALUE));
        });
        return new BitTable(trace, platform, rows);
    }

    /** What became of bits in the step that a hook is, with others of its level; empty where it is none. */
    public Optional<BitTable.Level> step(int hook) {
        return Optional.ofNullable(roles.get(hook))
                .map(role -> row(
                        role.level,
                        role.step == Step.VALUE ? BitTable.Way.OUT : BitTable.Way.IN,
                        levels.get(role.level),
                        role.step));
    }

    private static BitTable.Level row(int level, BitTable.Way way, Map<Step, BitTally> tallies, Step... steps) {
        List<BitTally> seen = List.of(steps).stream()
                .filter(tallies::containsKey)
                .map(tallies::get)
                .toList();
        List<BitTable.Bit> bits = new ArrayList<>();
        for (int bit = 0; bit < Long.SIZE; bit++) {
            BitTally.Observation whole = BitTally.Observation.NONE;
            for (BitTally tally : seen) {
                whole = whole.then(tally.bit(bit));
            }
            bits.add(new BitTable.Bit(bit, name(bit, level), whole.fate(), whole.calls(), whole.witness()));
        }
        return new BitTable.Level(
                level, way, seen.stream().mapToLong(BitTally::calls).sum(), bits);
    }

    private static String name(int bit, int level) {
        if ((PageTableEntry.FRAME_MASK >>> bit & 1) != 0) {
            return "frame";
        }
        String name = PageTableEntry.flagNames(1L << bit, level);
        return name.startsWith("bit ") ? "" : name;
    }
}
