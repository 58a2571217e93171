package org.pvdiet.analyzer.calls;

import com.google.common.primitives.ImmutableLongArray;
import java.util.List;
import java.util.OptionalLong;
import org.pvdiet.traces.Outcome;

/**
 * One call and what happened in it.
 *
 * @param parent seq of the call in which this one was made, or -1
 * @param lazy the lazy mode in which it was made
 * @param arguments those that were recorded
 * @param result empty where there is none
 * @param instructions retired in it, nested calls included
 * @param effects in order, nested calls' included; those of interrupt handlers that happened to run meanwhile are not
 * @param nested hooks of the calls made directly in it, in order
 */
public record RecordedCall(
        long seq,
        long parent,
        long icount,
        int hook,
        int site,
        int mode,
        int phase,
        Lazy lazy,
        ImmutableLongArray arguments,
        OptionalLong result,
        long rflags,
        long cr0,
        long cr2,
        long cr3,
        long cr4,
        long instructions,
        int hypercalls,
        int traps,
        Outcome outcome,
        List<RecordedEffect> effects,
        List<Integer> nested) {

    /** The first icount after it. */
    long end() {
        return icount + instructions;
    }
}
