/**
 * Which hooks can go, and why. Findings look at one hook on all platforms and give evidence; rules weigh the evidence into a
 * verdict. Each statement leads to a recorded call.
 */
package org.pvdiet.analyzer.diet;
