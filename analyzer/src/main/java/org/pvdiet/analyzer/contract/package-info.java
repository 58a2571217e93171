/**
 * What hooks did. Two summaries of calls that merge: the form of each call's input and behaviour, apart from the numbers that
 * change from run to run, for comparing runs; and what values and effects followed on every call, for saying in sentences
 * what a hook means. Compares nothing, and asserts nothing that no recorded call shows.
 */
package org.pvdiet.analyzer.contract;
