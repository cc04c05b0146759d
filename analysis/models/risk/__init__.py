"""The numbers behind `analysis.models.predict`: pipelines, measures of a prediction, and their intervals."""
