"""Commands of the command line, one file a noun; thin, each command one call."""
