package org.pvdiet.emulator.record;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.pvdiet.emulator.cpu.decode.Decoder;
import org.pvdiet.emulator.cpu.decode.Disassembler;
import org.pvdiet.emulator.cpu.decode.Instruction;
import org.pvdiet.emulator.cpu.decode.Mode;
import org.pvdiet.emulator.guest.KernelImage;
import org.pvdiet.emulator.guest.Site;
import org.pvdiet.emulator.memory.Mmu;

/** The kernel's instructions around sites and at the beginning of hooks' functions, as text. */
final class CodeText {
    private static final int AROUND = 6;
    private static final int MOST_OF_FUNCTION = 32;

    /** SDM volume 2, section 2.3.11. */
    private static final int LONGEST_INSTRUCTION = 15;

    private final KernelImage image;
    private final CodeSnapshot code = new CodeSnapshot();
    private final Decoder decoder = new Decoder(code::read);

    /**
     * Keeps the code that there is now.
     *
     * @param functions addresses that {@link #function} will be asked for
     */
    CodeText(KernelImage image, Mmu mmu, List<Long> functions) {
        this.image = image;
        for (Site site : image.sites()) {
            long from = functionOf(site).orElse(site.address());
            long to = site.address() + site.length() + AROUND * LONGEST_INSTRUCTION;
            code.keep(mmu, from, to - from);
        }
        functions.forEach(function -> code.keep(mmu, function, MOST_OF_FUNCTION * LONGEST_INSTRUCTION));
    }

    private static Optional<Long> functionOf(Site site) {
        return site.place().map(place -> place.symbol().address());
    }

    private Instruction decode(long address) {
        return decoder.decode(address, Mode.BITS_64);
    }

    /**
     * The instructions before each site, by its id. Where an instruction begins is known from the beginning of the function
     * only; a site that no instruction begins at has none.
     */
    Map<Integer, String> before() {
        Map<Integer, String> found = new HashMap<>();
        Map<Long, List<Site>> byFunction = new HashMap<>();
        for (Site site : image.sites()) {
            functionOf(site)
                    .ifPresent(function -> byFunction
                            .computeIfAbsent(function, address -> new ArrayList<>())
                            .add(site));
        }
        byFunction.forEach((function, sites) -> {
            sites.sort(Comparator.comparingLong(Site::address));
            Deque<Instruction> last = new ArrayDeque<>();
            long at = function;
            for (Site site : sites) {
                while (at < site.address()) {
                    Instruction instruction = decode(at);
                    last.add(instruction);
                    if (leaves(instruction)) {
                        last.clear();
                    } else if (last.size() > AROUND) {
                        last.remove();
                    }
                    at += instruction.length();
                }
                if (at == site.address()) {
                    found.put(site.id(), text(last));
                }
            }
        });
        return found;
    }

    /** Whether what follows is not executed next. */
    private static boolean leaves(Instruction instruction) {
        return switch (instruction.mnemonic()) {
            case RET, JMP, INT3, INVALID, TOO_LONG -> true;
            default -> false;
        };
    }

    /** The instructions from an address to a return or jump, as far as that is near. */
    String after(long address) {
        return text(from(address, AROUND));
    }

    /** The instructions of a function to its first return or jump; empty where there is no memory. */
    Optional<String> function(long address) {
        return code.isMapped(address) ? Optional.of(text(from(address, MOST_OF_FUNCTION))) : Optional.empty();
    }

    private List<Instruction> from(long address, int most) {
        List<Instruction> found = new ArrayList<>();
        long at = address;
        do {
            Instruction instruction = decode(at);
            found.add(instruction);
            at += instruction.length();
        } while (found.size() < most && !leaves(found.get(found.size() - 1)));
        return found;
    }

    private static String text(Collection<Instruction> instructions) {
        return instructions.stream().map(Disassembler::text).collect(Collectors.joining("\n"));
    }
}
