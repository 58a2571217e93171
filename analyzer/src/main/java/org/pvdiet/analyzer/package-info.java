/** What is made of traces: contracts, diff, diet, reports. Only the command line below it knows the emulator. */
package org.pvdiet.analyzer;
