"""One file a stored table."""
