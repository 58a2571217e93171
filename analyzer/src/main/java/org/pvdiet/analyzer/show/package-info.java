/** Single calls as a person reads them: values with their names, bits and symbols. */
package org.pvdiet.analyzer.show;
