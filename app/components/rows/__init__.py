"""Rows of a prediction set, wherever they are listed."""
