"""The error catalogue: sampling errors, tagging them, and what fixing a category would be worth.

Pure functions and an event log; storage is the workspace's business.
"""
