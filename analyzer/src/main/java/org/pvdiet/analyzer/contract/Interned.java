package org.pvdiet.analyzer.contract;

import java.util.HashMap;
import java.util.Map;

/** Keeps one object of those that are equal. */
final class Interned<T> {
    private final Map<T, T> known = new HashMap<>();

    T of(T value) {
        T first = known.putIfAbsent(value, value);
        return first == null ? value : first;
    }
}
