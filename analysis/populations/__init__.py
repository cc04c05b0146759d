"""Populations, one file a domain."""
