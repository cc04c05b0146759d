"""The parts of `analysis.models.growth`: splines in age, how people spread, scores relative to a cohort."""
