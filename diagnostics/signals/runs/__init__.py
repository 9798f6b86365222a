"""Signals of one training run, each measured once and free of the loss's scale."""
