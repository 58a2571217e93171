package org.pvdiet.analyzer.diet.seen;

import com.google.common.collect.ImmutableMap;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.pvdiet.analyzer.calls.CallOrder;
import org.pvdiet.analyzer.calls.Kernel;
import org.pvdiet.analyzer.calls.PerKind;
import org.pvdiet.analyzer.calls.Prototype;
import org.pvdiet.analyzer.calls.RecordedCall;
import org.pvdiet.analyzer.words.PageTableEntry;
import org.pvdiet.traces.Hook;

/**
 * Registers read after they were written. Which hooks write and read the same ones is told by their names: {@code write_cr4}
 * and {@code read_cr4}, {@code set_debugreg} and {@code get_debugreg}, {@code write_msr_safe} and {@code read_msr}.
 */
public final class ReadBack {
    private static final long U32 = 0xffffffffL;
    private static final Pattern NAME =
            Pattern.compile("((?<write>write|set)|read|get)_(?<register>cr[0-9]|msr|[a-z]*reg)(_safe)?");

    /** A register: {@code msr} and its index, or {@code cr4} and 0. */
    public record Register(String name, long index) {}

    /** What a hook does to which register, of several where it has an index as its first argument. */
    private record Role(String name, boolean write) {}

    private record Access(int hook, Register register, boolean write, long value) {}

    private record At(int hook, long value, long seq) {}

    /** A value that is not what was written. */
    public record Mismatch(
            Register register, int writer, int reader, long written, long read, long writeSeq, long readSeq) {}

    private final Kernel kernel;
    private final ImmutableMap<Integer, Role> roles;
    private final PerKind<Access> ofKind = new PerKind<>();
    private final Map<Register, At> written = new HashMap<>();
    /** What was read before anything was written here. */
    private final Map<Register, At> readFirst = new HashMap<>();

    private final List<Mismatch> mismatches = new ArrayList<>();
    private final Map<Register, Seen> agreed = new HashMap<>();

    ReadBack(Kernel kernel) {
        this.kernel = kernel;
        ImmutableMap.Builder<Integer, Role> found = ImmutableMap.builder();
        for (Hook hook : kernel.hooks()) {
            Matcher matcher = NAME.matcher(hook.name());
            if (matcher.matches()) {
                boolean write = matcher.group("write") != null;
                found.put(hook.id(), new Role(matcher.group("register"), write));
            }
        }
        roles = found.buildOrThrow();
    }

    void add(RecordedCall call) {
        Access access = access(call);
        if (call.kind() == CallOrder.BY_ITSELF && access != null) {
            add(access, call.seq());
        }
        ofKind.keep(call, access);
    }

    /** Writes and reads count in the order in which they were made. */
    void order(CallOrder order) {
        ofKind.inOrder(order, (access, i) -> add(access, order.seq(i)));
    }

    private void add(Access access, long seq) {
        At at = new At(access.hook, access.value, seq);
        if (access.write) {
            written.put(access.register, at);
        } else if (written.containsKey(access.register)) {
            compare(access.register, written.get(access.register), at);
        } else {
            readFirst.putIfAbsent(access.register, at);
        }
    }

    private @Nullable Access access(RecordedCall call) {
        Role role = roles.get(call.hook());
        int arguments = role == null ? 0 : call.argumentCount();
        if (role == null || (role.write ? arguments == 0 : call.result().isEmpty())) {
            return null;
        }
        boolean indexed = arguments > (role.write ? 1 : 0);
        Register register = new Register(role.name, indexed ? call.argument(0) & U32 : 0);
        return new Access(
                call.hook(),
                register,
                role.write,
                role.write ? value(call) : call.result().getAsLong());
    }

    /** The last argument; the last two where they are the halves of a value. */
    private long value(RecordedCall call) {
        int last = call.argumentCount() - 1;
        boolean halves = last > 1 && kernel.prototype(call.hook()).type(last).kind() == Prototype.Kind.SMALL;
        return halves ? (call.argument(last - 1) & U32) | call.argument(last) << 32 : call.argument(last);
    }

    private void compare(Register register, At write, At read) {
        if (same(register, write.value, read.value)) {
            agreed.merge(register, new Seen(1, read.seq), Seen::plus);
        } else if (mismatches.stream().noneMatch(known -> known.register.equals(register))) {
            mismatches.add(new Mismatch(register, write.hook, read.hook, write.value, read.value, write.seq, read.seq));
        }
    }

    /** CR3 names a frame, which a platform may translate. */
    private boolean same(Register register, long a, long b) {
        return a == b
                || (register.name.equals("cr3")
                        && PageTableEntry.flags(a) == PageTableEntry.flags(b)
                        && kernel.frames().same(PageTableEntry.frame(a), PageTableEntry.frame(b)));
    }

    void merge(ReadBack later) {
        later.readFirst.forEach((register, read) -> {
            At write = written.get(register);
            if (write != null) {
                compare(register, write, read);
            } else {
                readFirst.putIfAbsent(register, read);
            }
        });
        for (Mismatch mismatch : later.mismatches) {
            if (mismatches.stream().noneMatch(known -> known.register.equals(mismatch.register))) {
                mismatches.add(mismatch);
            }
        }
        written.putAll(later.written);
        later.agreed.forEach((register, seen) -> agreed.merge(register, seen, Seen::plus));
    }

    /** The first of each register. */
    public List<Mismatch> mismatches() {
        return mismatches;
    }

    /** Reads that gave what was written. */
    public Seen agreed(Register register) {
        return agreed.getOrDefault(register, Seen.NEVER);
    }
}
