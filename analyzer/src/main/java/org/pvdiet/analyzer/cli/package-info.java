/** The command line. The one package of the analyzer that knows the emulator; it holds no analysis of its own. */
package org.pvdiet.analyzer.cli;
