"""Screens of an authority's officer."""
