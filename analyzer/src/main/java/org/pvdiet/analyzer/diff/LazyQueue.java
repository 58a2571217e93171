package org.pvdiet.analyzer.diff;

import com.google.common.primitives.ImmutableLongArray;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.pvdiet.analyzer.calls.CallOrder;
import org.pvdiet.analyzer.calls.Kernel;
import org.pvdiet.analyzer.calls.Lazy;
import org.pvdiet.analyzer.calls.PerKind;
import org.pvdiet.analyzer.calls.Prototype;
import org.pvdiet.analyzer.calls.RecordedCall;
import org.pvdiet.analyzer.calls.RecordedEffect;
import org.pvdiet.analyzer.contract.Behaviour;
import org.pvdiet.analyzer.contract.Classifier;
import org.pvdiet.analyzer.contract.EffectForm;
import org.pvdiet.analyzer.contract.Form;
import org.pvdiet.analyzer.diff.Deed.PutOff;
import org.pvdiet.analyzer.words.DescriptorTable;
import org.pvdiet.analyzer.words.PageTableEntry;
import org.pvdiet.traces.EffectKind;
import org.pvdiet.traces.Hook;
import org.pvdiet.traces.Outcome;

/**
 * Gives effects back to the calls that asked for them. In a lazy mode a platform may put updates off (Linux,
 * arch/x86/xen/multicalls.c): calls queue what they ask for, and a later call, most often the one that leaves the mode,
 * carries it out together with what other calls queued. Such an effect is matched to a call before it in the same
 * stretch of lazy mode that asked for exactly that and has not got it: the same entry and frame, the same root, the same
 * register. Of several that did, the first is taken, since queues are carried out in order. What matches no call stays where it was recorded.
 */
final class LazyQueue {
    private static final long DIRECT_MAP = 0xffff888000000000L;
    private static final long DIRECT_MAP_END = 0xffffc90000000000L;
    private static final long PAGE_OFFSET = 0xfff;
    private static final int PAGE_SHIFT = 12;
    private static final Set<String> BEGINNINGS = Set.of("lazy_mode.enter", "cpu.start_context_switch");
    private static final Set<String> FLUSHES = Set.of("mmu.flush_tlb_user", "mmu.flush_tlb_kernel");
    private static final String WRITE_CR3 = "mmu.write_cr3";
    private static final String LOAD_TLS = "cpu.load_tls";
    private static final String SET_LDT = "cpu.set_ldt";
    private static final String FLUSH_PAGE = "mmu.flush_tlb_one_user";
    private static final Set<String> ASKERS =
            Set.of(WRITE_CR3, LOAD_TLS, SET_LDT, FLUSH_PAGE, "mmu.flush_tlb_user", "mmu.flush_tlb_kernel");
    private static final int ROOT = 3;
    /** GDT_ENTRY_TLS_MIN to GDT_ENTRY_TLS_MAX (Linux, arch/x86/include/asm/segment.h, 64 bits). */
    private static final int FIRST_TLS = 12;

    private static final int LAST_TLS = 14;

    /**
     * What calls of one kind were, apart from when they were made.
     *
     * @param act what was recorded of them
     * @param begins whether lazy mode begins with them
     * @param asks whether they may have asked for something that they did not do themselves
     * @param own what they did themselves
     * @param effects if some of these may have been done for others; else none
     */
    private record Kind(
            int hook,
            Act act,
            boolean begins,
            boolean asks,
            ImmutableLongArray arguments,
            Set<EffectKind> own,
            List<Done> effects) {}

    /** A call in lazy mode that may have asked for something and not got it yet. */
    private record Asking(int site, long seq, Kind kind) {}

    /** A call in lazy mode that did something that it may not have been asked for. */
    private record Doing(int site, long seq, Kind kind) {
        /** The seq of the last call in it, or of itself, that did something. */
        long latest() {
            long latest = seq;
            for (Done done : kind.effects()) {
                latest = Math.max(latest, seq + done.after());
            }
            return latest;
        }
    }

    /**
     * An effect of calls of one kind.
     *
     * @param after how far the seq of the innermost call under way is from theirs
     * @param ordinal among the effects with that seq
     * @param foreign whether they may have done it for others
     */
    private record Done(RecordedEffect effect, long after, int ordinal, EffectForm form, boolean foreign) {
        Effect of(Doing call) {
            return new Effect(call.seq() + after, ordinal);
        }
    }

    /** One effect: effect {@code ordinal} of call {@code seq}. */
    private record Effect(long seq, int ordinal) {}

    /** What a call did after all. */
    record Corrected(int site, long seq, Act act) {}

    /**
     * What a call did after all.
     *
     * @param forOthers what it did for calls before it
     * @param putOff what was done for it later
     */
    private static final class Correction {
        private final int site;
        private final Act act;
        private final List<EffectForm> forOthers = new ArrayList<>();
        private final List<PutOff> putOff = new ArrayList<>();

        Correction(int site, Act act) {
            this.site = site;
            this.act = act;
        }

        Act corrected() {
            Deed deed = act.deed();
            Behaviour behaviour = deed.behaviour();
            List<EffectForm> own = new ArrayList<>(behaviour.effects());
            own.removeAll(forOthers);
            Deed after = new Deed(
                    new Behaviour(behaviour.outcome(), behaviour.result(), own),
                    deed.translated(),
                    putOff.stream().distinct().toList(),
                    deed.rewritten(),
                    deed.replies());
            return new Act(act.input(), after, act.setting());
        }
    }

    private final Kernel kernel;
    private final Classifier classifier;
    private final Set<Integer> beginnings;
    private final BitSet askers = new BitSet();
    private final PerKind<Kind> ofKind = new PerKind<>();
    private final List<Asking> asking = new ArrayList<>();
    private final List<Doing> doing = new ArrayList<>();
    private final List<Long> begun = new ArrayList<>();

    LazyQueue(Kernel kernel, Classifier classifier) {
        this.kernel = kernel;
        this.classifier = classifier;
        this.beginnings = kernel.hooks().stream()
                .filter(hook -> BEGINNINGS.contains(hook.fullName()))
                .map(Hook::id)
                .collect(Collectors.toSet());
        kernel.hooks().stream()
                .filter(hook -> asks(hook, kernel.prototype(hook.id())))
                .forEach(hook -> askers.set(hook.id()));
    }

    /** Calls with what was recorded of them. */
    void add(RecordedCall call, Act act) {
        Kind kind = kind(call, act);
        if (call.kind() == CallOrder.BY_ITSELF && kind != null) {
            add(kind, call.site(), call.seq());
        }
        ofKind.keep(call, kind);
    }

    void order(CallOrder order) {
        ofKind.inOrder(order, (kind, i) -> add(kind, order.sites()[i], order.seq(i)));
    }

    private void add(Kind kind, int site, long seq) {
        if (kind.begins) {
            begun.add(seq);
        }
        if (kind.asks) {
            asking.add(new Asking(site, seq, kind));
        }
        if (!kind.effects.isEmpty()) {
            doing.add(new Doing(site, seq, kind));
        }
    }

    private @Nullable Kind kind(RecordedCall call, Act act) {
        boolean begins = beginnings.contains(call.hook());
        if (call.lazy() == Lazy.NONE || call.outcome() != Outcome.RETURNED) {
            return begins
                    ? new Kind(call.hook(), act, true, false, ImmutableLongArray.of(), Set.of(), List.of())
                    : null;
        }
        boolean asks = askers.get(call.hook());
        if (!begins && !asks && call.effects().isEmpty()) {
            return null;
        }
        List<Done> done = new ArrayList<>(call.effects().size());
        Map<Long, Integer> ordinals = new HashMap<>();
        Set<EffectKind> own = EnumSet.noneOf(EffectKind.class);
        for (RecordedEffect effect : call.effects()) {
            EffectForm form = classifier.effect(call, effect);
            boolean foreign = isForeign(call, form);
            long after = effect.seq() - call.seq();
            done.add(new Done(effect, after, ordinals.merge(after, 1, Integer::sum), form, foreign));
            if (!foreign) {
                own.add(form.kind());
            }
        }
        boolean does = done.stream().anyMatch(Done::foreign);
        return new Kind(call.hook(), act, begins, asks, call.arguments(), own, does ? done : List.of());
    }

    /** Whether a hook asks for something that can be put off. */
    private static boolean asks(Hook hook, Prototype prototype) {
        boolean pointer = false;
        boolean entry = false;
        for (Prototype.Parameter parameter : prototype.parameters()) {
            pointer |= parameter.type().kind() == Prototype.Kind.POINTER
                    && parameter.type().level() > 0;
            entry |= parameter.type().kind() == Prototype.Kind.ENTRY;
        }
        return (pointer && entry) || ASKERS.contains(hook.fullName());
    }

    void merge(LazyQueue later) {
        asking.addAll(later.asking);
        doing.addAll(later.doing);
        begun.addAll(later.begun);
    }

    private String name(int hook) {
        return kernel.hooks().get(hook).fullName();
    }

    /** Whether a call did what its own arguments do not ask for. */
    private boolean isForeign(RecordedCall call, EffectForm form) {
        return switch (form.kind()) {
            case PAGE_TABLE_ENTRY -> form.where().equals(Form.NOTHING);
            case CONTROL_REGISTER ->
                form.where().number() == ROOT && form.value().kind() != Form.Kind.ARGUMENT;
            case DESCRIPTOR -> !name(call.hook()).equals(LOAD_TLS);
            case DESCRIPTOR_TABLE ->
                form.where().number() == DescriptorTable.LDTR
                        && !name(call.hook()).equals(SET_LDT);
            case TLB_PAGE -> form.where().kind() != Form.Kind.ARGUMENT;
            case TLB_FLUSH -> !FLUSHES.contains(name(call.hook()));
            default -> false;
        };
    }

    /**
     * Tells in order of seq which calls did something else than what their own effects say, as far as it is certain, and
     * forgets what no call after them can have to do with. All calls before {@code end} must have been given.
     */
    List<Corrected> settle(long end) {
        asking.sort(Comparator.comparingLong(Asking::seq));
        doing.sort(Comparator.comparingLong(Doing::seq));
        begun.sort(Comparator.naturalOrder());
        long boundary = end == Long.MAX_VALUE ? end : lastBoundary(end);
        List<Doing> settled = doing.subList(0, doingUntil(boundary));
        List<Corrected> corrected = corrected(settled);
        settled.clear();
        asking.subList(0, position(boundary)).clear();
        begun.removeIf(seq -> seq < boundary);
        return corrected;
    }

    /**
     * The last beginning of lazy mode that separates calls: one before it neither gets nor does anything after it. Those at a
     * call that does something itself only do if that comes before calls within it. -1 if there is none.
     */
    private long lastBoundary(long end) {
        long boundary = -1;
        long latest = -1;
        int next = 0;
        for (long begin : begun) {
            for (; next < doing.size() && doing.get(next).seq() <= begin; next++) {
                latest = Math.max(latest, doing.get(next).latest());
            }
            if (begin < end && latest <= begin) {
                boundary = begin;
            }
        }
        return boundary;
    }

    private int doingUntil(long seq) {
        int count = 0;
        while (count < doing.size() && doing.get(count).seq() <= seq) {
            count++;
        }
        return count;
    }

    private List<Corrected> corrected(List<Doing> settled) {
        SortedMap<Long, Correction> corrections = new TreeMap<>();
        Map<Effect, Asking> owners = owners(settled, corrections);
        for (Doing call : settled) {
            Set<EffectForm> own = new HashSet<>();
            Set<EffectForm> others = new HashSet<>();
            for (Done done : call.kind().effects()) {
                Asking owner = owners.get(done.of(call));
                (owner != null && owner.seq() < call.seq() ? others : own).add(done.form());
            }
            others.removeAll(own);
            if (!others.isEmpty()) {
                correction(corrections, call.site(), call.seq(), call.kind())
                        .forOthers
                        .addAll(others);
            }
        }
        List<Corrected> corrected = new ArrayList<>();
        corrections.forEach(
                (seq, correction) -> corrected.add(new Corrected(correction.site, seq, correction.corrected())));
        return corrected;
    }

    private static Correction correction(SortedMap<Long, Correction> corrections, int site, long seq, Kind kind) {
        return corrections.computeIfAbsent(seq, key -> new Correction(site, kind.act()));
    }

    /** Which call asked for an effect, of those that happened in another. */
    private Map<Effect, Asking> owners(List<Doing> settled, SortedMap<Long, Correction> corrections) {
        Map<Effect, Asking> owners = new HashMap<>();
        Set<Served> served = new HashSet<>();
        for (Doing call : settled) {
            for (Done done : call.kind().effects()) {
                if (done.foreign() && done.after() == 0) {
                    for (Asking asked : before(call.seq())) {
                        Optional<EffectForm> form = asks(asked.kind(), done);
                        if (form.isPresent() && served.add(new Served(asked.seq(), form.get()))) {
                            owners.put(done.of(call), asked);
                            correction(corrections, asked.site(), asked.seq(), asked.kind())
                                    .putOff
                                    .add(new PutOff(form.get(), name(call.kind().hook())));
                            break;
                        }
                    }
                }
            }
        }
        return owners;
    }

    private record Served(long seq, EffectForm form) {}

    /** The calls since lazy mode began. */
    private List<Asking> before(long seq) {
        int stretch = Collections.binarySearch(begun, seq);
        stretch = stretch < 0 ? -stretch - 2 : stretch - 1;
        long from = stretch < 0 ? 0 : begun.get(stretch);
        return asking.subList(position(from), position(seq));
    }

    private int position(long seq) {
        int low = 0;
        int high = asking.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (asking.get(middle).seq() < seq) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** The effect as seen from a call, if that asked for it and did not do it itself. */
    private Optional<EffectForm> asks(Kind call, Done done) {
        EffectForm form = done.form();
        RecordedEffect effect = done.effect();
        if (call.own().contains(form.kind())) {
            return Optional.empty();
        }
        ImmutableLongArray arguments = call.arguments();
        return switch (form.kind()) {
            case PAGE_TABLE_ENTRY -> entry(call, effect, form);
            case CONTROL_REGISTER ->
                name(call.hook()).equals(WRITE_CR3)
                                && sameFrame(arguments.get(0), effect.value().orElse(0))
                        ? Optional.of(with(form, form.where(), changed(0, arguments.get(0), effect)))
                        : Optional.empty();
            case DESCRIPTOR -> only(form, name(call.hook()).equals(LOAD_TLS) && isTls(effect.address()));
            case DESCRIPTOR_TABLE -> only(form, name(call.hook()).equals(SET_LDT));
            case TLB_PAGE ->
                name(call.hook()).equals(FLUSH_PAGE) && arguments.get(0) == effect.address()
                        ? Optional.of(with(form, Form.of(Form.Kind.ARGUMENT, 0), form.value()))
                        : Optional.empty();
            case TLB_FLUSH -> only(form, FLUSHES.contains(name(call.hook())));
            default -> Optional.empty();
        };
    }

    private static Optional<EffectForm> only(EffectForm form, boolean asked) {
        return asked ? Optional.of(form) : Optional.empty();
    }

    private static boolean isTls(long address) {
        long entry = (address & PAGE_OFFSET) / Long.BYTES;
        return entry >= FIRST_TLS && entry <= LAST_TLS;
    }

    private Optional<EffectForm> entry(Kind call, RecordedEffect effect, EffectForm form) {
        Prototype prototype = kernel.prototype(call.hook());
        ImmutableLongArray arguments = call.arguments();
        for (int i = 0; i < arguments.length(); i++) {
            Prototype.Type type = prototype.type(i);
            if (type.kind() == Prototype.Kind.POINTER
                    && type.level() == effect.level()
                    && isAt(arguments.get(i), effect.address())) {
                for (int j = 0; j < arguments.length(); j++) {
                    if (prototype.type(j).kind() == Prototype.Kind.ENTRY
                            && sameFrame(arguments.get(j), effect.value().orElse(0))) {
                        return Optional.of(
                                with(form, Form.of(Form.Kind.POINTED_TO, i), changed(j, arguments.get(j), effect)));
                    }
                }
            }
        }
        return Optional.empty();
    }

    private static EffectForm with(EffectForm form, Form where, Form value) {
        return new EffectForm(form.kind(), form.detail(), where, value, form.outcome());
    }

    /** Whether a pointer points to a machine address; of one that is not of the direct map, as far as it tells. */
    private boolean isAt(long pointer, long machineAddress) {
        if ((pointer & PAGE_OFFSET) != (machineAddress & PAGE_OFFSET)) {
            return false;
        }
        if (pointer < DIRECT_MAP || pointer >= DIRECT_MAP_END) {
            return true;
        }
        OptionalLong machine = kernel.frames().machine(pointer - DIRECT_MAP >>> PAGE_SHIFT);
        return machine.isEmpty() || machine.getAsLong() == machineAddress >>> PAGE_SHIFT;
    }

    private static Form changed(int argument, long from, RecordedEffect effect) {
        long to = effect.value().orElse(0);
        if (to == 0) {
            return Form.of(Form.Kind.CONSTANT, 0);
        }
        long before = PageTableEntry.flags(from);
        long after = PageTableEntry.flags(to);
        return new Form(Form.Kind.ARGUMENT, argument, after & ~before, before & ~after);
    }

    private boolean sameFrame(long a, long b) {
        return kernel.frames().same(PageTableEntry.frame(a), PageTableEntry.frame(b));
    }
}
