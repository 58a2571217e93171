/**
 * A Jupyter kernel for Java, so that the notebooks run where JJava is not installed: of JJava, Maven Central has the library
 * that it is built on, and Debian nothing. Notebooks use nothing that JJava has not.
 */
package org.pvdiet.notebooks;
