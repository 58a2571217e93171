package org.pvdiet.emulator.guest;

import java.nio.file.Path;

/** Where what can be fetched or made again is kept for the user: {@code $XDG_CACHE_HOME/pvdiet}. */
final class UserCache {
    private UserCache() {}

    static Path folder() {
        String xdg = System.getenv("XDG_CACHE_HOME");
        Path base = xdg == null || xdg.isEmpty() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(xdg);
        return base.resolve("pvdiet");
    }
}
