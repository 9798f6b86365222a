"""Aggregates over stored predictions: SQL on DuckDB, the same text transpiled for bigger engines."""
