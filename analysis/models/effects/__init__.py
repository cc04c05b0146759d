"""Parts of `analysis.models.causal`: designs, nuisance models, estimators, diagnostics, sensitivity, trials."""
