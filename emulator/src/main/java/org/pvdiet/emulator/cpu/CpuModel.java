package org.pvdiet.emulator.cpu;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What CPUID says of a processor. Immutable; the models that come with the program are text files beside this class. */
public final class CpuModel {
    /** The model where none is asked for. */
    public static final String DEFAULT = "qemu64";

    /** The registers that CPUID gives for one leaf and subleaf. */
    public record Leaf(int eax, int ebx, int ecx, int edx) {
        static final Leaf ZERO = new Leaf(0, 0, 0, 0);
    }

    /** Which of a leaf's registers holds a feature. */
    enum Output {
        EAX,
        EBX,
        ECX,
        EDX
    }

    /** Features that instructions and registers here depend on. */
    public enum Feature {
        TSC(1, Output.EDX, 4),
        MSR(1, Output.EDX, 5),
        MCE(1, Output.EDX, 7),
        APIC(1, Output.EDX, 9),
        SYSENTER(1, Output.EDX, 11),
        MTRR(1, Output.EDX, 12),
        PGE(1, Output.EDX, 13),
        MCA(1, Output.EDX, 14),
        PAT(1, Output.EDX, 16),
        MONITOR(1, Output.ECX, 3),
        SSSE3(1, Output.ECX, 9),
        PCID(1, Output.ECX, 17),
        SSE4_1(1, Output.ECX, 19),
        SSE4_2(1, Output.ECX, 20),
        X2APIC(1, Output.ECX, 21),
        MOVBE(1, Output.ECX, 22),
        POPCNT(1, Output.ECX, 23),
        XSAVE(1, Output.ECX, 26),
        HYPERVISOR(1, Output.ECX, 31),
        FSGSBASE(7, Output.EBX, 0),
        BMI1(7, Output.EBX, 3),
        SMEP(7, Output.EBX, 7),
        INVPCID(7, Output.EBX, 10),
        SMAP(7, Output.EBX, 20),
        UMIP(7, Output.ECX, 2),
        RDPID(7, Output.ECX, 22),
        SPEC_CTRL(7, Output.EDX, 26),
        SYSCALL(0x8000_0001, Output.EDX, 11),
        NX(0x8000_0001, Output.EDX, 20),
        PAGE_1G(0x8000_0001, Output.EDX, 26),
        RDTSCP(0x8000_0001, Output.EDX, 27),
        LONG_MODE(0x8000_0001, Output.EDX, 29),
        LZCNT(0x8000_0001, Output.ECX, 5),
        SVM(0x8000_0001, Output.ECX, 2);

        private final int leaf;
        private final Output output;
        private final int bit;

        Feature(int leaf, Output output, int bit) {
            this.leaf = leaf;
            this.output = output;
            this.bit = bit;
        }
    }

    private static final Set<String> NAMES = Set.of(DEFAULT, "nehalem", "max");

    private final String name;
    private final Map<Long, Leaf> leaves;
    private final String vendor;

    private CpuModel(String name, Map<Long, Leaf> leaves) {
        this.name = name;
        this.leaves = leaves;
        this.vendor = vendor(leaves.get(key(0, 0)));
    }

    /** The models that come with the program, in alphabetical order. */
    public static List<String> names() {
        return NAMES.stream().sorted().toList();
    }

    /**
     * @throws IllegalArgumentException where there is no such model, naming those there are
     */
    public static CpuModel named(String name) {
        if (!NAMES.contains(name)) {
            throw new IllegalArgumentException(
                    "there is no CPU model '" + name + "'; there are " + String.join(", ", names()));
        }
        try (InputStream file = CpuModel.class.getResourceAsStream(name + ".cpuid");
                BufferedReader lines = new BufferedReader(new InputStreamReader(file, StandardCharsets.US_ASCII))) {
            Map<Long, Leaf> leaves = new LinkedHashMap<>();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.isBlank() || line.startsWith("#")) {
                    continue;
                }
                List<Integer> numbers = new ArrayList<>();
                for (String word : line.trim().split("\\s+", -1)) {
                    numbers.add(Integer.parseUnsignedInt(word, 16));
                }
                leaves.put(
                        key(numbers.get(0), numbers.get(1)),
                        new Leaf(numbers.get(2), numbers.get(3), numbers.get(4), numbers.get(5)));
            }
            return new CpuModel(name, Map.copyOf(leaves));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long key(int leaf, int subleaf) {
        return (long) leaf << 32 | subleaf & 0xffffffffL;
    }

    private static String vendor(Leaf leaf) {
        StringBuilder text = new StringBuilder();
        for (int word : new int[] {leaf.ebx(), leaf.edx(), leaf.ecx()}) {
            for (int i = 0; i < 4; i++) {
                text.append((char) (word >> 8 * i & 0xff));
            }
        }
        return text.toString();
    }

    public String name() {
        return name;
    }

    /** {@code GenuineIntel} or {@code AuthenticAMD}. */
    public String vendor() {
        return vendor;
    }

    public boolean isAmd() {
        return vendor.equals("AuthenticAMD");
    }

    public boolean has(Feature feature) {
        Leaf leaf = exact(feature.leaf, 0);
        int value = switch (feature.output) {
            case EAX -> leaf.eax();
            case EBX -> leaf.ebx();
            case ECX -> leaf.ecx();
            case EDX -> leaf.edx();
        };
        return (value >> feature.bit & 1) != 0;
    }

    /** This model without a feature. */
    public CpuModel without(Feature feature) {
        return change(feature, ~(1 << feature.bit), 0);
    }

    /** This model with a feature. */
    public CpuModel with(Feature feature) {
        return change(feature, -1, 1 << feature.bit);
    }

    private CpuModel change(Feature feature, int keep, int set) {
        Leaf old = exact(feature.leaf, 0);
        Leaf changed = switch (feature.output) {
            case EAX -> new Leaf(old.eax() & keep | set, old.ebx(), old.ecx(), old.edx());
            case EBX -> new Leaf(old.eax(), old.ebx() & keep | set, old.ecx(), old.edx());
            case ECX -> new Leaf(old.eax(), old.ebx(), old.ecx() & keep | set, old.edx());
            case EDX -> new Leaf(old.eax(), old.ebx(), old.ecx(), old.edx() & keep | set);
        };
        Map<Long, Leaf> copy = new LinkedHashMap<>(leaves);
        copy.put(key(feature.leaf, 0), changed);
        return new CpuModel(name, Map.copyOf(copy));
    }

    /** Width of physical addresses in bits. */
    public int physicalBits() {
        return exact(0x8000_0008, 0).eax() & 0xff;
    }

    /**
     * What CPUID gives before the processor's state comes in (OSXSAVE, APIC enable). A leaf above the highest is answered
     * as the highest basic leaf by Intel and with zeros by AMD (SDM volume 2, CPUID).
     */
    public Leaf leaf(int leaf, int subleaf) {
        int highest = exact(leaf & 0x8000_0000, 0).eax();
        boolean known = Integer.compareUnsigned(leaf, highest) <= 0;
        if (!known && !isAmd()) {
            return exact(exact(0, 0).eax(), subleaf);
        }
        return known ? exact(leaf, subleaf) : Leaf.ZERO;
    }

    private Leaf exact(int leaf, int subleaf) {
        Leaf found = leaves.get(key(leaf, subleaf));
        if (found == null && !hasSubleaves(leaf)) {
            found = leaves.get(key(leaf, 0));
        }
        return found == null ? Leaf.ZERO : found;
    }

    private static boolean hasSubleaves(int leaf) {
        return leaf == 4 || leaf == 7 || leaf == 0xb || leaf == 0xd || leaf == 0x8000_001d;
    }
}
