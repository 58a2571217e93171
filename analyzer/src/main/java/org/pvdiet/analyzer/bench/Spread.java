package org.pvdiet.analyzer.bench;

import com.google.common.math.Quantiles;
import java.util.Collection;
import java.util.Collections;

/** Several measurements of one thing, in its own unit. */
public record Spread(double median, double least, double most) {
    /**
     * @param values at least one
     */
    public static Spread of(Collection<Double> values) {
        return new Spread(Quantiles.median().compute(values), Collections.min(values), Collections.max(values));
    }
}
