/** How often what was called and what it cost. Counts; infers nothing. */
package org.pvdiet.analyzer.stats;
