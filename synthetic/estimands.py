"""What effects came to in this finite population: the same children with one thing and without it, with the same luck.

An estimand is a value, not an estimate: the mean over the children who sat a stage in the years told, of the outcome
under one arm less the outcome under the other. Beside them stand the wrong answers: what a naive method gives on the
very same children, so that a proof can show it to fail.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

ESTIMAND: Mapping[str, type[pl.DataType]] = {
    "id": pl.String,
    "analysis": pl.String,
    "population": pl.String,
    "contrast": pl.String,
    "scale": pl.String,
    "value": pl.Float64,
    "n": pl.Int64,
    "how": pl.String,
}
"""`analysis` numbers the cards of analyses A1 to A18; `how`: potential outcomes, or parameter."""
NAIVE: Mapping[str, type[pl.DataType]] = {
    "id": pl.String,
    "trap": pl.String,
    "wrong_method": pl.String,
    "naive_expected": pl.Float64,
    "truth": pl.Float64,
    "scale": pl.String,
    "n": pl.Int64,
}
POTENTIAL, PARAMETER = "potential outcomes", "parameter"
