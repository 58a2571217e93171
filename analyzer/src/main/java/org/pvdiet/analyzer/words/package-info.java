/** Names that people know for numbers of x86, Linux and Xen, and the fields of page-table entries. Depends on nothing. */
package org.pvdiet.analyzer.words;
