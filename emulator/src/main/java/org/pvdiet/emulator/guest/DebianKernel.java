package org.pvdiet.emulator.guest;

import com.github.luben.zstd.ZstdInputStream;
import com.google.common.base.Splitter;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.ar.ArArchiveEntry;
import org.apache.commons.compress.archivers.ar.ArArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/**
 * Stock kernels, and Xen, from the machine's own Debian mirror, through apt, without root and without installing
 * anything. Packages and images are kept in the user's cache, and fetched once.
 */
public final class DebianKernel {
    /** The kernel that is taken where a user names none. */
    public static final String CLOUD = "linux-image-cloud-amd64";

    /** The kernel for all machines; unlike the one for clouds, it can be Xen's dom0. */
    public static final String GENERIC = "linux-image-amd64";

    private static final String XEN = "xen-system-amd64";

    private static final Pattern DEPENDENCY =
            Pattern.compile("(?m)^Depends:.*?\\b((?:linux-(?:image|binary)|xen-hypervisor)-\\d[^ ,(|]*)");

    /** {@code boot/vmlinuz-VERSION}, or {@code usr/lib/modules/VERSION/vmlinuz} as from Linux 7 on. */
    private static final Pattern KERNEL_FILE = Pattern.compile("vmlinuz.*");

    private static final Pattern XEN_FILE = Pattern.compile("xen-.*\\.gz");

    private final Path cache;
    private final Consumer<String> log;
    private List<String> aptOptions;

    /** @param log takes a line for the user when something takes time */
    public DebianKernel(Consumer<String> log) {
        this(UserCache.folder(), log, List.of());
    }

    private DebianKernel(Path cache, Consumer<String> log, List<String> aptOptions) {
        this.cache = cache;
        this.log = log;
        this.aptOptions = aptOptions;
    }

    /** Kernels of another suite than the machine's ({@code bullseye}, {@code sid}), from the same mirror. */
    static DebianKernel ofSuite(String suite, Consumer<String> log) throws IOException {
        Path cache = UserCache.folder().resolve(suite);
        Files.createDirectories(cache.resolve("lists/partial"));
        Path sources = Files.writeString(
                cache.resolve("sources.list"), "deb http://deb.debian.org/debian " + suite + " main\n");
        return new DebianKernel(
                cache,
                log,
                List.of(
                        "-o", "Dir::Etc::sourcelist=" + sources,
                        "-o", "Dir::Etc::sourceparts=/dev/null",
                        "-o", "Dir::State::lists=" + cache.resolve("lists"),
                        "-o", "Dir::Cache=" + cache.resolve("apt")));
    }

    /**
     * The newest cloud kernel, else the running one's image.
     *
     * @throws BadImageException if there is neither; its message says what to do
     */
    public Path newest() {
        try {
            return download(CLOUD);
        } catch (BadImageException e) {
            Path running = Path.of("/boot", "vmlinuz-" + System.getProperty("os.version"));
            if (Files.isReadable(running)) {
                log.accept(e.getMessage() + "; taking " + running);
                return running;
            }
            throw new BadImageException(
                    e.getMessage() + "; nor is " + running + " readable. Give a kernel image with --kernel FILE", e);
        }
    }

    /**
     * The kernel image in a package, or in the package that a meta package stands for.
     *
     * @return the path of the image in the cache
     * @throws BadImageException if apt does not have it, or it is no kernel
     */
    public Path download(String packageName) {
        return download(packageName, KERNEL_FILE);
    }

    /**
     * Debian's Xen, else the one that is installed; compressed by gzip.
     *
     * @throws BadImageException if there is neither
     */
    public Path hypervisor() throws IOException {
        try {
            return download(XEN, XEN_FILE);
        } catch (BadImageException e) {
            return imageIn(Path.of("/boot"), XEN_FILE).orElseThrow(() -> e);
        }
    }

    private Path download(String packageName, Pattern file) {
        try {
            Files.createDirectories(cache);
            try {
                return fetch(packageName, file);
            } catch (AptFailure e) {
                // The machine's lists may be empty, or so old that the mirror has dropped the version.
                updatePrivateLists(e.getMessage());
                return fetch(packageName, file);
            }
        } catch (AptFailure e) {
            throw new BadImageException(
                    e.getMessage()
                            + "; check /etc/apt/sources.list and the network, and run `apt-get update` (as root)",
                    e);
        } catch (IOException e) {
            throw new BadImageException("the package " + packageName + " cannot be kept in " + cache + ": " + e, e);
        }
    }

    private Path fetch(String packageName, Pattern image) throws IOException, AptFailure {
        String name = packageName;
        String description = describe(name);
        // A meta package leads to linux-image-VERSION; from Linux 7 on that leads to linux-binary-VERSION.
        Matcher dependency = DEPENDENCY.matcher(description);
        while (dependency.find()) {
            name = dependency.group(1);
            description = describe(name);
            dependency = DEPENDENCY.matcher(description);
        }
        String version = field(description, "Version");
        String file = "%s_%s_%s".formatted(name, version.replace(":", "%3a"), field(description, "Architecture"));
        Path images = cache.resolve(file);
        Optional<Path> known = imageIn(images, image);
        return known.isPresent() ? known.get() : extract(deb(name, version, file + ".deb"), images, image);
    }

    private static Optional<Path> imageIn(Path directory, Pattern image) throws IOException {
        if (!Files.isDirectory(directory)) {
            return Optional.empty();
        }
        try (var files = Files.list(directory)) {
            return files.filter(f -> image.matcher(f.getFileName().toString()).matches())
                    .findFirst();
        }
    }

    /** What apt knows of a package's newest version. */
    private String describe(String packageName) throws IOException, AptFailure {
        Output known = apt(cache, "apt-cache", "show", "--no-all-versions", packageName);
        if (!known.succeeded() || !known.text().contains("\nVersion:")) {
            throw new AptFailure("apt knows no package " + packageName);
        }
        return known.text();
    }

    private void updatePrivateLists(String reason) throws IOException, AptFailure {
        log.accept(reason + "; fetching newer package lists into " + cache.resolve("lists"));
        Files.createDirectories(cache.resolve("lists/partial"));
        Files.createDirectories(cache.resolve("apt/archives/partial"));
        aptOptions = new ArrayList<>(aptOptions);
        aptOptions.addAll(List.of(
                "-o", "Dir::State::lists=" + cache.resolve("lists"), "-o", "Dir::Cache=" + cache.resolve("apt")));
        Output update = apt(cache, "apt-get", "-q", "update");
        if (!update.succeeded()) {
            throw new AptFailure("`apt-get update` failed: " + update.lastLine());
        }
    }

    private static String field(String description, String name) throws AptFailure {
        for (String line : Splitter.on('\n').split(description)) {
            if (line.startsWith(name + ": ")) {
                return line.substring(name.length() + 2).strip();
            }
        }
        throw new AptFailure("apt says no " + name + " for the package");
    }

    private Path deb(String name, String version, String fileName) throws IOException, AptFailure {
        Path deb = cache.resolve(fileName);
        if (Files.exists(deb)) {
            return deb;
        }
        log.accept("downloading " + name + " " + version);
        Path partial = Files.createTempDirectory(cache, "download");
        try {
            Output download = apt(partial, "apt-get", "-q", "download", name + "=" + version);
            Path downloaded = partial.resolve(fileName);
            if (!download.succeeded() || !Files.exists(downloaded)) {
                throw new BadImageException("`apt-get download " + name + "` failed: " + download.lastLine());
            }
            return Files.move(downloaded, deb, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            try (var left = Files.list(partial)) {
                for (Path file : left.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(partial);
        }
    }

    /** Takes a file out of a package: an ar archive that holds data.tar.xz. */
    private static Path extract(Path deb, Path directory, Pattern image) throws IOException {
        try (ArArchiveInputStream ar = new ArArchiveInputStream(new BufferedInputStream(Files.newInputStream(deb)))) {
            for (ArArchiveEntry member = ar.getNextEntry(); member != null; member = ar.getNextEntry()) {
                if (member.getName().startsWith("data.tar")) {
                    return extract(deb, dataStream(member.getName(), ar), directory, image);
                }
            }
        }
        throw new BadImageException(deb + ": holds no data.tar; delete the file and try again");
    }

    private static InputStream dataStream(String member, InputStream in) throws IOException {
        return switch (member.substring("data.tar".length())) {
            case ".xz" -> new XZInputStream(in);
            case ".zst" -> new ZstdInputStream(in);
            case ".gz" -> new GZIPInputStream(in);
            default -> throw new IOException(member + " is compressed in a way not known here");
        };
    }

    private static Path extract(Path deb, InputStream data, Path directory, Pattern image) throws IOException {
        TarArchiveInputStream tar = new TarArchiveInputStream(data);
        for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
            Path name = Path.of(entry.getName()).getFileName();
            if (entry.isFile() && name != null && image.matcher(name.toString()).matches()) {
                Files.createDirectories(directory);
                Path partial = Files.createTempFile(directory, "image", ".partial");
                Files.copy(tar, partial, StandardCopyOption.REPLACE_EXISTING);
                return Files.move(partial, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
            }
        }
        throw new BadImageException(deb + ": holds no " + image);
    }

    /** Apt did not do what it was asked; newer lists may help. */
    private static final class AptFailure extends Exception {
        private static final long serialVersionUID = 1L;

        AptFailure(String message) {
            super(message);
        }
    }

    private record Output(boolean succeeded, String text) {
        String lastLine() {
            return text.strip().lines().reduce((a, b) -> b).orElse("it says nothing");
        }
    }

    private Output apt(Path directory, String program, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(program);
        command.addAll(aptOptions);
        command.addAll(List.of(arguments));
        try {
            ProcessBuilder builder =
                    new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true);
            builder.environment().put("LC_ALL", "C");
            Process process = builder.start();
            process.getOutputStream().close();
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Output(process.waitFor() == 0, text);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BadImageException("interrupted while " + program + " ran", e);
        } catch (IOException e) {
            throw new BadImageException(program + " is not installed, so no stock kernel can be fetched", e);
        }
    }
}
