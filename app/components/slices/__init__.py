"""Slices: searching, building, drawing and keeping them."""
