"""Define, measure, search and test subgroups."""
