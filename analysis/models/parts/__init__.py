"""The numbers behind `analysis.models.decompose`: two fits and what parts their gap has."""
