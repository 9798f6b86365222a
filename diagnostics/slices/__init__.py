"""Define, measure, search and test subgroups of a prediction set.

May use numpy and pyarrow, and inside functions scipy and scikit-learn; knows types, metrics and queries only.
"""
