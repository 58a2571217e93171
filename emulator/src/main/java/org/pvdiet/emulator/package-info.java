/** The machine, the platforms, the guests and the recorder; each in a package of its own. */
package org.pvdiet.emulator;
