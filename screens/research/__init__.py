"""Screens of a researcher."""
