"""Residuals and what they cost."""
