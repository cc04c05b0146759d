"""Screens of a policymaker."""
