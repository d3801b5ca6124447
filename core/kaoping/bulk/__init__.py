"""Populations too large for memory: files read, checked, evaluated and written by DuckDB, row for row as in small."""
