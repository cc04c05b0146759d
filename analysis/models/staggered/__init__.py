"""Staggered adoption: the parts that `analysis.models.did` puts together."""
