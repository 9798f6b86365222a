"""The error catalogue: categories as a table, in detail, as files."""
