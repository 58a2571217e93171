package org.pvdiet.emulator.guest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What Debian 6.1 kernels hold, checked against other parts of the image and against binutils. */
class KernelImageTest {
    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource({StockKernels.CLOUD + ", lz4", StockKernels.GENERIC + ", xz"})
    void stockKernelIsABzImageOfKnownCompression(String name, String compression) {
        KernelImage image = StockKernels.image(name);
        BzImage wrapper = image.bzImage().orElseThrow();
        assertEquals(compression, wrapper.compression());
        assertEquals(0x20f, wrapper.protocol());
        assertEquals(0x1000000, wrapper.prefAddress());
        assertEquals(0x200000, wrapper.kernelAlignment());
        assertEquals(2047, wrapper.commandLineSize());
        assertTrue(wrapper.kernelVersion().startsWith(image.release() + " "));
        // The setup header ends where the jump at 0x200 leads to: 0x26c in protocol 2.15.
        assertEquals(0x26c - 0x1f1, wrapper.setupHeader().size());
        assertEquals(image.elf().entry(), image.physicalStart().orElseThrow());
    }

    @ParameterizedTest
    @ValueSource(strings = {StockKernels.CLOUD, StockKernels.GENERIC})
    void bannerIsTheOneThatTheKernelPrints(String name) {
        KernelImage image = StockKernels.image(name);
        assertTrue(image.banner().startsWith("Linux version " + image.release() + " (debian-kernel@"), image.banner());
        assertTrue(image.banner().contains(" #1 SMP PREEMPT_DYNAMIC Debian "), image.banner());
    }

    @ParameterizedTest
    @ValueSource(strings = {StockKernels.CLOUD, StockKernels.GENERIC})
    void linux61Has84HooksInFiveGroups(String name) {
        KernelImage image = StockKernels.image(name);
        assertEquals(84, image.hooks().size());
        assertEquals(
                Map.of("cpu", 30L, "irq", 5L, "mmu", 41L, "lazy_mode", 3L, "lock", 5L),
                image.hooks().stream().collect(Collectors.groupingBy(Hook::group, Collectors.counting())));
        assertEquals(84, image.hooks().stream().map(Hook::fullName).distinct().count());
        for (Hook hook : image.hooks()) {
            assertEquals(image.pvOps() + 8L * hook.id(), hook.slot(), hook.fullName());
            assertTrue(hook.initialSymbol().isPresent(), hook.fullName());
            assertTrue(hook.prototype().isPresent(), hook.fullName());
        }
    }

    /** The first three from arch/x86/include/asm/paravirt_types.h, the others from arch/x86/xen/mmu_pv.c. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "cpu.cpuid | void cpuid(unsigned int *eax, unsigned int *ebx, unsigned int *ecx, unsigned int *edx) | false",
                "mmu.set_pte | void set_pte(pte_t *ptep, pte_t pte) | false",
                "mmu.dup_mmap | void dup_mmap(struct mm_struct *oldmm, struct mm_struct *mm) | false",
                "mmu.alloc_pte | void alloc_pte(struct mm_struct *mm, unsigned long pfn) | false",
                "mmu.pte_val | pteval_t pte_val(pte_t pte) | true",
                "mmu.make_pmd | pmd_t make_pmd(pmdval_t pmd) | true",
                "irq.save_fl | unsigned long save_fl(void) | true",
                "lock.vcpu_is_preempted | bool vcpu_is_preempted(long cpu) | true",
                "lock.wait | void wait(u8 *byte, u8 val) | false",
            })
    void prototypesAreThoseOfTheSource(String hook, String prototype, boolean calleeSave) {
        Hook found = StockKernels.image(StockKernels.CLOUD).hook(hook).orElseThrow();
        assertEquals(prototype, found.prototype().orElseThrow().text());
        assertEquals(calleeSave, found.calleeSave());
    }

    @Test
    void parametersSayWhatTheyPointTo() {
        Prototype setPte = StockKernels.image(StockKernels.CLOUD)
                .hook("mmu.set_pte")
                .flatMap(Hook::prototype)
                .orElseThrow();
        assertEquals("pte_t", setPte.parameters().get(0).type().pointee().orElseThrow());
        assertEquals(8, setPte.parameters().get(1).type().size());
        assertEquals(0, setPte.returns().size());
    }

    @ParameterizedTest
    @ValueSource(strings = {StockKernels.CLOUD, StockKernels.GENERIC})
    void everyListedSiteIsASixByteCallOfItsOwnSlot(String name) {
        KernelImage image = StockKernels.image(name);
        List<Site> listed = image.sites().stream()
                .filter(s -> s.origin() == Site.Origin.PARAINSTRUCTIONS)
                .toList();
        assertEquals(
                image.elf().section(".parainstructions").orElseThrow().size() / 16, listed.size(), "distinct sites");
        assertTrue(listed.size() > 3600, "sites: " + listed.size());
        for (Site site : listed) {
            assertEquals(6, site.length(), site.toString());
            assertEquals(0x15ff, site.original().u16(0), site.toString());
            assertEquals(
                    site.hook().slot(), site.address() + 6 + site.original().s32(2), site.toString());
            assertEquals(Site.Form.CALL, site.form());
            assertTrue(site.place().isPresent(), site.toString());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {StockKernels.CLOUD, StockKernels.GENERIC})
    void setFixmapIsCalledOnlyThroughSitesThatAreNotListed(String name) {
        KernelImage image = StockKernels.image(name);
        Map<String, Long> scanned = image.sites().stream()
                .filter(s -> s.origin() == Site.Origin.SCAN)
                .collect(Collectors.groupingBy(s -> s.hook().fullName(), Collectors.counting()));
        assertEquals(Set.of("mmu.set_fixmap"), scanned.keySet());
        assertTrue(scanned.get("mmu.set_fixmap") >= 16, scanned.toString());
        assertTrue(image.sites().stream()
                .filter(s -> s.origin() == Site.Origin.SCAN)
                .allMatch(s -> s.form() == Site.Form.CALL_REGISTER));
    }

    /**
     * objdump's reading of all text: each call through a slot is a site of this hook, and each load of a
     * slot has the site that the scan gives it as the first call of that register behind it.
     */
    @Test
    void sitesAreAllTheReferencesThatObjdumpSees() throws Exception {
        KernelImage image = StockKernels.image(StockKernels.CLOUD);
        Path vmlinux = vmlinux(image);
        Map<Long, String> slots = image.hooks().stream().collect(Collectors.toMap(Hook::slot, Hook::fullName));
        Map<Long, String> expected = new TreeMap<>();
        Pattern reference = Pattern.compile("^([0-9a-f]+):\\s+(\\w+)\\s+(\\S+)\\s+# 0x([0-9a-f]+)");
        Pattern registerCall = Pattern.compile("^([0-9a-f]+):\\s+call\\s+(?:\\*%(\\w+)|0x([0-9a-f]+))");
        String loaded = null;
        String register = null;
        for (String line : Tool.lines(
                "objdump",
                "-d",
                "--no-show-raw-insn",
                "-j",
                ".text",
                "-j",
                ".init.text",
                "-j",
                ".exit.text",
                vmlinux.toString())) {
            Matcher use = reference.matcher(line);
            if (use.find() && slots.containsKey(Long.parseUnsignedLong(use.group(4), 16))) {
                String hook = slots.get(Long.parseUnsignedLong(use.group(4), 16));
                if (use.group(2).equals("call")) {
                    expected.put(Long.parseUnsignedLong(use.group(1), 16), hook);
                } else if (use.group(2).equals("mov") && use.group(3).contains(",%r")) {
                    loaded = hook;
                    register = use.group(3).substring(use.group(3).indexOf(",%") + 2);
                }
            }
            Matcher call = registerCall.matcher(line);
            if (loaded != null && call.find()) {
                OptionalLong thunk = image.kallsyms().address("__x86_indirect_thunk_" + register);
                boolean throughRegister = register.equals(call.group(2))
                        || call.group(3) != null && Long.parseUnsignedLong(call.group(3), 16) == thunk.orElseThrow();
                if (throughRegister) {
                    expected.put(Long.parseUnsignedLong(call.group(1), 16), loaded);
                    loaded = null;
                }
            }
        }
        Map<Long, String> found = new TreeMap<>();
        image.sites().forEach(s -> found.put(s.address(), s.hook().fullName()));
        assertTrue(expected.size() > 3600, "objdump saw " + expected.size());
        assertEquals(expected, found);
    }

    private Path vmlinux(KernelImage image) throws Exception {
        Path vmlinux = directory.resolve("vmlinux");
        try (OutputStream out = Files.newOutputStream(vmlinux)) {
            out.write(image.elf().file().toArray());
        }
        return vmlinux;
    }

    @ParameterizedTest
    @ValueSource(strings = {StockKernels.CLOUD, StockKernels.GENERIC})
    void notesAreThoseThatReadelfSees(String name) throws Exception {
        KernelImage image = StockKernels.image(name);
        List<String> expected = new ArrayList<>();
        Pattern note = Pattern.compile("^  (\\S+)\\s+0x([0-9a-f]+)\\s");
        for (String line : Tool.lines("readelf", "-nW", vmlinux(image).toString())) {
            Matcher matcher = note.matcher(line);
            if (matcher.find()) {
                int data = line.indexOf("description data: ");
                int id = line.indexOf("Build ID: ");
                String content = data >= 0
                        ? line.substring(data + 18).replace(" ", "")
                        : id >= 0 ? line.substring(id + 10).strip() : "?";
                expected.add(matcher.group(1) + " " + Integer.parseInt(matcher.group(2), 16) + " " + content);
            }
        }
        List<String> found = image.elf().notes().stream()
                .map(n ->
                        n.owner() + " " + n.content().size() + " " + n.content().hex())
                .toList();
        assertEquals(expected.size(), found.size());
        for (int i = 0; i < expected.size(); i++) {
            assertEquals(expected.get(i), found.get(i));
        }
    }

    /** arch/x86/xen/xen-head.S, Linux 6.1; Debian's later 6.1 have no HYPERCALL_PAGE note. */
    @ParameterizedTest
    @ValueSource(strings = {StockKernels.CLOUD, StockKernels.GENERIC})
    void xenNotesLeadToTheKernelsSymbols(String name) {
        KernelImage image = StockKernels.image(name);
        XenNotes xen = image.xen();
        assertEquals(image.kallsyms().address("startup_xen"), xen.entry());
        assertEquals(OptionalLong.of(0xffff_ffff_8000_0000L), xen.virtBase());
        assertEquals(
                image.kallsyms().address("pvh_start_xen").orElseThrow(),
                xen.phys32Entry().orElseThrow() + xen.virtBase().orElseThrow());
        assertEquals(OptionalLong.of(0x80_0000_0000L), xen.initP2m());
        assertEquals(OptionalLong.of(0xffff_8000_0000_0000L), xen.hvStartLow());
        assertEquals(OptionalLong.of(0), xen.paddrOffset());
        assertEquals(List.of("!writable_page_tables", "pae_pgdir_above_4gb"), xen.features());
        assertEquals("linux", xen.text(XenNotes.Type.GUEST_OS).orElseThrow());
        assertTrue(xen.modStartPfn());
    }

    /**
     * Exported symbols are told twice, by kallsyms and by __ksymtab: {value, name, namespace}, each
     * relative to its own place (include/linux/export.h, Linux 6.1).
     */
    @ParameterizedTest
    @ValueSource(strings = {StockKernels.CLOUD, StockKernels.GENERIC})
    void kallsymsAgreesWithTheExportTable(String name) {
        KernelImage image = StockKernels.image(name);
        Map<String, Set<Long>> addresses = image.kallsyms().symbols().stream()
                .collect(Collectors.groupingBy(
                        Kallsyms.Symbol::name, Collectors.mapping(Kallsyms.Symbol::address, Collectors.toSet())));
        int checked = 0;
        for (String section : List.of("__ksymtab", "__ksymtab_gpl")) {
            ElfImage.Section table = image.elf().section(section).orElseThrow();
            for (int at = 0; at + 12 <= table.size(); at += 12) {
                long place = table.address() + at;
                long value = place + table.bytes().s32(at);
                String symbol = image.elf()
                        .at(place + 4 + table.bytes().s32(at + 4L))
                        .orElseThrow()
                        .cString(0);
                // Names may be given twice (a static function elsewhere); the address must be among them.
                assertTrue(addresses.getOrDefault(symbol, Set.of()).contains(value), symbol);
                checked++;
            }
        }
        assertTrue(checked > 9000, "exports: " + checked);
    }

    @ParameterizedTest
    @CsvSource({StockKernels.CLOUD + ", 87000, 88000", StockKernels.GENERIC + ", 94000, 95000"})
    void kallsymsKnowsSectionsAndNearestSymbols(String name, int atLeast, int atMost) {
        KernelImage image = StockKernels.image(name);
        Kallsyms kallsyms = image.kallsyms();
        assertTrue(kallsyms.size() >= atLeast && kallsyms.size() <= atMost, "symbols: " + kallsyms.size());
        Map<String, String> starts = Map.of(
                "_text",
                ".text",
                "__start_BTF",
                ".BTF",
                "__parainstructions",
                ".parainstructions",
                "__alt_instructions",
                ".altinstructions",
                "__bss_start",
                ".bss",
                "_sinittext",
                ".init.text");
        starts.forEach((symbol, section) -> assertEquals(
                image.elf().section(section).orElseThrow().address(),
                kallsyms.address(symbol).orElseThrow(),
                symbol));
        long setPte = kallsyms.address("native_set_pte").orElseThrow();
        assertEquals("native_set_pte", kallsyms.nearest(setPte).orElseThrow().toString());
        assertEquals(
                "native_set_pte+0x1", kallsyms.nearest(setPte + 1).orElseThrow().toString());
        assertTrue(kallsyms.nearest(0x1234).isEmpty());
        assertTrue(kallsyms.nearest(kallsyms.address("_end").orElseThrow()).isEmpty());
        assertTrue(kallsyms.nearest(-1).isEmpty());
    }

    /** Layouts that are ABI: arch/x86/include/uapi/asm/ptrace.h and bootparam.h, Linux 6.1. */
    @ParameterizedTest
    @CsvSource({
        "pt_regs, ip, 128",
        "pt_regs, orig_ax, 120",
        "pt_regs, ss, 160",
        "boot_params, hdr.setup_sects, 0x1f1",
        "boot_params, hdr.xloadflags, 0x236",
        "boot_params, e820_table, 0x2d0",
        "list_head, prev, 8",
        // The list is in a struct in a union in a union, all without names (include/linux/mm_types.h).
        "page, lru.prev, 16",
        "page, mapping, 24",
    })
    void btfKnowsWhereMembersAre(String structure, String member, String offset) {
        Btf btf = StockKernels.image(StockKernels.CLOUD).btf();
        assertEquals(Integer.decode(offset), btf.offset(structure, member).orElseThrow());
    }

    @Test
    void btfKnowsSizes() {
        Btf btf = StockKernels.image(StockKernels.CLOUD).btf();
        assertEquals(4096, btf.size(btf.structure("boot_params").orElseThrow()));
        assertEquals(168, btf.size(btf.structure("pt_regs").orElseThrow()));
        assertTrue(btf.offset("pt_regs", "no_such_member").isEmpty());
        assertTrue(btf.structure("no_such_struct").isEmpty());
    }

    @Test
    void aPlainVmlinuxTellsTheSame() throws Exception {
        KernelImage image = StockKernels.image(StockKernels.CLOUD);
        KernelImage plain = StockKernels.open(vmlinux(image));
        assertTrue(plain.bzImage().isEmpty());
        assertEquals(image.hooks(), plain.hooks());
        assertEquals(image.sites(), plain.sites());
        assertEquals(image.banner(), plain.banner());
    }

    @Test
    void reportCountsEverySite() {
        KernelImage image = StockKernels.image(StockKernels.CLOUD);
        ImageReport report = ImageReport.of(image);
        assertEquals(image.sites().size(), report.listedSites() + report.scannedSites());
        assertEquals(
                image.sites().size(),
                report.hooks().stream()
                        .mapToInt(h -> h.listedSites() + h.scannedSites())
                        .sum());
        assertEquals("bzImage, lz4", report.format());
    }
}
