"""Rules about one prediction set."""
