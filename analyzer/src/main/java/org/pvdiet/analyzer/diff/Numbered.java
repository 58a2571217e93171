package org.pvdiet.analyzer.diff;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Numbers objects from 0 in the order in which they are first seen; equal ones have one number. */
final class Numbered<T> {
    private final Map<T, Integer> numbers = new HashMap<>();
    private final List<T> objects = new ArrayList<>();

    int number(T object) {
        Integer known = numbers.get(object);
        if (known != null) {
            return known;
        }
        int next = objects.size();
        numbers.put(object, next);
        objects.add(object);
        return next;
    }

    T get(int number) {
        return objects.get(number);
    }

    /** By number. */
    List<T> objects() {
        return Collections.unmodifiableList(objects);
    }

    /** For each number the same. */
    int[] own() {
        return IntStream.range(0, objects.size()).toArray();
    }

    /** For each of {@code other}'s numbers the one here, given to objects that are not here yet as well. */
    int[] translate(Numbered<T> other) {
        return other.objects.stream().mapToInt(this::number).toArray();
    }
}
