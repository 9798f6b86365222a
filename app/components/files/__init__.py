"""Runs, sets and files: bringing them in and saying what their columns are."""
