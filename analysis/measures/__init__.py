"""Measures, one file a domain."""
