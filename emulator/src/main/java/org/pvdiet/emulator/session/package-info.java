/**
 * What a user asks for, put together: a guest on the platform of a given name, run or recorded. The one package that knows
 * every platform, and the one that knows the machine and the trace both.
 */
package org.pvdiet.emulator.session;
