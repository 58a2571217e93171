/**
 * Which of the 64 bits of a page-table entry survive the way in and out, per level and platform. Summarises calls; words and
 * pictures are made elsewhere.
 */
package org.pvdiet.analyzer.bits;
