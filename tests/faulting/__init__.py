"""A harness that makes an ingest fail at every step in every way, sends the file again, and counts what came of it."""
