/**
 * What the architecture says of each hook's native operation, as data, and the check of it against recorded calls. Holds
 * nothing that a platform or a trace says.
 */
package org.pvdiet.analyzer.architecture;
