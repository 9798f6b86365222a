"""Rules about one training run; they read signals of `diagnostics.signals.runs` and import numpy at most."""
