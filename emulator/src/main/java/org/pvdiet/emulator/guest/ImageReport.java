package org.pvdiet.emulator.guest;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What {@code inspect} tells of an image.
 *
 * @param format {@code bzImage, lz4} or {@code ELF}
 * @param pvOps virtual address of the hooks' table
 * @param siteTable the section that lists the sites
 * @param listedSites how many sites the kernel lists
 * @param scannedSites how many more were found in its text
 * @param pvhEntry physical address of the PVH entry, if it has one
 */
public record ImageReport(
        String path,
        String sha256,
        String format,
        String banner,
        String release,
        Optional<String> buildId,
        int symbols,
        long pvOps,
        String siteTable,
        int listedSites,
        int scannedSites,
        List<HookLine> hooks,
        List<XenNotes.Entry> xenNotes,
        OptionalLong pvhEntry) {

    /**
     * @param prototype in C; empty where the image does not tell it
     * @param initialTarget the function in the image's table, by name or address
     */
    public record HookLine(
            String hook,
            String prototype,
            boolean calleeSave,
            long slot,
            String initialTarget,
            int listedSites,
            int scannedSites) {}

    public static ImageReport of(KernelImage image) {
        return new ImageReport(
                image.path().toString(),
                image.sha256(),
                image.bzImage().map(b -> "bzImage, " + b.compression()).orElse("ELF"),
                image.banner(),
                image.release(),
                image.buildId(),
                image.kallsyms().size(),
                image.pvOps(),
                image.siteTable(),
                sites(image, Optional.empty(), false),
                sites(image, Optional.empty(), true),
                image.hooks().stream().map(hook -> line(image, hook)).toList(),
                image.xen().entries(),
                image.xen().phys32Entry());
    }

    private static HookLine line(KernelImage image, Hook hook) {
        return new HookLine(
                hook.fullName(),
                hook.prototype().map(Prototype::text).orElse(""),
                hook.calleeSave(),
                hook.slot(),
                hook.initialSymbol().orElse("0x" + Long.toHexString(hook.initialTarget())),
                sites(image, Optional.of(hook), false),
                sites(image, Optional.of(hook), true));
    }

    private static int sites(KernelImage image, Optional<Hook> hook, boolean scanned) {
        return (int) image.sites().stream()
                .filter(s -> hook.isEmpty() || s.hook().id() == hook.get().id())
                .filter(s -> scanned == (s.origin() == Site.Origin.SCAN))
                .count();
    }
}
