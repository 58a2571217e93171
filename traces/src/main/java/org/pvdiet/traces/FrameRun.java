package org.pvdiet.traces;

import java.util.OptionalLong;

/**
 * A run of the guest's frames and the machine frames behind them.
 *
 * @param icount retired instructions from which this holds
 * @param pfn first pseudo-physical frame
 * @param mfn first machine frame, empty where there is none behind these
 * @param count number of frames
 */
public record FrameRun(long icount, long pfn, OptionalLong mfn, long count) {}
