package org.pvdiet.analyzer.contract;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.pvdiet.analyzer.calls.FrameTable;
import org.pvdiet.analyzer.calls.Kernel;
import org.pvdiet.analyzer.calls.Prototype;
import org.pvdiet.analyzer.calls.RecordedCall;
import org.pvdiet.analyzer.words.PageTableEntry;
import org.pvdiet.analyzer.words.Words;
import org.pvdiet.traces.Hook;
import org.pvdiet.traces.Phase;

/**
 * What can be told of a call before it does anything, as one number: a few predicates on arguments and machine, and the
 * value of the argument that selects a register, if the hook has one.
 */
final class Circumstances {
    private static final int MOST_PREDICATES = 16;
    private static final long PREDICATES = (1L << MOST_PREDICATES) - 1;
    private static final int LAZY_MODES = 2;
    private static final long U32 = 0xffffffffL;

    /** Something that holds before a call or does not. */
    private interface Test {
        boolean holds(RecordedCall call);
    }

    /**
     * One predicate.
     *
     * @param holds as a clause, {@code when val is 0}
     * @param fails the same for when it does not hold
     * @param state that it is about, if it may be a precondition
     */
    private record Predicate(String holds, String fails, Optional<State> state, Test test) {}

    private final List<Predicate> predicates = new ArrayList<>();
    /** Those of the predicates, at hand for every call. */
    private final Test[] tests;

    private final int arguments;
    private final int selector;
    private OptionalInt target = OptionalInt.empty();
    private final String selectorName;
    /** Since when the target holds. */
    private long since = Long.MAX_VALUE;
    /** The state of the call before, since the same often comes again, and which predicates that are not about arguments held. */
    private long lastState = -1;

    private long lastHolding;

    Circumstances(Kernel kernel, int hook) {
        Prototype prototype = kernel.prototype(hook);
        int small = -1;
        int words = 0;
        for (int i = 0; i < prototype.parameters().size(); i++) {
            Prototype.Kind kind = prototype.type(i).kind();
            small = kind == Prototype.Kind.SMALL && small < 0 ? i : small;
            words += kind == Prototype.Kind.WORD ? 1 : 0;
            argument(prototype.name(i), i, kind);
            if (kind == Prototype.Kind.ENTRY && !prototype.type(i).isEntryContent()) {
                foreign(kernel.frames(), prototype.name(i), i);
            }
        }
        selector = small;
        selectorName = small < 0 ? "" : prototype.name(small);
        if (words == 1 && prototype.parameters().size() == 1) {
            register(kernel, prototype.name(0));
        }
        prototype
                .table()
                .ifPresent(page ->
                        when("when " + page + " is read-only", "when " + page + " is writable", State.READ_ONLY_TABLE));
        arguments = predicates.size();
        when("in lazy MMU mode", "outside of lazy MMU mode", State.LAZY_MMU);
        when("during a context switch", "outside of context switches", State.CONTEXT_SWITCH);
        when("with interrupts on", "with interrupts off", State.INTERRUPTS_ON);
        when("within another hook", "outside of other hooks", State.NESTED);
        target(kernel.hooks().get(hook));
        phase("the platform is set up", Phase.SETUP);
        phase("call sites are patched", Phase.PATCHED);
        phase("user code runs", Phase.USER);
        tests = predicates.stream().map(Predicate::test).toArray(Test[]::new);
    }

    private void argument(String name, int i, Prototype.Kind kind) {
        switch (kind) {
            case ENTRY -> {
                when(
                        "when " + name + " is present",
                        "when " + name + " is not present",
                        call -> has(call, i) && PageTableEntry.isPresent(call.argument(i)));
                zero(name, "0", i);
            }
            case POINTER -> zero(name, "NULL", i);
            case WORD -> zero(name, "0", i);
            case SMALL, NOTHING -> {}
        }
    }

    /** Of frames that have two numbers, some have none of the guest's: those of other domains and of devices. */
    private void foreign(FrameTable frames, String name, int i) {
        if (!frames.identity()) {
            when(
                    "when " + name + " maps a frame that is not the guest's",
                    "when " + name + " maps a frame of the guest's, or none",
                    call -> has(call, i) && Classifier.isForeign(call.argument(i), frames));
        }
    }

    private void zero(String name, String zero, int i) {
        when(
                "when " + name + " is " + zero,
                "when " + name + " is not " + zero,
                call -> has(call, i) && call.argument(i) == 0);
    }

    private void register(Kernel kernel, String name) {
        when(
                "when CR0 is " + name + " already",
                "when " + name + " differs from CR0",
                call -> has(call, 0) && call.argument(0) == call.cr0());
        when(
                "when CR3 is " + name + " already",
                "when " + name + " differs from CR3",
                call -> has(call, 0)
                        && kernel.frames()
                                .same(PageTableEntry.frame(call.argument(0)), PageTableEntry.frame(call.cr3())));
        when(
                "when CR4 is " + name + " already",
                "when " + name + " differs from CR4",
                call -> has(call, 0) && call.argument(0) == call.cr4());
    }

    private static boolean has(RecordedCall call, int argument) {
        return argument < call.argumentCount();
    }

    /** Where the table led calls, if it led them elsewhere in the end than at first. */
    private void target(Hook hook) {
        if (hook.patchedSince().isEmpty()) {
            return;
        }
        String last = hook.patched().map(Hook.Target::name).orElse("its function");
        Optional<String> first =
                hook.setup().or(hook::entry).map(Hook.Target::name).filter(name -> !name.equals(last));
        since = hook.patchedSince().getAsLong();
        target = OptionalInt.of(predicates.size());
        when(
                "once it leads to " + last,
                first.map(name -> "while it led to " + name).orElse("before it led to " + last),
                call -> call.icount() >= since);
    }

    private void phase(String words, Phase phase) {
        when("once " + words, "before " + words, call -> call.phase() >= phase.ordinal());
    }

    private void when(String holds, String fails, Test test) {
        when(holds, fails, Optional.empty(), test);
    }

    private void when(String holds, String fails, State state) {
        when(holds, fails, Optional.of(state), call -> state.holds(call.lazy(), call.mode(), call.parent() >= 0));
    }

    private void when(String holds, String fails, Optional<State> state, Test test) {
        if (predicates.size() < MOST_PREDICATES) {
            predicates.add(new Predicate(holds, fails, state, test));
        }
    }

    /** The number for a call. */
    long key(RecordedCall call) {
        long state = ((long) call.mode() << 8 | call.phase() << 4 | call.lazy().ordinal() << 2)
                + (call.parent() >= 0 ? 2 : 0)
                + (call.icount() >= since ? 1 : 0);
        if (state != lastState) {
            lastState = state;
            lastHolding = holding(call, arguments, tests.length);
        }
        long key = holding(call, 0, arguments) | lastHolding;
        return selector >= 0 && has(call, selector) ? key | (call.argument(selector) & U32) << MOST_PREDICATES : key;
    }

    /** Those of some predicates that hold. */
    private long holding(RecordedCall call, int from, int to) {
        long holding = 0;
        for (int i = from; i < to; i++) {
            if (tests[i].holds(call)) {
                holding |= 1L << i;
            }
        }
        return holding;
    }

    /** The predicates of a key, without the selector. */
    static long predicates(long key) {
        return key & PREDICATES;
    }

    static long selector(long key) {
        return key >>> MOST_PREDICATES;
    }

    /** Whether it is about the arguments and not about the machine or the time. */
    boolean isArgument(int predicate) {
        return predicate < arguments;
    }

    /** Whether it is about the arguments or a lazy mode, and not a state that comes with other reasons. */
    boolean separatesByItself(int predicate) {
        return predicate < arguments + LAZY_MODES;
    }

    /** The predicate about where the table leads the hook; empty where it led all calls to one function. */
    OptionalInt target() {
        return target;
    }

    int size() {
        return predicates.size();
    }

    /** A predicate or its opposite as a clause, {@code when val is 0}. */
    String clause(int predicate, boolean holds) {
        Predicate which = predicates.get(predicate);
        return holds ? which.holds() : which.fails();
    }

    /** The state that it is about; empty where it is about something else. */
    Optional<State> state(int predicate) {
        return predicates.get(predicate).state();
    }

    /** The predicate about {@code state}; empty where the hook has none. */
    OptionalInt predicate(State state) {
        return IntStream.range(0, size())
                .filter(i -> state(i).equals(Optional.of(state)))
                .findFirst();
    }

    boolean hasSelector() {
        return selector >= 0;
    }

    String selectorName() {
        return selectorName;
    }

    /** A value of the selecting argument in words, {@code EFER}. */
    String selectorWords(long value) {
        return selectorName.equals("msr")
                ? Words.msr(value)
                : String.format(Locale.ROOT, value < 256 ? "%d" : "0x%x", value);
    }
}
