"""Findings of a run and of its predictions read together, as one diagnosis with the evidence of both."""

from diagnostics.rules.joined.belonging import Pair, belonging
from diagnostics.rules.joined.concerning import concerning
from diagnostics.rules.joined.reading import read_together

__all__ = ["Pair", "belonging", "concerning", "read_together"]
