package org.pvdiet.analyzer.diff;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Numbers objects from 0 in the order they are first seen. Equal ones have the same number. */
final class Numbered<T> {
    private final Map<T, Integer> numbers = new HashMap<>();
    private final List<T> objects = new ArrayList<>();

    int number(T object) {
        Integer number = numbers.putIfAbsent(object, objects.size());
        if (number == null) {
            objects.add(object);
            return objects.size() - 1;
        }
        return number;
    }

    T get(int number) {
        return objects.get(number);
    }

    /** For each of {@code other}'s numbers the one here, given to objects that are not here yet as well. */
    int[] translate(Numbered<T> other) {
        return other.objects.stream().mapToInt(this::number).toArray();
    }
}
