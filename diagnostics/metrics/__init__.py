"""Pure functions on arrays and on aggregates; one function a metric. Uses numpy and scipy only."""
