package org.pvdiet.emulator.record;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

    private Optional<Long> functionOf(Site site) {
        return image.kallsyms()
                .nearest(site.address())
                .map(place -> place.symbol().address());
    }

    private Instruction decode(long address) {
        return Decoder.decode(code::read, address, Mode.BITS_64);
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
            Deque<String> last = new ArrayDeque<>();
            long at = function;
            for (Site site : sites) {
                while (at < site.address()) {
                    Instruction instruction = decode(at);
                    last.add(Disassembler.text(instruction));
                    if (leaves(last.getLast())) {
                        last.clear();
                    } else if (last.size() > AROUND) {
                        last.remove();
                    }
                    at += instruction.length();
                }
                if (at == site.address()) {
                    found.put(site.id(), String.join("\n", last));
                }
            }
        });
        return found;
    }

    /** Whether what follows is not executed next. */
    private static boolean leaves(String text) {
        return text.startsWith("ret") || text.startsWith("jmp") || text.startsWith("int3") || text.startsWith("(bad)");
    }

    /** The instructions from an address to a return or jump, as far as that is near. */
    String after(long address) {
        List<String> lines = new ArrayList<>();
        long at = address;
        for (int i = 0; i < AROUND; i++) {
            Instruction instruction = decode(at);
            lines.add(Disassembler.text(instruction));
            if (leaves(lines.get(i))) {
                break;
            }
            at += instruction.length();
        }
        return String.join("\n", lines);
    }

    /** The instructions of a function to its first return or jump; empty where there is no memory. */
    Optional<String> function(long address) {
        if (!code.isMapped(address)) {
            return Optional.empty();
        }
        List<String> lines = new ArrayList<>();
        long at = address;
        while (lines.size() < MOST_OF_FUNCTION) {
            Instruction instruction = decode(at);
            String text = Disassembler.text(instruction);
            lines.add(text);
            if (leaves(text)) {
                break;
            }
            at += instruction.length();
        }
        return Optional.of(String.join("\n", lines));
    }
}
