/**
 * SQL over traces: the tables of one or several traces as views of an in-memory DuckDB, and its results as text, CSV, JSON or
 * Parquet. The only package that knows DuckDB; it interprets nothing of what a trace holds.
 */
package org.pvdiet.analyzer.query;
