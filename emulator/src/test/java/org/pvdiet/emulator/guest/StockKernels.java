package org.pvdiet.emulator.guest;

import static org.junit.jupiter.api.Assumptions.abort;

import java.nio.file.Path;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** Debian's kernels for tests; a test that cannot have one is skipped and says why. */
public final class StockKernels {
    public static final String CLOUD = DebianKernel.CLOUD;
    public static final String GENERIC = DebianKernel.GENERIC;

    private static final ConcurrentMap<String, KernelImage> IMAGES = new ConcurrentHashMap<>();

    private StockKernels() {}

    public static Path path(String packageName) {
        try {
            return new DebianKernel(System.err::println).download(packageName);
        } catch (BadImageException e) {
            return abort("no kernel to test with: " + e.getMessage());
        }
    }

    public static KernelImage image(String packageName) {
        return IMAGES.computeIfAbsent(packageName, name -> open(path(name)));
    }

    /** Leaves nothing in the user's cache. */
    static KernelImage open(Path path) {
        return KernelImage.open(path, Compression::decompressExactly);
    }
}
