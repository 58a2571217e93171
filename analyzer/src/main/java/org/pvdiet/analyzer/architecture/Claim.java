package org.pvdiet.analyzer.architecture;

import com.google.common.base.CharMatcher;
import com.google.common.base.Splitter;
import java.util.List;
import java.util.Locale;

/**
 * One thing that the native operation does on every call that returns, in the catalogue's terms:
 *
 * <pre>
 *   result = TERM      what is returned
 *   PLACE := TERM      what a register, MSR or page-table entry holds afterwards
 *   does EVENT         what happens: CPUID, HLT, OUT, RDMSR, WRMSR, LGDT, LIDT, LLDT, LTR
 *   flushes TLB        all of the TLB, or of an address space
 *   flushes page ARG   one page's translation
 *   changes descriptor a descriptor in memory
 *   changes nothing    no effect at all
 *
 *   PLACE  CR0 CR2 CR3 CR4 IF MSR[ARG] DR[ARG] *ARG
 *   TERM   CR0 CR2 CR3 CR4 RFLAGS MSR[ARG] DR[ARG] ARG HIGH:LOW "old *ARG" 0 1
 * </pre>
 */
public sealed interface Claim {
    /** What is returned. */
    record Returns(Term value) implements Claim {}

    /** What a place holds afterwards. */
    record Becomes(Term place, Term value) implements Claim {}

    /** What happens. */
    record Does(Event event) implements Claim {}

    /** The translation of the page at an address is dropped. */
    record FlushesPage(Term address) implements Claim {}

    /** There is no effect. */
    record ChangesNothing() implements Claim {}

    /** What can happen without a value that a trace shows. */
    enum Event {
        CPUID("executes CPUID"),
        HLT("waits for an interrupt"),
        OUT("writes to a port"),
        RDMSR("executes RDMSR"),
        WRMSR("executes WRMSR"),
        LGDT("loads GDTR"),
        LIDT("loads IDTR"),
        LLDT("loads LDTR"),
        LTR("loads TR"),
        FLUSH("flushes the TLB"),
        DESCRIPTOR("changes a descriptor");

        private final String words;

        Event(String words) {
            this.words = words;
        }

        String words() {
            return words;
        }
    }

    /** A value or place. {@code number} is that of a control register, of an argument, or a constant. */
    record Term(Kind kind, int number) {
        /** What a term is. */
        enum Kind {
            CONSTANT,
            CONTROL_REGISTER,
            RFLAGS,
            INTERRUPT_FLAG,
            ARGUMENT,
            /** Argument {@code number} above the one before it. */
            PAIR,
            MSR,
            DEBUG_REGISTER,
            /** The page-table entry that an argument points to. */
            ENTRY,
            /** What that was before. */
            OLD_ENTRY
        }

        String words(List<String> arguments) {
            return switch (kind) {
                case CONSTANT -> Integer.toString(number);
                case CONTROL_REGISTER -> "CR" + number;
                case RFLAGS -> "RFLAGS";
                case INTERRUPT_FLAG -> "the interrupt flag";
                case ARGUMENT -> arguments.get(number);
                case PAIR -> arguments.get(number) + ":" + arguments.get(number - 1);
                case MSR -> "the MSR numbered " + arguments.get(number);
                case DEBUG_REGISTER -> "the debug register numbered " + arguments.get(number);
                case ENTRY -> "*" + arguments.get(number);
                case OLD_ENTRY -> "what *" + arguments.get(number) + " was";
            };
        }

        private static Term parse(String text, List<String> arguments) {
            if (CharMatcher.inRange('0', '9').matchesAllOf(text)) {
                return new Term(Kind.CONSTANT, Integer.parseInt(text));
            }
            if (text.matches("CR[0-4]")) {
                return new Term(Kind.CONTROL_REGISTER, text.charAt(2) - '0');
            }
            if (text.equals("RFLAGS") || text.equals("IF")) {
                return new Term(text.equals("IF") ? Kind.INTERRUPT_FLAG : Kind.RFLAGS, 0);
            }
            String name = CharMatcher.inRange('a', 'z')
                    .or(CharMatcher.inRange('0', '9'))
                    .or(CharMatcher.is('_'))
                    .retainFrom(text.startsWith("old ") ? text.substring(4) : text);
            if (text.equals("MSR[" + name + "]")) {
                return new Term(Kind.MSR, index(name, arguments));
            }
            if (text.equals("DR[" + name + "]")) {
                return new Term(Kind.DEBUG_REGISTER, index(name, arguments));
            }
            if (text.equals("*" + name)) {
                return new Term(Kind.ENTRY, index(name, arguments));
            }
            if (text.equals("old *" + name)) {
                return new Term(Kind.OLD_ENTRY, index(name, arguments));
            }
            int colon = text.indexOf(':');
            if (colon > 0) {
                int high = index(text.substring(0, colon), arguments);
                if (index(text.substring(colon + 1), arguments) == high - 1) {
                    return new Term(Kind.PAIR, high);
                }
            }
            return new Term(Kind.ARGUMENT, index(text, arguments));
        }

        private static int index(String name, List<String> arguments) {
            int index = arguments.indexOf(name);
            if (index < 0) {
                throw new IllegalArgumentException("no term: " + name);
            }
            return index;
        }
    }

    /** Reads a claim. {@code arguments} are the names of the hook's arguments. */
    static Claim parse(String text, List<String> arguments) {
        List<String> words = Splitter.on(' ').splitToList(text);
        String rest = text.substring(text.indexOf(' ') + 1);
        int becomes = text.indexOf(" := ");
        if (becomes > 0) {
            return new Becomes(
                    Term.parse(text.substring(0, becomes), arguments),
                    Term.parse(text.substring(becomes + 4), arguments));
        }
        return switch (words.get(0)) {
            case "result" -> new Returns(Term.parse(rest.substring(2), arguments));
            case "does" -> new Does(Event.valueOf(rest));
            case "flushes" ->
                rest.equals("TLB") ? new Does(Event.FLUSH) : new FlushesPage(Term.parse(words.get(2), arguments));
            case "changes" ->
                rest.equals("nothing") ? new ChangesNothing() : new Does(Event.valueOf(rest.toUpperCase(Locale.ROOT)));
            default -> throw new IllegalArgumentException("no claim: " + text);
        };
    }

    /** In words, {@code CR4 becomes val}. */
    default String words(List<String> arguments) {
        if (this instanceof Returns returns) {
            return "returns " + returns.value().words(arguments);
        }
        if (this instanceof Becomes becomes) {
            return becomes.place().words(arguments) + " becomes "
                    + becomes.value().words(arguments);
        }
        if (this instanceof FlushesPage page) {
            return "flushes the TLB's entry for " + page.address().words(arguments);
        }
        return this instanceof Does does ? does.event().words() : "changes nothing";
    }
}
