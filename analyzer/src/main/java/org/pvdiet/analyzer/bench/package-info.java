/**
 * Measured processes: how long they took, when they printed what, how much memory they had; and the table made of that. Knows
 * no kernel and no trace.
 */
package org.pvdiet.analyzer.bench;
