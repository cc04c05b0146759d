"""The numbers behind `analysis.models.multilevel`: blocks, quadrature, Newton steps, profiles and draws."""
