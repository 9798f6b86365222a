"""Findings: verdict, cards and how they are grouped."""
