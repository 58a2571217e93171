/**
 * One page of everything: joins contracts, diffs, diet, bit tables and what it counts itself into a {@link
 * org.pvdiet.analyzer.report.Report}, and writes that as a self-contained HTML page. Judges nothing; the page's script and
 * style are resources beside these classes.
 */
package org.pvdiet.analyzer.report;
