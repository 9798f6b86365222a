"""Scores and where to cut them."""
