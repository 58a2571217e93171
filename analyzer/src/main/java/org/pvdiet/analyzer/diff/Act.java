package org.pvdiet.analyzer.diff;

import org.pvdiet.analyzer.contract.Input;

/** What the diff knows of a call: what it was given, what it did, and in which setting. Many calls have the same. */
record Act(Input input, Deed deed, Setting setting) {}
