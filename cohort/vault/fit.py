"""Fitting the model where data are large: u from random pairs, m by expectation maximisation (splink 5).

For a national load, or a set whose errors are of another kind than those of returns. An ordinary return is
linked under the model as it stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import polars as pl

from cohort.vault.model import Comparison, Level, Model
from cohort.vault.weigh import linker_of, plain

PASSES = (("birth_date",), ("surname", "forename"))
"""Each pass fits the comparisons that it does not block on, so the two fit all."""
MOST_PAIRS = 1_000_000
"""Always given to splink: a default date of birth would explode a pass."""
LEAST = 1e-7
"""A level never seen is rare, not impossible."""


def fit(left: pl.DataFrame, right: pl.DataFrame, model: Model, *, prior: float, seed: int) -> Model:
    """The model with m and u as estimated from two frames of keys; levels keep their own where none was seen."""
    with linker_of(plain(left), plain(right), model, prior) as linker:
        linker.training.estimate_u_using_random_sampling(max_pairs=2 * MOST_PAIRS, seed=seed)
        for keys in PASSES:
            rule = " AND ".join(f"l.{key} = r.{key}" for key in keys)
            linker.training.estimate_parameters_using_expectation_maximisation(
                rule, max_pairs=MOST_PAIRS, record_sample_proportion=1.0
            )
        fitted = {
            c["output_column_name"]: c["comparison_levels"] for c in linker.misc.save_model_to_json()["comparisons"]
        }
    return replace(model, comparisons=tuple(_fitted(c, fitted[c.name]) for c in model.comparisons))


def _fitted(comparison: Comparison, levels: Iterable[Mapping[str, Any]]) -> Comparison:
    known = {level["label_for_charts"]: level for level in levels}
    fresh = [_level(level, known[level.label]) for level in comparison.levels]
    m, u = sum(level.m for level in fresh), sum(level.u for level in fresh)
    return replace(comparison, levels=tuple(replace(level, m=level.m / m, u=level.u / u) for level in fresh))


def _level(level: Level, fitted: Mapping[str, Any]) -> Level:
    chances = {name: fitted.get(f"{name}_probability") for name in ("m", "u")}
    known = {name: max(float(c), LEAST) for name, c in chances.items() if isinstance(c, int | float)}
    return replace(level, **known)
