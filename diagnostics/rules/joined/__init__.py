"""Findings of a run and of its predictions read together, as one diagnosis with the evidence of both."""

from diagnostics.rules.joined.belonging import Pair, belonging
from diagnostics.rules.joined.reading import read_together

__all__ = ["Pair", "belonging", "read_together"]
