package org.pvdiet.emulator.guest;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that are no kernel, or not all of one: each is refused in a sentence, whatever its bytes. */
class BadInputTest {
    @TempDir
    Path directory;

    private BadImageException refused(byte[] content) throws IOException {
        Path file = Files.write(directory.resolve("image"), content);
        BadImageException refusal = assertThrows(BadImageException.class, () -> StockKernels.open(file));
        assertTrue(refusal.getMessage().startsWith(file.toString()), refusal.getMessage());
        return refusal;
    }

    private void refusedNaming(String part, byte[] content) throws IOException {
        String message = refused(content).getMessage();
        assertTrue(message.contains(part), message);
    }

    @ParameterizedTest
    @EnumSource(Compression.class)
    void everyCompressionOfAPayloadIsUndone(Compression compression) throws IOException {
        byte[] payload = new byte[9 << 20];
        new Random(1).nextBytes(payload);
        Arrays.fill(payload, 1 << 20, 8 << 20, (byte) 0xe8);
        BzImage image = BzImage.read(
                Bytes.of("synthetic", SyntheticBzImage.wrap(compression, payload)), Compression::decompressExactly);
        assertArrayEquals(payload, image.vmlinux().toArray());
    }

    @Test
    void notAKernel() throws IOException {
        refusedNaming("not a kernel", new byte[0]);
        refusedNaming("not a kernel", "#!/bin/sh\necho no kernel\n".repeat(100).getBytes("US-ASCII"));
        refusedNaming("not a Linux kernel", Files.readAllBytes(Path.of("/proc/self/exe")));
    }

    @Test
    void aFileThatIsNotThere() {
        Path nowhere = directory.resolve("nowhere");
        String message = assertThrows(BadImageException.class, () -> StockKernels.open(nowhere))
                .getMessage();
        assertTrue(message.contains("there is no such file"), message);
        assertThrows(BadImageException.class, () -> StockKernels.open(directory));
    }

    @Test
    void a32BitKernelIsNotSupportedYet() throws IOException {
        byte[] bzImage = SyntheticBzImage.wrap(Compression.GZIP, new byte[1000]);
        bzImage[0x236] = 0;
        refusedNaming("not supported yet", bzImage);
        byte[] elf = new byte[100];
        System.arraycopy(new byte[] {0x7f, 'E', 'L', 'F', 1, 1, 1}, 0, elf, 0, 7);
        refusedNaming("not supported yet", elf);
    }

    @Test
    void lzoIsRefusedByName() throws IOException {
        refusedNaming(
                "LZO", SyntheticBzImage.wrap(new byte[] {(byte) 0x89, 'L', 'Z', 'O', 0, 13, 10, 26, 10}, 100, true));
    }

    @ParameterizedTest
    @ValueSource(strings = {".BTF", ".parainstructions"})
    void aMissingSectionIsNamed(String section) throws IOException {
        byte[] vmlinux = vmlinux();
        Bytes view = Bytes.of("vmlinux", vmlinux);
        int names = (int) view.u64(view.u64(40) + 64L * view.u16(62) + 24);
        vmlinux[view.indexOf(section + "\0", names) + 1] = 'X';
        // Without .parainstructions the alternatives are asked; they must go as well to be missed.
        vmlinux[view.indexOf(".altinstructions\0", names) + 1] = 'X';
        refusedNaming(section, vmlinux);
    }

    @Test
    void aMissingSymbolTableIsNamed() throws IOException {
        byte[] vmlinux = vmlinux();
        Bytes view = Bytes.of("vmlinux", vmlinux);
        String digits = "0\0" + "1\0" + "2\0" + "3\0" + "4\0";
        for (int at = view.indexOf(digits, 0); at >= 0; at = view.indexOf(digits, at + 1)) {
            vmlinux[at] = 'X';
        }
        refusedNaming("kallsyms", vmlinux);
    }

    private static byte[] vmlinux() {
        return StockKernels.image(StockKernels.CLOUD).elf().file().toArray();
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.00001, 0.001, 0.1, 0.5, 0.9, 0.999})
    void aTruncatedBzImageIsRefused(double share) throws IOException {
        byte[] image = Files.readAllBytes(StockKernels.path(StockKernels.CLOUD));
        // What is signed for secure boot ends with a certificate, which nobody here would miss.
        refused(Arrays.copyOf(image, (int) (image.length * share)));
    }

    @ParameterizedTest
    @CsvSource({"LZ4, 11", "XZ, 12", "GZIP, 13", "ZSTD, 14", "BZIP2, 15", "LZMA, 16"})
    void damagedBzImagesAreRefusedOrSound(Compression compression, long seed) throws IOException {
        Random random = new Random(seed);
        byte[] payload = new byte[100_000];
        random.nextBytes(payload);
        Arrays.fill(payload, 1000, 90_000, (byte) 7);
        byte[] sound = SyntheticBzImage.wrap(compression, payload);
        for (int i = 0; i < 150; i++) {
            byte[] damaged = i % 3 == 0 ? Arrays.copyOf(sound, random.nextInt(sound.length)) : sound.clone();
            flip(damaged, random, i % 2 == 0 ? damaged.length : 0x280, 1 + random.nextInt(3));
            onlyRefusals("seed " + seed + " case " + i, () -> {
                Bytes file = Bytes.of("damaged", damaged);
                if (BzImage.matches(file)) {
                    BzImage.read(file, Compression::decompressExactly);
                }
            });
        }
    }

    @Test
    void damagedElfHeadersAndNotesAreRefusedOrSound() {
        byte[] vmlinux = vmlinux();
        Bytes view = Bytes.of("vmlinux", vmlinux);
        int sectionHeaders = (int) view.u64(40);
        ElfImage.Section notes = section(view, ".notes");
        damage(vmlinux, 0, 64 + 5 * 56, 300, 21, BadInputTest::readElf);
        damage(vmlinux, sectionHeaders, 64 * view.u16(60), 200, 22, BadInputTest::readElf);
        damage(vmlinux, notes.bytes().fileOffset(), (int) notes.size(), 200, 23, BadInputTest::readElf);
    }

    private static void readElf(Bytes file) {
        XenNotes notes = XenNotes.read(ElfImage.read(file));
        notes.features();
        notes.entry();
    }

    @Test
    void damagedTypesAreRefusedOrSound() {
        byte[] vmlinux = vmlinux();
        KernelImage sound = StockKernels.image(StockKernels.CLOUD);
        Bytes btf = section(Bytes.of("vmlinux", vmlinux), ".BTF").bytes();
        Consumer<Bytes> read =
                file -> HookTable.of(Btf.read(section(file, ".BTF").bytes())).hooks(sound.elf(), sound.kallsyms());
        damage(vmlinux, btf.fileOffset(), 24, 20, 31, read);
        damage(vmlinux, btf.fileOffset() + 24, btf.size() - 24, 20, 32, read);
        // Types of the hooks' table, where damage is felt.
        int table = sound.btf().structure("paravirt_patch_template").orElseThrow();
        int hooks = sound.btf().place(table);
        damage(vmlinux, hooks - 4000, 4200, 60, 33, read);
    }

    @Test
    void damagedSymbolTablesAreRefusedOrSound() {
        byte[] vmlinux = vmlinux();
        Bytes view = Bytes.of("vmlinux", vmlinux);
        int tokens = view.indexOf("0\0" + "1\0" + "2\0" + "3\0" + "4\0" + "5\0", 0);
        ElfImage sound = ElfImage.read(view);
        damage(vmlinux, tokens - 500, 2500, 12, 41, file -> KallsymsSearch.read(sound));
        damage(vmlinux, tokens - 2_000_000, 2_000_000, 12, 42, file -> KallsymsSearch.read(sound));
    }

    @Test
    void damagedSiteTablesAreRefusedOrSound() {
        byte[] vmlinux = vmlinux();
        KernelImage sound = StockKernels.image(StockKernels.CLOUD);
        ElfImage elf = ElfImage.read(Bytes.of("vmlinux", vmlinux));
        Slots slots = new Slots(sound.pvOps(), sound.hooks());
        Bytes table = section(Bytes.of("vmlinux", vmlinux), ".parainstructions").bytes();
        damage(
                vmlinux,
                table.fileOffset(),
                table.size(),
                200,
                51,
                file -> new ParaInstructions().find(elf, slots, sound.kallsyms()));
        Bytes alternatives =
                section(Bytes.of("vmlinux", vmlinux), ".altinstructions").bytes();
        damage(
                vmlinux,
                alternatives.fileOffset(),
                alternatives.size(),
                200,
                52,
                file -> new PatchAlternatives().find(elf, slots, sound.kallsyms()));
    }

    private static ElfImage.Section section(Bytes file, String name) {
        return ElfImage.read(file).section(name).orElseThrow();
    }

    /** Flips bits in a part of a file, reads it, and puts the bytes back, a number of times. */
    private static void damage(byte[] file, int from, int length, int cases, long seed, Consumer<Bytes> read) {
        Random random = new Random(seed);
        byte[] sound = Arrays.copyOfRange(file, from, from + length);
        for (int i = 0; i < cases; i++) {
            for (int k = random.nextInt(4); k >= 0; k--) {
                file[from + random.nextInt(length)] ^= (byte) (1 << random.nextInt(8));
            }
            onlyRefusals("seed " + seed + " case " + i, () -> read.accept(Bytes.of("vmlinux", file)));
            System.arraycopy(sound, 0, file, from, length);
        }
    }

    private static void flip(byte[] bytes, Random random, int within, int count) {
        for (int i = 0; i < count && bytes.length > 0; i++) {
            bytes[random.nextInt(Math.min(within, bytes.length))] ^= (byte) (1 << random.nextInt(8));
        }
    }

    private static void onlyRefusals(String what, Runnable action) {
        assertTimeout(Duration.ofSeconds(20), () -> {
            try {
                action.run();
            } catch (BadImageException e) {
                assertTrue(e.getMessage().length() > 20, what);
            } catch (RuntimeException | Error e) {
                fail(what + ": " + e, e);
            }
        });
    }
}
