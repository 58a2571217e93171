package org.pvdiet.analyzer.cli;

import com.google.common.io.Closer;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.pvdiet.analyzer.diff.SameKernel;
import org.pvdiet.traces.TraceReader;

/** Traces that a command was given, open until it is done with them. */
final class OpenTraces implements AutoCloseable {
    private final Closer closer = Closer.create();
    private final List<TraceReader> readers = new ArrayList<>();

    private OpenTraces() {}

    /** Traces of any kernels; each that is only the beginning of a run is said to be. */
    static OpenTraces of(List<Path> paths, PrintWriter err) throws IOException {
        OpenTraces traces = new OpenTraces();
        try {
            for (Path path : paths) {
                TraceReader reader = TraceInput.open(path, err);
                traces.closer.register(reader::close);
                traces.readers.add(reader);
            }
            return traces;
        } catch (RuntimeException e) {
            traces.close();
            throw e;
        }
    }

    /**
     * The same, of one kernel.
     *
     * @throws BadInputException if they are of several
     */
    static OpenTraces ofOneKernel(List<Path> paths, PrintWriter err) throws IOException {
        OpenTraces traces = of(paths, err);
        for (TraceReader reader : traces.readers) {
            String objection =
                    SameKernel.objection(traces.readers.get(0), reader).orElse(null);
            if (objection != null) {
                traces.close();
                throw new BadInputException(objection);
            }
        }
        return traces;
    }

    /** In the order given. */
    List<TraceReader> readers() {
        return readers;
    }

    @Override
    public void close() throws IOException {
        closer.close();
    }
}
