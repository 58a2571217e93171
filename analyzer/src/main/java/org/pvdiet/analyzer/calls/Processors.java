package org.pvdiet.analyzer.calls;

import com.google.common.base.Throwables;
import com.google.common.util.concurrent.Uninterruptibles;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/**
 * The threads that calls are read and compared on, one for each processor: all traces share them, so that several read at
 * once take little more memory than one. Tasks begin in the order in which they were given, so one may wait for another that
 * was given before it, but for none that was given later.
 */
public final class Processors {
    static final int COUNT = Runtime.getRuntime().availableProcessors();

    private static final ExecutorService THREADS = Executors.newFixedThreadPool(COUNT, task -> daemon(task, "calls"));

    private Processors() {}

    /** The results for different {@code items}, in their order. Large ones come first, so that none is left over for the end. */
    public static <T, R> List<R> map(List<T> items, ToLongFunction<T> size, Function<T, R> task) {
        Map<T, Future<R>> results = new HashMap<>();
        items.stream()
                .sorted(Comparator.comparingLong(size).reversed())
                .forEach(item -> results.put(item, begin(() -> task.apply(item))));
        return results(items.stream().map(results::get).toList());
    }

    /**
     * The results for whole traces, in their order, each from a thread of its own: what waits for tasks must not be one, nor hold
     * up a pool that others share.
     */
    public static <T, R> List<R> ofEach(List<T> traces, Function<T, R> reading) {
        ExecutorService threads = Executors.newCachedThreadPool(task -> daemon(task, "trace"));
        List<Future<R>> results = traces.stream()
                .map(trace -> threads.submit(() -> reading.apply(trace)))
                .toList();
        threads.shutdown();
        return results(results);
    }

    /** What all of these gave, when none runs any more. */
    private static <R> List<R> results(List<Future<R>> tasks) {
        try {
            return tasks.stream().map(Processors::result).toList();
        } finally {
            end(tasks);
        }
    }

    private static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    static <T> Future<T> begin(Callable<T> task) {
        return THREADS.submit(task);
    }

    /** What a task gave, when it is done. Throws what it threw. */
    static <T> T result(Future<T> task) {
        try {
            return Uninterruptibles.getUninterruptibly(task);
        } catch (ExecutionException e) {
            Throwables.throwIfUnchecked(e.getCause());
            throw new IllegalStateException(e.getCause());
        }
    }

    /** Waits until none of these runs any more; what they give, or throw, is not wanted. */
    static void end(Collection<? extends Future<?>> tasks) {
        for (Future<?> task : tasks) {
            try {
                Uninterruptibles.getUninterruptibly(task);
            } catch (ExecutionException e) {
                // The first to fail has been heard.
            }
        }
    }
}
