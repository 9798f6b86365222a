"""Rules about subgroups of one prediction set."""
