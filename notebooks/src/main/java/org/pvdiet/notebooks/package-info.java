/**
 * A Jupyter kernel for Java, so that the notebooks run where JJava is not installed: JJava is in no registry that Debian or
 * Maven knows. Notebooks use nothing that JJava has not.
 */
package org.pvdiet.notebooks;
