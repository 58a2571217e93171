package org.pvdiet.analyzer.architecture;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.common.collect.ImmutableMap;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.pvdiet.analyzer.calls.Kernel;

/**
 * The native meaning of hooks, by name, from the resource {@code catalogue.json}: what Linux's native functions do, and what
 * the manuals say of the instructions in them.
 */
public final class Catalogue {
    private static final String RESOURCE = "catalogue.json";
    private static final Catalogue KNOWN = load();

    /** The file. */
    private record File(String edition, String linux, List<Entry> hooks) {}

    /**
     * A hook in it.
     *
     * @param prototype that it must have; null in the entry for any other
     */
    private record Entry(
            String hook,
            @Nullable String prototype,
            List<String> arguments,
            String purpose,
            List<String> instructions,
            boolean privileged,
            List<String> meaning,
            String reference,
            String note,
            String unverified) {}

    private final String edition;
    private final String linux;
    /** By hook, and after a colon the prototype where an entry asks for one. */
    private final Map<String, NativeMeaning> meanings;

    private Catalogue(String edition, String linux, Map<String, NativeMeaning> meanings) {
        this.edition = edition;
        this.linux = linux;
        this.meanings = meanings;
    }

    /** The catalogue. */
    public static Catalogue get() {
        return KNOWN;
    }

    /** Which edition of Intel's manual the references mean: sections move, titles stay. */
    public String edition() {
        return edition;
    }

    /** Whose native functions the entries describe. */
    public String linux() {
        return linux;
    }

    /**
     * What the architecture says of a hook.
     *
     * @param hook {@code cpu.write_cr4}
     * @param prototype in C; empty where it is not known
     */
    public Optional<NativeMeaning> of(String hook, String prototype) {
        return Optional.ofNullable(meanings.get(key(hook, prototype)))
                .or(() -> Optional.ofNullable(meanings.get(hook)));
    }

    /** All of it. */
    public Collection<NativeMeaning> meanings() {
        return meanings.values();
    }

    /** An empty check of a trace's calls against this catalogue. */
    public CatalogueCheck check(Kernel kernel) {
        return new CatalogueCheck(this, kernel);
    }

    private static String key(String hook, String prototype) {
        return hook + ":" + prototype;
    }

    private static Catalogue load() {
        ImmutableMap.Builder<String, NativeMeaning> meanings = ImmutableMap.builder();
        try (InputStream in = Objects.requireNonNull(Catalogue.class.getResourceAsStream(RESOURCE), RESOURCE)) {
            File file = new ObjectMapper().readValue(in, File.class);
            for (Entry entry : file.hooks()) {
                meanings.put(
                        entry.prototype() == null ? entry.hook() : key(entry.hook(), entry.prototype()),
                        new NativeMeaning(
                                entry.hook(),
                                entry.arguments(),
                                entry.purpose(),
                                entry.instructions(),
                                entry.privileged(),
                                entry.meaning().stream()
                                        .map(claim -> Claim.parse(claim, entry.arguments()))
                                        .toList(),
                                entry.reference(),
                                entry.note(),
                                entry.unverified()));
            }
            return new Catalogue(file.edition(), file.linux(), meanings.buildOrThrow());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
