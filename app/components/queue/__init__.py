"""The error queue: collecting errors and tagging them one at a time."""
