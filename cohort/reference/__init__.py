"""Official statistics of others: read from the files they published, held to their own sums, and kept."""
