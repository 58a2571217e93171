package org.pvdiet.analyzer.calls;

import com.google.common.collect.ImmutableList;
import java.util.List;
import java.util.OptionalLong;
import org.pvdiet.traces.Batch;
import org.pvdiet.traces.EffectColumn;
import org.pvdiet.traces.EffectKind;
import org.pvdiet.traces.EffectOutcome;

/**
 * One row of {@code effects}.
 *
 * @param seq the innermost call under way
 * @param address where, see {@link EffectKind}; 0 where there is none
 * @param level of the page table, width of a port access; 0 where there is none
 * @param arguments of a hypercall, or the registers of a CPUID
 */
public record RecordedEffect(
        long seq,
        long icount,
        EffectKind kind,
        long address,
        int level,
        OptionalLong old,
        OptionalLong value,
        EffectOutcome outcome,
        OptionalLong result,
        List<Long> arguments) {
    /** Xen's public header xen.h. */
    private static final long HYPERCALL_IRET = 23;

    private static final EffectKind[] KINDS = EffectKind.values();
    private static final EffectOutcome[] OUTCOMES = EffectOutcome.values();

    /** Whether this is the hypercall by which an exception's handler leaves on Xen. */
    public boolean isHypercallIret() {
        return kind == EffectKind.HYPERCALL && address == HYPERCALL_IRET;
    }

    /** The effect in a row of a batch with all columns. */
    public static RecordedEffect of(Batch<EffectColumn> batch, int row) {
        EffectKind kind = KINDS[batch.getInt(EffectColumn.KIND, row)];
        return new RecordedEffect(
                batch.get(EffectColumn.SEQ, row),
                batch.get(EffectColumn.ICOUNT, row),
                kind,
                batch.isNull(EffectColumn.ADDRESS, row) ? 0 : batch.get(EffectColumn.ADDRESS, row),
                batch.isNull(EffectColumn.LEVEL, row) ? 0 : batch.getInt(EffectColumn.LEVEL, row),
                optional(batch, EffectColumn.OLD, row),
                optional(batch, EffectColumn.NEW, row),
                OUTCOMES[batch.getInt(EffectColumn.OUTCOME, row)],
                optional(batch, EffectColumn.RESULT, row),
                hasArguments(kind) ? arguments(batch, row) : ImmutableList.of());
    }

    private static boolean hasArguments(EffectKind kind) {
        return kind == EffectKind.HYPERCALL || kind == EffectKind.HYPERCALL_OPERATION || kind == EffectKind.CPUID;
    }

    private static List<Long> arguments(Batch<EffectColumn> batch, int row) {
        ImmutableList.Builder<Long> arguments = ImmutableList.builder();
        for (int i = 0; i < EffectColumn.ARGUMENTS && !batch.isNull(EffectColumn.arg(i), row); i++) {
            arguments.add(batch.get(EffectColumn.arg(i), row));
        }
        return arguments.build();
    }

    /** Whether both are the same but for when and in which call they happened. */
    boolean isLike(RecordedEffect other) {
        return kind == other.kind
                && address == other.address
                && level == other.level
                && outcome == other.outcome
                && old.equals(other.old)
                && value.equals(other.value)
                && result.equals(other.result)
                && arguments.equals(other.arguments);
    }

    /** A hash, the same wherever {@link #isLike} holds. */
    long hashOfLike() {
        long hash = kind.ordinal() + 31L * outcome.ordinal() + 961L * level + 29791L * address;
        hash = 31 * hash + old.orElse(-1);
        hash = 31 * hash + value.orElse(-1);
        hash = 31 * hash + result.orElse(-1);
        for (long argument : arguments) {
            hash = 31 * hash + argument;
        }
        return hash;
    }

    private static OptionalLong optional(Batch<EffectColumn> batch, EffectColumn column, int row) {
        return batch.isNull(column, row) ? OptionalLong.empty() : OptionalLong.of(batch.get(column, row));
    }
}
