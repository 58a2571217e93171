/**
 * What findings need of a trace's calls beyond contracts: counts by phase, answers, values read back. Summarises calls; what
 * it means is said by the findings.
 */
package org.pvdiet.analyzer.diet.seen;
