"""The parts of `analysis.models.survival`: what happens to whom, when, and in the face of what else."""
