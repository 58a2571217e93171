package org.pvdiet.emulator.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Kernels before and after 6.1, whose tables have other forms. */
class OtherKernelsTest {
    /**
     * 5.10 has hooks that became inline since, and lists sites as 6.1 does. 6.12 lists them as
     * alternatives, and has its kallsyms in another order; 7.x gives each symbol relative to its place,
     * and has the five lock hooks in a table of their own.
     */
    @ParameterizedTest
    @CsvSource({
        "bullseye, 5.10., 85, .parainstructions, 7000",
        "bookworm-backports, 6.12., 83, .altinstructions, 4000",
    })
    void tablesOfOtherVersionsAreRead(String suite, String version, int hooks, String table, int sites)
            throws IOException {
        KernelImage image = image(suite);
        assertTrue(image.release().startsWith(version), image.release());
        assertEquals(hooks, image.hooks().size());
        assertEquals(table, image.siteTable());
        checkSites(image, sites);
    }

    /** The newest kernel moves, so that only what has to hold of any is asked. */
    @ParameterizedTest
    @CsvSource({"sid, 3500"})
    void theNewestKernelIsRead(String suite, int sites) throws IOException {
        KernelImage image = image(suite);
        assertEquals(
                5, image.hooks().stream().filter(h -> h.group().equals("lock")).count());
        checkSites(image, sites);
    }

    private static void checkSites(KernelImage image, int atLeast) {
        List<Site> listed = image.sites().stream()
                .filter(s -> s.origin() != Site.Origin.SCAN)
                .toList();
        assertTrue(listed.size() >= atLeast, "listed sites: " + listed.size());
        Slots slots = new Slots(image.pvOps(), image.hooks());
        for (Site site : listed) {
            Optional<SlotOperand> operand = SlotOperand.at(site.original(), 0, site.address(), slots);
            assertEquals(Optional.of(site.hook()), operand.map(SlotOperand::hook), site.toString());
        }
        assertEquals(image.kallsyms().address("startup_xen"), image.xen().entry());
        assertTrue(image.hooks().stream().allMatch(h -> h.initialSymbol().isPresent()));
        // From 6.12 on a hook that is assembly everywhere, of which BTF says nothing.
        assertEquals(
                Optional.of("unsigned long save_fl(void)"),
                image.hooks().stream()
                        .filter(h -> h.name().equals("save_fl"))
                        .findFirst()
                        .flatMap(Hook::prototype)
                        .map(Prototype::text));
    }

    private static KernelImage image(String suite) throws IOException {
        try {
            return StockKernels.open(
                    DebianKernel.ofSuite(suite, System.err::println).download(StockKernels.CLOUD));
        } catch (BadImageException e) {
            return abort("no kernel of " + suite + " to test with: " + e.getMessage());
        }
    }
}
