"""The numbers behind `analysis.models.missing`: draws, chains, Rubin's rules, weights and bounds."""
