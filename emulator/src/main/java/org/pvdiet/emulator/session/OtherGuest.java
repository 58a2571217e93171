package org.pvdiet.emulator.session;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongFunction;
import org.pvdiet.emulator.cpu.CpuModel;
import org.pvdiet.emulator.guest.ElfImage;
import org.pvdiet.emulator.machine.Console;
import org.pvdiet.emulator.machine.Machine;
import org.pvdiet.emulator.platform.xenpv.XenPv;

/**
 * A guest with Xen notes that is no Linux kernel: a test kernel, a unikernel. It runs on {@code xen-pv} and cannot be
 * recorded.
 *
 * @param memory bytes of RAM
 * @param initrd may be empty
 * @param seed decides which machine frames the guest gets
 */
public record OtherGuest(ElfImage image, CpuModel cpu, String commandLine, long memory, byte[] initrd, long seed) {
    /**
     * Places the guest, ready to run.
     *
     * @throws org.pvdiet.emulator.guest.BadImageException where the image has no Xen PV entry
     * @throws org.pvdiet.emulator.machine.ConfigurationException where it does not fit
     */
    public Machine place(Console console) {
        return XenPv.place(image, cpu, memory, commandLine, initrd, seed, console, symbols(image.symbols()));
    }

    private static LongFunction<String> symbols(List<ElfImage.Symbol> symbols) {
        TreeMap<Long, String> byAddress = new TreeMap<>(Long::compareUnsigned);
        symbols.stream().filter(s -> !s.name().isEmpty()).forEach(s -> byAddress.put(s.address(), s.name()));
        return address -> {
            Map.Entry<Long, String> found = byAddress.floorEntry(address);
            return found == null ? "" : String.format("%s+%#x", found.getValue(), address - found.getKey());
        };
    }
}
