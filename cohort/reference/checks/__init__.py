"""Numbers that were published, each with its source: one file a subject."""
