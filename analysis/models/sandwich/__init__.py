"""Robust errors of linear and generalised linear models: the parts that `analysis.models.robust` puts together."""
