package org.pvdiet.emulator.session;

import java.util.Arrays;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.LongConsumer;
import org.pvdiet.emulator.machine.Configuration;
import org.pvdiet.emulator.machine.Console;
import org.pvdiet.emulator.machine.Machine;
import org.pvdiet.emulator.platform.bare.BareMetal;
import org.pvdiet.emulator.platform.xenpv.XenPv;

/** The platforms that there are, by the names that users write. */
public enum PlatformName {
    NATIVE("native", BareMetal.COMMAND_LINE, BareMetal::prepare, BareMetal::place),
    XEN_PV("xen-pv", XenPv.COMMAND_LINE, XenPv::prepare, XenPv::place);

    private final String text;
    private final String commandLine;
    private final LongConsumer preparation;
    private final BiFunction<Configuration, Console, Machine> placement;

    PlatformName(
            String text,
            String commandLine,
            LongConsumer preparation,
            BiFunction<Configuration, Console, Machine> placement) {
        this.text = text;
        this.commandLine = commandLine;
        this.preparation = preparation;
        this.placement = placement;
    }

    public static Optional<PlatformName> of(String text) {
        return Arrays.stream(values()).filter(p -> p.text.equals(text)).findFirst();
    }

    /** What a kernel is told on this platform before what the user adds. */
    public String commandLine() {
        return commandLine;
    }

    /** Has the memory of a machine that is to be placed made in the background, for a guest with so many bytes. */
    public void prepare(long guestBytes) {
        preparation.accept(guestBytes);
    }

    Machine place(Configuration configuration, Console console) {
        return placement.apply(configuration, console);
    }

    @Override
    public String toString() {
        return text;
    }
}
