/**
 * The paravirt interface's manual, written from contracts, differences and bit tables: one content, as reStructuredText, as
 * Markdown, and as kernel-doc comments. Claims nothing of its own: each sentence is a report's, with its witness.
 */
package org.pvdiet.analyzer.docs;
