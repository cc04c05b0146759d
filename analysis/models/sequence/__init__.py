"""The parts of `analysis.models.sequences`: states, costs, distances, clusters, their proof, and indices."""
