"""Populations too large for memory: files read, checked, evaluated and written by DuckDB, row for row as in small."""

READ = (".csv", ".parquet")
"""The endings of files that a large population comes in."""
WRITTEN = {".csv": "csv", ".parquet": "parquet", ".sqlite": "sqlite", ".db": "sqlite"}
"""The endings of files that its results are written to, and what each is."""
