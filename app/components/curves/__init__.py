"""The learning curves: controls, chart, findings beside it, tables."""
