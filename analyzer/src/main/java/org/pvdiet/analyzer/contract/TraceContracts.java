package org.pvdiet.analyzer.contract;

import java.util.List;
import org.pvdiet.analyzer.calls.Kernel;

/**
 * The contracts of all hooks of one trace.
 *
 * @param hooks by id
 */
public record TraceContracts(Kernel kernel, List<HookContract> hooks) {
    /** By the hook's id. */
    public HookContract hook(int id) {
        return hooks.get(id);
    }
}
