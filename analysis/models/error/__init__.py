"""The parts of `analysis.models.delivery` that deal with an exposure that was written down with error."""
