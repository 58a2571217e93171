/**
 * What hooks did, apart from the numbers that change from run to run: the form of each call's input and behaviour, and
 * summaries of them that merge. Reads calls; compares nothing.
 */
package org.pvdiet.analyzer.contract;
