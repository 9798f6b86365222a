"""A file in, domain types out; one file a format, chosen by content."""
