/**
 * Where two traces of one kernel part: pairs calls that were given the same at the same site, and says what each pair did
 * differently. What only one run did is another way through the kernel, and told apart.
 */
package org.pvdiet.analyzer.diff;
