package org.pvdiet.analyzer.cli;

import com.google.common.base.Throwables;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReference;
import org.pvdiet.emulator.cpu.Cpu;
import org.pvdiet.emulator.guest.KernelImage;
import org.pvdiet.emulator.session.Recording;
import org.pvdiet.traces.TraceReader;

/**
 * What the start of a recording or an analysis waits for, begun on other threads before the options are read: the library that
 * reads them takes as long to load as the image to decompress.
 */
final class HeadStart {
    private static final String RUN = "run";
    private static final Set<String> COMMANDS = Set.of("record", "study", RUN);
    private static final Set<String> ANALYSES = Set.of("contract", "diff", "diet", "docs", "report", "show", "stats");

    /** Until somebody takes it. */
    private static final AtomicReference<HeadStart> BEGUN = new AtomicReference<>();

    private final Path kernel;
    private final CompletableFuture<KernelImage> image;

    private HeadStart(Path kernel) {
        this.kernel = kernel;
        this.image = CompletableFuture.supplyAsync(() -> KernelImage.load(kernel));
    }

    /** Begins, where the command is one that runs a guest or reads traces. */
    static void begin(String... arguments) {
        if (arguments.length > 0 && ANALYSES.contains(arguments[0])) {
            TraceReader.load();
        }
        if (arguments.length == 0 || !COMMANDS.contains(arguments[0])) {
            return;
        }
        List<String> words = Arrays.asList(arguments);
        // A run's image is a parameter, and it records nothing. What is no image there is left to whoever reads the
        // options.
        boolean runs = arguments[0].equals(RUN);
        after(runs ? RUN : KernelOption.NAME, words)
                .map(Path::of)
                .map(HeadStart::new)
                .ifPresent(BEGUN::set);
        if (runs) {
            CompletableFuture.runAsync(Cpu::load);
        } else {
            Recording.load();
        }
    }

    private static Optional<String> after(String option, List<String> words) {
        int at = words.indexOf(option);
        return at < 0 || at + 1 == words.size() ? Optional.empty() : Optional.of(words.get(at + 1));
    }

    /**
     * The image, as {@link KernelImage#load} gives it.
     *
     * @throws org.pvdiet.emulator.guest.BadImageException as that does
     */
    static KernelImage image(Path kernel) {
        HeadStart begun = BEGUN.getAndSet(null);
        if (begun == null || !begun.kernel.equals(kernel)) {
            return KernelImage.load(kernel);
        }
        try {
            return begun.image.join();
        } catch (CompletionException e) {
            Throwables.throwIfUnchecked(e.getCause());
            throw e;
        }
    }
}
