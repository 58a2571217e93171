package org.pvdiet.emulator.session;

import java.util.Arrays;
import java.util.Optional;
import java.util.function.BiFunction;
import org.pvdiet.emulator.machine.Configuration;
import org.pvdiet.emulator.machine.Console;
import org.pvdiet.emulator.machine.Machine;
import org.pvdiet.emulator.platform.bare.BareMetal;
import org.pvdiet.emulator.platform.xenpv.XenPv;

/** The platforms that there are, by the names that users write. */
public enum PlatformName {
    NATIVE("native", BareMetal.COMMAND_LINE, BareMetal::place),
    XEN_PV("xen-pv", XenPv.COMMAND_LINE, XenPv::place);

    private final String text;
    private final String commandLine;
    private final BiFunction<Configuration, Console, Machine> placement;

    PlatformName(String text, String commandLine, BiFunction<Configuration, Console, Machine> placement) {
        this.text = text;
        this.commandLine = commandLine;
        this.placement = placement;
    }

    public static Optional<PlatformName> of(String text) {
        return Arrays.stream(values()).filter(p -> p.text.equals(text)).findFirst();
    }

    /** What a kernel is told on this platform before what the user adds. */
    public String commandLine() {
        return commandLine;
    }

    Machine place(Configuration configuration, Console console) {
        return placement.apply(configuration, console);
    }

    @Override
    public String toString() {
        return text;
    }
}
