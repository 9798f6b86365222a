"""Logs written for people: terminal output cleaned, its lines matched by grammars, the numbers made into series."""
