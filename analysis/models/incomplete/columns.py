"""What stands in each column of an imputation, by which model its gaps are drawn, and what can be drawn at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
import polars as pl

from analysis.models.frame import ALIAS_TOLERANCE, MAX_LEVELS
from cohort.errors import UsageError

MOST_CATEGORIES = 20
"""Categories that a gap may be drawn from: a multinomial model has a set of coefficients for each."""

FEW_VALUES = 40
"""A whole number with no more values than this may mark a year, a stage or a route as a text would."""

ERA = 10
"""Rows of one year, stage or route that all lack a value make the gap one of design, not of chance."""


class Way(StrEnum):
    """The model by which a column's gaps are drawn."""

    NORMAL = "normal"
    MATCHING = "pmm"
    LOGISTIC = "logistic"
    ORDINAL = "ordinal"
    MULTINOMIAL = "multinomial"


@dataclass(frozen=True)
class Column:
    """A column as floats (n; codes into `levels` where it has categories), NaN where it is missing."""

    name: str
    values: np.ndarray
    levels: tuple[str, ...] | None
    kind: pl.DataType
    way: Way | None = None

    @property
    def known(self) -> np.ndarray:
        """Where the column has a value."""
        return ~np.isnan(self.values)

    @property
    def has_gaps(self) -> bool:
        """Whether any value is missing."""
        return bool(np.isnan(self.values).any())

    def back(self, values: np.ndarray) -> pl.Series:
        """Completed values in the column's own type; a whole number that took fractions becomes a float."""
        if self.levels is not None:
            return pl.Series(self.name, np.array(self.levels, dtype=object)[values.astype(int)].tolist()).cast(
                self.kind
            )
        series = pl.Series(self.name, values)
        if self.kind.is_integer() and self.way is Way.NORMAL:
            return series
        return series.cast(self.kind)


def read(rows: pl.DataFrame, name: str) -> Column:
    """A column of numbers, booleans or text. Raises UsageError MODEL-03 for other types, MODEL-14 for many levels."""
    values, kind = rows[name], rows.schema[name]
    if kind.is_numeric() or kind == pl.Boolean:
        return Column(name, values.cast(pl.Float64).fill_null(np.nan).to_numpy().copy(), None, kind)
    if kind not in (pl.String, pl.Categorical, pl.Enum):
        raise UsageError(
            "MODEL-03", f"Column {name} cannot be imputed or impute others by its type.", "Give numbers or text."
        )
    text = values.cast(pl.String)
    present = text.drop_nulls().unique().sort().to_list()
    order = values.dtype.categories.to_list() if isinstance(values.dtype, pl.Enum) else present
    levels = [one for one in order if one in set(present)]
    if len(levels) > MAX_LEVELS:
        raise UsageError(
            "MODEL-14",
            f"Column {name} has {len(levels)} levels, more than the {MAX_LEVELS} a term may have.",
            "Leave it out of columns, or give it under groups.",
        )
    codes = text.cast(pl.Enum(levels)).to_physical().cast(pl.Float64).fill_null(np.nan)
    return Column(name, codes.to_numpy().copy(), tuple(levels), kind)


def planned(columns: Sequence[Column], methods: Mapping[str, str]) -> list[Column]:
    """Each column with gaps is given its way. Raises UsageError MODEL-71 and -72 for what cannot be drawn."""
    return [replace(one, way=_way(one, methods.get(one.name))) if one.has_gaps else one for one in columns]


def _way(column: Column, asked: str | None) -> Way:
    seen = np.unique(column.values[column.known])
    if len(seen) < 2:
        raise UsageError(
            "MODEL-72",
            f"Column {column.name} has {'no value' if len(seen) == 0 else 'one value only'}: nothing to draw from.",
            "Leave it out of columns.",
        )
    is_binary = bool(np.isin(seen, (0.0, 1.0)).all()) if column.levels is None else len(column.levels) == 2
    if column.levels is None:
        fitting = (Way.LOGISTIC, Way.NORMAL, Way.MATCHING) if is_binary else (Way.NORMAL, Way.MATCHING)
    elif is_binary:
        fitting = (Way.LOGISTIC,)
    else:
        is_ordered = isinstance(column.kind, pl.Enum)
        fitting = (Way.ORDINAL, Way.MULTINOMIAL) if is_ordered else (Way.MULTINOMIAL, Way.ORDINAL)
    if asked is not None and asked not in fitting:
        raise UsageError(
            "MODEL-71",
            f"Column {column.name} can be drawn by {' or '.join(fitting)}, not by what was asked.",
            "Name one of these under methods, or leave it out.",
        )
    if column.levels is not None and len(column.levels) > MOST_CATEGORIES:
        raise UsageError(
            "MODEL-71",
            f"Column {column.name} has {len(column.levels)} categories, more than {MOST_CATEGORIES} to draw from.",
            "Group its levels first.",
        )
    return Way(asked) if asked else fitting[0]


def refuse_structural(columns: Sequence[Column], markers: Sequence[Column]) -> None:
    """Raise UsageError MODEL-73 where all rows of some year, stage or category lack a value.

    Nobody sat the tests of a year without tests: there is no value to find, and a model can only carry the other
    years' values over. The same holds for a predictor that varies only where the value is missing.
    """
    for column in columns:
        for marker in markers:
            if column.has_gaps and marker.name != column.name and _is_structural(column, marker):
                raise UsageError(
                    "MODEL-73",
                    f"Column {column.name} has no value at all for some of {marker.name}: missing by design.",
                    "Leave those rows out of the population and say so, or merge small levels.",
                )


def _is_structural(column: Column, marker: Column) -> bool:
    both = marker.known
    values, known = marker.values[both], column.known[both]
    if marker.levels is None:
        if not known.any() or (values[known].std() <= ALIAS_TOLERANCE and values.std() > ALIAS_TOLERANCE):
            return True
        whole = np.all(values == np.rint(values))
        levels, codes = np.unique(values, return_inverse=True)
        if not whole or not 1 < len(levels) <= FEW_VALUES:
            return False
        least = ERA
    else:
        codes, least = values.astype(int), 1
    rows, have = np.bincount(codes), np.bincount(codes, known)
    return bool(np.any((rows >= least) & (have == 0)))
