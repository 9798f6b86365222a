"""One file a format; importing this folder registers them all."""
