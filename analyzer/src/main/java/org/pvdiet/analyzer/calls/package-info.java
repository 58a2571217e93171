/**
 * Recorded calls with what happened inside them, in order, and what is needed to read their values: prototypes, symbols,
 * frames. Knows what a trace holds; holds no opinion on it.
 */
package org.pvdiet.analyzer.calls;
