package org.pvdiet.emulator.guest;

import com.google.common.base.Throwables;
import com.google.common.hash.Hashing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;

/**
 * A Linux kernel image and all that it tells of itself. Addresses are as linked, without KASLR.
 *
 * <p>What a guest needs to start is there at once; the rest is read in the background, and who asks for it waits for it.
 */
public final class KernelImage {
    private static final int NT_GNU_BUILD_ID = 3;
    private static final String BANNER = "Linux version ";
    private static final String RODATA = ".rodata";

    /** What is known only with types and symbols. */
    private record Description(
            String banner, Optional<String> buildId, XenNotes xen, long pvOps, List<Hook> hooks, List<Site> sites) {}

    private final Path path;
    private final Optional<BzImage> bzImage;
    private final ElfImage elf;
    private final CompletableFuture<String> sha256;
    private final CompletableFuture<Btf> btf;
    private final CompletableFuture<Kallsyms> kallsyms;
    private final CompletableFuture<Description> description;

    private KernelImage(Path path, byte[] content, BzImage.Decompression decompression) {
        this.path = path;
        this.sha256 = CompletableFuture.supplyAsync(
                () -> Hashing.sha256().hashBytes(content).toString());
        Bytes file = Bytes.of(path.toString(), content);
        this.bzImage = BzImage.matches(file) ? Optional.of(BzImage.read(file, decompression)) : Optional.empty();
        this.elf = ElfImage.read(bzImage.map(BzImage::vmlinux).orElseGet(() -> unwrapped(file)));
        this.btf = CompletableFuture.supplyAsync(() -> types(elf));
        // Last, so that a thread of the pool that reads the image goes on with what takes longest.
        this.kallsyms = CompletableFuture.supplyAsync(() -> KallsymsSearch.read(elf));
        this.description = btf.thenApply(HookTable::of)
                .thenCombine(kallsyms, (table, symbols) -> description(elf, table, symbols));
        checkIsLinux(elf);
    }

    /**
     * Reads an image.
     *
     * @throws BadImageException if the file cannot be read, is no 64-bit kernel, is damaged, or lacks
     *     something that recording needs
     */
    public static KernelImage open(Path path) {
        return open(path, KernelCache.ofUser());
    }

    /** The same, where the user's cache must stay as it is. */
    static KernelImage open(Path path, BzImage.Decompression decompression) {
        KernelImage image = new KernelImage(path, content(path), decompression);
        result(image.btf);
        result(image.kallsyms);
        result(image.description);
        return image;
    }

    /**
     * Reads as much of an image as a guest needs to start. Where something is missing that only recording needs, whoever asks
     * for that is told.
     *
     * @throws BadImageException if the file cannot be read, is no 64-bit kernel, or is damaged
     */
    public static KernelImage load(Path path) {
        return new KernelImage(path, content(path), KernelCache.ofUser());
    }

    /** Where it was read from. */
    public Path path() {
        return path;
    }

    /** Of the file, in lower-case hex. */
    public String sha256() {
        return result(sha256);
    }

    /** The wrapper, unless the file is a plain vmlinux. */
    public Optional<BzImage> bzImage() {
        return bzImage;
    }

    /** The kernel proper: entry and segments. */
    public ElfImage elf() {
        return elf;
    }

    /** The line that begins with {@code Linux version}. */
    public String banner() {
        return result(description).banner();
    }

    /** The GNU build id in hex. */
    public Optional<String> buildId() {
        return result(description).buildId();
    }

    /** What it says to a Xen domain builder; empty if it has no such notes. */
    public XenNotes xen() {
        return result(description).xen();
    }

    public Btf btf() {
        return result(btf);
    }

    public Kallsyms kallsyms() {
        return result(kallsyms);
    }

    /** The symbol that an address lies behind, and how far; empty where it has none. */
    public String nameOf(long address) {
        return kallsyms().nearest(address).map(Kallsyms.Place::toString).orElse("");
    }

    /** Virtual address of {@code pv_ops}. */
    public long pvOps() {
        return result(description).pvOps();
    }

    /** In the table's order. */
    public List<Hook> hooks() {
        return result(description).hooks();
    }

    /** The section that lists the sites. */
    public String siteTable() {
        return SiteDiscovery.listed(elf).section();
    }

    /** In ascending order of address. */
    public List<Site> sites() {
        return result(description).sites();
    }

    private static Btf types(ElfImage elf) {
        return Btf.read(elf.section(".BTF")
                .orElseThrow(
                        () -> missing(elf, ".BTF", "a kernel of 5.2 or later with CONFIG_DEBUG_INFO_BTF is needed"))
                .bytes());
    }

    private static Description description(ElfImage elf, HookTable table, Kallsyms kallsyms) {
        long pvOps = kallsyms.address("pv_ops")
                .orElseThrow(() ->
                        missing(elf, "pv_ops", "a kernel with CONFIG_PARAVIRT_XXL and CONFIG_KALLSYMS_ALL is needed"));
        List<Hook> hooks = table.hooks(elf, kallsyms);
        return new Description(
                banner(elf, kallsyms),
                buildId(elf),
                XenNotes.read(elf),
                pvOps,
                hooks,
                sites(elf, new Slots(pvOps, hooks), kallsyms, SiteDiscovery.listed(elf)));
    }

    private static <T> T result(CompletableFuture<T> task) {
        try {
            return task.join();
        } catch (CompletionException e) {
            Throwables.throwIfUnchecked(e.getCause());
            throw e;
        }
    }

    /**
     * Reads an ELF image that need not be a Linux kernel, plain or compressed as a whole.
     *
     * @throws BadImageException if it cannot be read or is no 64-bit ELF image
     */
    public static ElfImage openElf(Path path) {
        return ElfImage.read(unwrapped(Bytes.of(path.toString(), content(path))));
    }

    /**
     * Reads an ELF image that is no Linux kernel, such as a unikernel; empty for a Linux kernel.
     *
     * @throws BadImageException if the file cannot be read or is no 64-bit image
     */
    public static Optional<ElfImage> openOther(Path path) {
        Bytes file = Bytes.of(path.toString(), content(path));
        return BzImage.matches(file)
                ? Optional.empty()
                : Optional.of(ElfImage.read(unwrapped(file))).filter(elf -> !isLinux(elf));
    }

    /** The file's bytes, unwrapped if it is a compressed ELF image such as xen.gz. */
    static Bytes unwrapped(Bytes file) {
        Optional<Compression> compression = Compression.of(file);
        if (compression.isPresent()) {
            return compression.get().decompress(file, BzImage.LARGEST);
        }
        if (!ElfImage.matches(file)) {
            throw new BadImageException(file.file() + ": not a kernel: neither a bzImage nor an ELF image");
        }
        return file;
    }

    static byte[] content(Path path) {
        try {
            return Files.readAllBytes(path);
        } catch (NoSuchFileException e) {
            throw new BadImageException(path + ": there is no such file", e);
        } catch (IOException | OutOfMemoryError e) {
            throw new BadImageException(path + ": cannot be read: " + e.getMessage(), e);
        }
    }

    private static BadImageException missing(ElfImage elf, String what, String remedy) {
        return new BadImageException(elf.file().file() + ": " + what + " is missing; " + remedy);
    }

    /**
     * The line that the kernel prints. An image also holds a copy without the build number, which comes
     * first, so the symbol decides where there is one.
     */
    private static String banner(ElfImage elf, Kallsyms kallsyms) {
        OptionalLong address = kallsyms.address("linux_banner");
        Optional<Bytes> banner = address.isPresent() ? elf.at(address.getAsLong()) : Optional.empty();
        return banner.filter(b -> b.indexOf(BANNER, 0) == 0)
                .orElseThrow(() -> missing(elf, "linux_banner", "a kernel with CONFIG_KALLSYMS_ALL is needed"))
                .cString(0)
                .strip();
    }

    private static boolean isLinux(ElfImage elf) {
        // Where it is as a rule, and then everywhere.
        return Stream.concat(
                        elf.section(RODATA).map(ElfImage.Section::bytes).stream(),
                        elf.segments().stream().map(ElfImage.Segment::bytes))
                .anyMatch(bytes -> bytes.indexOf(BANNER, 0) >= 0);
    }

    private static void checkIsLinux(ElfImage elf) {
        if (!isLinux(elf)) {
            throw new BadImageException(
                    elf.file().file() + ": not a Linux kernel: no line '" + BANNER + "...' in any segment");
        }
    }

    private static Optional<String> buildId(ElfImage elf) {
        return elf.notes().stream()
                .filter(n -> n.owner().equals("GNU") && n.type() == NT_GNU_BUILD_ID)
                .findFirst()
                .map(n -> n.content().hex());
    }

    private static List<Site> sites(ElfImage elf, Slots slots, Kallsyms kallsyms, SiteDiscovery listed) {
        TreeMap<Long, SiteDiscovery.Found> byAddress = new TreeMap<>(Long::compareUnsigned);
        for (SiteDiscovery discovery : List.of(listed, new TextScan())) {
            discovery.find(elf, slots, kallsyms).forEach(found -> byAddress.putIfAbsent(found.address(), found));
        }
        List<Site> sites = new ArrayList<>(byAddress.size());
        for (SiteDiscovery.Found found : byAddress.values()) {
            Bytes text = elf.at(found.address())
                    .orElseThrow(() -> elf.file().bad(0, "a site lies outside of what is loaded"));
            sites.add(new Site(
                    sites.size(),
                    found.address(),
                    found.length(),
                    found.hook(),
                    found.origin(),
                    found.form(),
                    text.slice(0, found.length()),
                    kallsyms.nearest(found.address())));
        }
        return List.copyOf(sites);
    }

    /** The kernel's release, {@code 6.1.0-56-cloud-amd64}, from its banner. */
    public String release() {
        String rest = banner().substring(BANNER.length());
        int space = rest.indexOf(' ');
        return space < 0 ? rest : rest.substring(0, space);
    }

    public Optional<Hook> hook(String fullName) {
        return hooks().stream().filter(h -> h.fullName().equals(fullName)).findFirst();
    }

    /** Physical address of the kernel's first byte, as linked. */
    public OptionalLong physicalStart() {
        return elf.segments().stream()
                .mapToLong(ElfImage.Segment::physicalAddress)
                .min();
    }
}
