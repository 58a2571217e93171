package org.pvdiet.analyzer.cli;

import java.io.OutputStream;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.pvdiet.emulator.cpu.Cpu;
import org.pvdiet.emulator.cpu.decode.CodeSource;
import org.pvdiet.emulator.cpu.decode.Decoder;
import org.pvdiet.emulator.cpu.decode.Instruction;
import org.pvdiet.emulator.cpu.decode.Mode;
import org.pvdiet.emulator.cpu.decode.Segment;
import org.pvdiet.emulator.guest.Kallsyms;
import org.pvdiet.emulator.guest.KernelImage;
import org.pvdiet.emulator.guest.Prototype;
import org.pvdiet.emulator.guest.Site;
import org.pvdiet.emulator.machine.Console;
import org.pvdiet.emulator.machine.Machine;
import org.pvdiet.emulator.memory.Mmu;
import org.pvdiet.emulator.platform.Platform;
import org.pvdiet.emulator.session.Guest;
import org.pvdiet.traces.Batch;
import org.pvdiet.traces.CallColumn;
import org.pvdiet.traces.TraceReader;

/** The machine as it stands just before a call: registers, the page-table walk of what is involved, code and stack. */
final class MachineView {
    private static final String[] REGISTERS = {
        "rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15"
    };
    private static final int[] ARGUMENTS = {Cpu.RDI, Cpu.RSI, Cpu.RDX, Cpu.RCX, Cpu.R8, Cpu.R9};
    private static final int SHOWN_INSTRUCTIONS = 8;
    private static final int SHOWN_STACK_WORDS = 256;
    private static final int SHOWN_FRAMES = 16;

    private final KernelImage image;
    private final Cpu cpu;
    private final Platform platform;

    private MachineView(KernelImage image, Machine machine) {
        this.image = image;
        this.cpu = machine.cpu();
        this.platform = machine.platform();
    }

    /** Runs the guest up to the call and shows the machine. */
    static int at(TraceReader reader, Guest guest, long seq) {
        if (seq < 0 || seq >= reader.counts().calls()) {
            throw new BadInputException(String.format(
                    Locale.ROOT,
                    "%s: there is no call %d; calls are numbered 0 to %d.",
                    reader.path(),
                    seq,
                    reader.counts().calls() - 1));
        }
        long icount;
        Site site;
        try (Batch<CallColumn> batch = reader.callRange(seq, seq + 1)) {
            icount = batch.get(CallColumn.ICOUNT, 0);
            site = guest.image().sites().get(batch.getInt(CallColumn.SITE, 0));
        }
        // Time is the count of retired instructions, so the place in time is the place in the run.
        Machine machine = guest.place(new Console(OutputStream.nullOutputStream()));
        if (icount > 0) {
            machine.run(icount);
        }
        if (machine.cpu().rip() != site.address()) {
            System.err.printf(
                    "pvdiet: the replay is at %#x after %d instructions, not at the recorded site %#x%n",
                    machine.cpu().rip(), machine.cpu().retired(), site.address());
            return ExitCode.FOUND;
        }
        new MachineView(guest.image(), machine).print(seq, site);
        return ExitCode.DONE;
    }

    private void print(long seq, Site site) {
        System.out.printf(
                "call %d: %s at %s, after %d instructions%n%n",
                seq, site.hook().fullName(), place(site.address()), cpu.retired());
        registers();
        walks(site);
        code(site);
        stack();
    }

    private String place(long address) {
        return String.format("%#x", address)
                + image.kallsyms().nearest(address).map(p -> " (" + p + ")").orElse("");
    }

    private void registers() {
        for (int i = 0; i < REGISTERS.length; i++) {
            System.out.printf("%-3s %016x%s", REGISTERS[i], cpu.r[i], i % 4 == 3 ? "\n" : "  ");
        }
        System.out.printf("rip %016x  rflags %08x  cpl %d%n", cpu.rip(), cpu.rflags(), cpu.cpl());
        long[] control = new long[4];
        platform.controlRegisters(control, 0);
        System.out.printf("cr0 %08x  cr2 %016x  cr3 %016x  cr4 %08x%n", control[0], control[1], control[2], control[3]);
        for (Segment segment : EnumSet.allOf(Segment.class)) {
            System.out.printf("%s %04x  ", segment.name().toLowerCase(Locale.ROOT), cpu.segments.get(segment).selector);
        }
        System.out.printf("fs.base %016x  gs.base %016x%n%n", cpu.segments.fs().base, cpu.segments.gs().base);
    }

    /** Walks the code's address and each argument that is one. */
    private void walks(Site site) {
        List<Prototype.Parameter> parameters =
                site.hook().prototype().map(Prototype::parameters).orElse(List.of());
        walk("rip", cpu.rip());
        walk("rsp", cpu.r[Cpu.RSP]);
        for (int i = 0; i < Math.min(parameters.size(), ARGUMENTS.length); i++) {
            long value = cpu.r[ARGUMENTS[i]];
            String name = parameters.get(i).name();
            System.out.printf("%s (%s) = %#x%n", name, parameters.get(i).type().text(), value);
            if (parameters.get(i).type().pointee().isPresent()) {
                walk(name, value);
            }
        }
        System.out.println();
    }

    private void walk(String name, long linear) {
        System.out.printf("walk of %s %#x%n", name, linear);
        long table = cpu.mmu().root();
        for (int level = 4; level >= 1; level--) {
            long at = table + (linear >>> 12 + 9 * (level - 1) & 511) * 8;
            long entry = cpu.mmu().memory().readLong(at);
            System.out.printf("  level %d  [%#x] = %016x%n", level, at, entry);
            if ((entry & Mmu.PRESENT) == 0) {
                System.out.println("  not present");
                return;
            }
            if (level < 4 && (entry & Mmu.PAGE_SIZE) != 0) {
                return;
            }
            table = entry & Mmu.FRAME_MASK;
        }
    }

    private void code(Site site) {
        long address = site.address();
        CodeSource source = at -> (int) cpu.mmu().memory().read(cpu.mmu().peek(at), 1);
        System.out.println("code");
        for (int i = 0; i < SHOWN_INSTRUCTIONS; i++) {
            Instruction instruction = Decoder.decode(source, address, Mode.BITS_64);
            System.out.printf("  %#x  %s%n", address, instruction);
            address = instruction.next();
        }
        System.out.println();
    }

    /** Every word on the stack that is an address in a function, innermost first: callers, and what earlier ones left. */
    private void stack() {
        System.out.println("stack: words that point into functions");
        int shown = 0;
        for (int i = 0; i < SHOWN_STACK_WORDS && shown < SHOWN_FRAMES; i++) {
            long at = cpu.r[Cpu.RSP] + 8L * i;
            long physical = cpu.mmu().peek(at);
            if (physical < 0) {
                break;
            }
            long word = cpu.mmu().memory().readLong(physical);
            Optional<Kallsyms.Place> place =
                    image.elf().at(word).isPresent() ? image.kallsyms().nearest(word) : Optional.empty();
            if (place.isPresent() && Character.toLowerCase(place.get().symbol().type()) == 't') {
                System.out.printf("  rsp+%#-5x %#x  %s%n", 8 * i, word, place.get());
                shown++;
            }
        }
    }
}
