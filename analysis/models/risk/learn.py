"""The two learners, and chances for rows that they never saw: of later years, and of other authorities."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegressionCV
from sklearn.model_selection import GroupKFold
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler

FOLDS = 5
UNKNOWN = "(not known)"
PENALTIES = np.logspace(-2, 2, 5)


@dataclass(frozen=True)
class Features:
    """Rows as learners take them, and which columns are numbers and which texts."""

    rows: pd.DataFrame
    numeric: list[str]
    text: list[str]


def features(rows: pl.DataFrame, columns: Sequence[str]) -> Features:
    """Numbers and booleans as floats with gaps, texts with a level of their own for gaps."""
    text = [name for name in columns if not (rows.schema[name].is_numeric() or rows.schema[name] == pl.Boolean)]
    numeric = [name for name in columns if name not in text]
    told = {name: rows[name].cast(pl.Float64).fill_null(np.nan).to_numpy() for name in numeric}
    told |= {name: np.array(rows[name].cast(pl.String).fill_null(UNKNOWN).to_list(), dtype=object) for name in text}
    return Features(pd.DataFrame({name: told[name] for name in columns}), numeric, text)


def learner(model: str, of: Features, authorities: np.ndarray, seed: int) -> Pipeline:
    """A pipeline that is not yet fitted; penalties are chosen across authorities."""
    if model == "logistic":
        folds = min(FOLDS, len(np.unique(authorities)))
        cuts = list(GroupKFold(folds).split(authorities, groups=authorities))
        known = make_pipeline(SimpleImputer(strategy="median", add_indicator=True), StandardScaler())
        levels = OneHotEncoder(handle_unknown="ignore", min_frequency=20, sparse_output=False)
        ready = ColumnTransformer([("numbers", known, of.numeric), ("texts", levels, of.text)])
        choices: dict[str, Any] = {
            "Cs": PENALTIES, "cv": cuts, "l1_ratios": (0.0,), "scoring": "neg_log_loss", "tol": 1e-6, "max_iter": 100,
            "solver": "newton-cholesky",
            "use_legacy_attributes": False,
        }  # fmt: skip
        return make_pipeline(ready, LogisticRegressionCV(**choices))
    # Unknown levels become gaps, which trees take as they are.
    codes = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=np.nan, max_categories=200)
    ready = ColumnTransformer([("numbers", "passthrough", of.numeric), ("texts", codes, of.text)])
    is_text = np.array([False] * len(of.numeric) + [True] * len(of.text))
    slow: dict[str, Any] = {
        "learning_rate": 0.05, "max_iter": 150, "max_leaf_nodes": 15, "min_samples_leaf": 50, "l2_regularization": 1.0,
        "categorical_features": is_text, "random_state": seed, "early_stopping": False,
    }  # fmt: skip
    return make_pipeline(ready, HistGradientBoostingClassifier(**slow))


def later(model: str, of: Features, y: np.ndarray, train: np.ndarray, authorities: np.ndarray, seed: int) -> np.ndarray:
    """Chances for the rows that are not in `train`, learned from those that are."""
    return _learned(model, of, y, train, ~train, authorities, seed)


def elsewhere(
    model: str, of: Features, y: np.ndarray, train: np.ndarray, authorities: np.ndarray, seed: int
) -> np.ndarray:
    """Chances for the rows of `train`, each from learners that saw no row of its authority."""
    places = np.flatnonzero(train)
    folds = min(FOLDS, len(np.unique(authorities[train])))
    chance = np.zeros(len(places))
    for seen, unseen in GroupKFold(folds).split(places, groups=authorities[train]):
        inside, outside = np.zeros(len(y), dtype=bool), np.zeros(len(y), dtype=bool)
        inside[places[seen]], outside[places[unseen]] = True, True
        chance[unseen] = _learned(model, of, y, inside, outside, authorities, seed)
    return chance


def _learned(
    model: str, of: Features, y: np.ndarray, train: np.ndarray, test: np.ndarray, authorities: np.ndarray, seed: int
) -> np.ndarray:
    pipeline = learner(model, of, authorities[train], seed)
    with warnings.catch_warnings():
        # Levels that appear only in the hold-out, and penalties at which the search is slow, are no news to a reader.
        warnings.filterwarnings("ignore", category=UserWarning)
        warnings.filterwarnings("ignore", category=ConvergenceWarning)
        pipeline.fit(of.rows[train], y[train])
        return pipeline.predict_proba(of.rows[test])[:, 1]
