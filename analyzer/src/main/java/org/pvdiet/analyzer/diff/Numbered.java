package org.pvdiet.analyzer.diff;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/** Numbers objects from 0 in the order they are first seen. The caller gives the same object for equal ones. */
final class Numbered<T> {
    private final Map<T, Integer> numbers = new IdentityHashMap<>();
    private final List<T> objects = new ArrayList<>();

    int number(T object) {
        Integer number = numbers.get(object);
        if (number == null) {
            number = objects.size();
            numbers.put(object, number);
            objects.add(object);
        }
        return number;
    }

    T get(int number) {
        return objects.get(number);
    }

    /** For each of {@code other}'s numbers the one here, given to equal objects that are not here yet as well. */
    int[] translate(Numbered<T> other) {
        Map<T, Integer> byEquality = new HashMap<>();
        for (int i = 0; i < objects.size(); i++) {
            byEquality.put(objects.get(i), i);
        }
        int[] translation = new int[other.objects.size()];
        for (int i = 0; i < translation.length; i++) {
            T object = other.objects.get(i);
            Integer number = byEquality.get(object);
            translation[i] = number == null ? number(object) : number;
        }
        return translation;
    }
}
