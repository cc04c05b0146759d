"""The door of every estimator: a pandas, polars or Arrow frame becomes complete, typed columns, or a named error.

Formula interfaces drop rows with missing values and say nothing. Here one step, `complete_frame`, drops them
and counts what it dropped, and every result carries `n_in` and `n_used`. Tables go back as the kind of frame
that came in. No message ever holds a value of a row: columns are named, never what stands in them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeAlias

import numpy as np
import polars as pl

from cohort.errors import UsageError

Frame: TypeAlias = Any
"""A pandas DataFrame, a polars DataFrame or a pyarrow Table."""

INTERCEPT = "(intercept)"

MAX_LEVELS = 300
"""Levels of a fixed categorical column: room for every authority, not for every school or child."""

ALIAS_TOLERANCE = 1e-9
"""Share of a term's variance below which the terms before it explain it wholly."""


class Library(StrEnum):
    """Whose frame came in, and whose goes out."""

    PANDAS = "pandas"
    POLARS = "polars"
    ARROW = "pyarrow"


@dataclass(frozen=True)
class CompleteFrame:
    """The rows that hold a value in every column asked for.

    `dropped` counts, for each column, the rows in which it was missing (null or NaN); a row may be counted
    under several columns, so the counts may add up to more than `n_in - n_used`.
    """

    rows: pl.DataFrame
    library: Library
    n_in: int
    n_used: int
    dropped: Mapping[str, int]

    @property
    def said(self) -> tuple[str, ...]:
        """What a reader must know of the rows: the sentence that some were left out, or nothing."""
        lost = self.n_in - self.n_used
        return (f"{lost} of {self.n_in} rows lack a value and were left out.",) if lost else ()

    def give_back(self, table: pl.DataFrame) -> Frame:
        """The table as the kind of frame that came in."""
        return give_back(table, self.library)


@dataclass(frozen=True)
class Design:
    """The matrix of the fixed part: n rows × terms, `(intercept)` first.

    It is kept centred and scaled (`standard = (matrix - centre) / scale`), which every solver wants and which
    makes estimates indifferent to units. `aliased` names terms that the terms before them explain wholly:
    they are not in the matrix and cannot be estimated. `all_terms` keeps the order in which terms were asked for.
    """

    standard: np.ndarray
    centre: np.ndarray
    scale: np.ndarray
    terms: tuple[str, ...]
    all_terms: tuple[str, ...]
    aliased: tuple[str, ...]

    @property
    def matrix(self) -> np.ndarray:
        """The terms in their own units."""
        return self.standard * self.scale + self.centre

    @property
    def to_own_units(self) -> np.ndarray:
        """The matrix T (terms × terms) with coefficients in own units = T @ standardised coefficients."""
        transform = np.diag(1 / self.scale)
        transform[0, 1:] = -self.centre[1:] / self.scale[1:]
        return transform


@dataclass(frozen=True)
class Grouping:
    """Which level of a grouping column each row belongs to: `codes` (n) point into the sorted `levels`."""

    name: str
    levels: pl.Series
    codes: np.ndarray

    @property
    def size(self) -> int:
        """How many levels there are."""
        return len(self.levels)


def complete_frame(frame: Frame, columns: Sequence[str]) -> CompleteFrame:
    """Take the columns asked for (each once) and keep the rows in which all of them are known.

    Raises UsageError: MODEL-01 not a frame, MODEL-02 no such column, MODEL-03 a column of mixed types,
    MODEL-04 no row is complete, MODEL-05 an infinite number.
    """
    every, library = every_row(frame, columns)
    missing = every.null_count()
    dropped = {name: int(missing[name][0]) for name in every.columns if missing[name][0]}
    rows = every.drop_nulls() if dropped else every
    if rows.height == 0:
        raise UsageError(
            "MODEL-04",
            f"No row is complete in {', '.join(every.columns)} (rows: {every.height}).",
            "Leave out the columns that are empty, or ask for another population.",
        )
    return CompleteFrame(rows, library, every.height, rows.height, dropped)


def every_row(frame: Frame, columns: Sequence[str]) -> tuple[pl.DataFrame, Library]:
    """The columns asked for (each once), with a null wherever a value is missing, and whose frame they came in.

    For models in which a gap means something; all others take `complete_frame`.
    Raises UsageError MODEL-01 to -03 and -05 as that does.
    """
    library, every = library_of(frame), columns_of(frame, columns)
    floats = [name for name, kind in every.schema.items() if kind.is_float()]
    every = every.with_columns(pl.col(floats).fill_nan(None)) if floats else every
    _refuse_infinite(every, floats)
    return every, library


def columns_of(frame: Frame, columns: Sequence[str]) -> pl.DataFrame:
    """The columns as they came, infinite numbers and all: for a column in which they mean something.

    Raises UsageError MODEL-01, -02 and -03 as `complete_frame` does.
    """
    return _columns(frame, library_of(frame), list(dict.fromkeys(columns)))


def library_of(frame: Frame) -> Library:
    """Whose frame this is. Raises UsageError MODEL-01 for anything but the three kinds."""
    if isinstance(frame, pl.DataFrame):
        return Library.POLARS
    home, kind = type(frame).__module__.partition(".")[0], type(frame).__name__
    if home == "pandas" and kind == "DataFrame":
        return Library.PANDAS
    if home == "pyarrow" and kind == "Table":
        return Library.ARROW
    raise UsageError(
        "MODEL-01",
        f"An estimator takes a pandas or polars DataFrame or an Arrow Table, not a {kind}.",
        "Convert it first; an Ibis table with .to_polars(), a lazy frame with .collect().",
    )


def give_back(table: pl.DataFrame, library: Library) -> Frame:
    """A polars table as a frame of that library."""
    if library is Library.PANDAS:
        return table.to_pandas()
    return table.to_arrow() if library is Library.ARROW else table


def numbers(rows: pl.DataFrame, column: str) -> np.ndarray:
    """A numeric or boolean column as floats (n). Raises UsageError MODEL-03 for any other type."""
    kind = rows.schema[column]
    if not (kind.is_numeric() or kind == pl.Boolean):
        raise UsageError("MODEL-03", f"Column {column} must hold numbers, not {_type_name(kind)}.", "Convert it first.")
    return rows[column].cast(pl.Float64).to_numpy()


def grouping(rows: pl.DataFrame, column: str) -> Grouping:
    """The levels of a grouping column in sorted order, and each row's place among them."""
    values = rows[column]
    if values.dtype.is_nested() or values.dtype == pl.Object:
        raise UsageError(
            "MODEL-03", f"Column {column} cannot group rows: it holds {_type_name(values.dtype)}.", "Flatten it."
        )
    if values.dtype in (pl.Categorical, pl.Enum):
        values = values.cast(pl.String)
    levels = values.unique().sort()
    if values.dtype == pl.String:
        codes = values.cast(pl.Enum(levels)).to_physical()
    else:
        codes = values.replace_strict(levels, pl.Series(range(len(levels)), dtype=pl.Int32))
    return Grouping(column, levels, codes.to_numpy().astype(np.int32))


def design(rows: pl.DataFrame, columns: Sequence[str]) -> Design:
    """The fixed part: an intercept, numbers as they are, text columns as dummies against their first level.

    Booleans are 0/1 terms of the column's own name. The first level is the first category of a pandas or
    polars categorical type that fixes an order, else the first in sorted order; its dummy is left out, the
    others are named `column[level]`. Raises UsageError MODEL-03 (type) and MODEL-14 (too many levels).
    """
    named = [(INTERCEPT, np.zeros(1)), *(term for column in columns for term in _terms(rows, column))]
    standard = np.ones((rows.height, len(named)), order="F")
    centre, scale = np.zeros(len(named)), np.ones(len(named))
    for place, (_, values) in enumerate(named[1:], start=1):
        standard[:, place], centre[place], scale[place] = _standardise(values)
    kept = _independent(standard.T @ standard / rows.height)
    terms = tuple(term for term, _ in named)
    return Design(
        standard=standard if kept.all() else standard[:, kept],
        centre=centre[kept],
        scale=scale[kept],
        terms=tuple(t for t, k in zip(terms, kept, strict=True) if k),
        all_terms=terms,
        aliased=tuple(t for t, k in zip(terms, kept, strict=True) if not k),
    )


def _standardise(values: np.ndarray) -> tuple[np.ndarray, float, float]:
    values = values.astype(float)
    centre, spread = float(values.mean()), float(values.std())
    if spread <= ALIAS_TOLERANCE * max(abs(centre), 1e-300):
        return np.zeros(len(values)), centre, 1.0
    return (values - centre) / spread, centre, spread


def _independent(correlation: np.ndarray) -> np.ndarray:
    # Sweep out one term after the other (Goodnight 1979, Am. Stat. 33:149): what is left on the diagonal is
    # the share of a term that those before it do not explain.
    left = correlation.copy()
    kept = np.zeros(len(left), dtype=bool)
    for place in range(len(left)):
        if left[place, place] > ALIAS_TOLERANCE:
            kept[place] = True
            left -= np.outer(left[:, place], left[place]) / left[place, place]
    return kept


def _columns(frame: Frame, library: Library, columns: Sequence[str]) -> pl.DataFrame:
    have = list(frame.column_names if library is Library.ARROW else frame.columns)
    absent = [name for name in columns if have.count(name) != 1]
    if absent:
        raise UsageError(
            "MODEL-02",
            f"The frame has no column, or more than one, named {', '.join(map(str, absent))}.",
            "Name columns that stand once in the frame.",
        )
    if library is Library.POLARS:
        return frame.select(columns)
    return pl.DataFrame([_series(frame[name], name, library) for name in columns])


def _series(values: Any, name: str, library: Library) -> pl.Series:
    # Arrow's own message quotes the offending value, so it is not passed on.
    try:
        if library is Library.ARROW:
            series = pl.from_arrow(values)
        elif str(values.dtype) == "category":
            series = _ordered_category(values)
        else:
            series = pl.from_pandas(values)
    except (TypeError, ValueError, pl.exceptions.PolarsError):
        raise UsageError(
            "MODEL-03", f"Column {name} holds values of several or of unknown types.", "Give it one type."
        ) from None
    return pl.Series(name, series)


def _ordered_category(values: Any) -> pl.Series:
    levels = [str(level) for level in values.cat.categories]
    codes = pl.Series(values.cat.codes.to_numpy()).cast(pl.Int64)
    return pl.Series(levels, dtype=pl.String).gather(codes.replace(-1, None)).cast(pl.Enum(levels))


def _refuse_infinite(every: pl.DataFrame, floats: list[str]) -> None:
    infinite = [name for name in floats if every[name].is_infinite().any()]
    if infinite:
        raise UsageError(
            "MODEL-05",
            f"Infinite numbers stand in {', '.join(infinite)}.",
            "Set them to missing, or correct the division that made them.",
        )


def _terms(rows: pl.DataFrame, column: str) -> list[tuple[str, np.ndarray]]:
    kind = rows.schema[column]
    if kind.is_numeric() or kind == pl.Boolean:
        return [(column, numbers(rows, column))]
    if kind not in (pl.String, pl.Categorical, pl.Enum):
        raise UsageError(
            "MODEL-03",
            f"Column {column} cannot be a fixed term: it holds {_type_name(kind)}.",
            "Give numbers, booleans or text.",
        )
    levels, codes = _levels(rows[column])
    if len(levels) > MAX_LEVELS:
        raise UsageError(
            "MODEL-14",
            f"Column {column} has {len(levels)} levels, more than the {MAX_LEVELS} a fixed term may have.",
            "Give it under groups, or group its levels first.",
        )
    return [(f"{column}[{level}]", codes == place) for place, level in enumerate(levels) if place]


def _levels(values: pl.Series) -> tuple[list[str], np.ndarray]:
    found = values.cast(pl.String).unique()
    if isinstance(values.dtype, pl.Enum):
        here = set(found.to_list())
        levels = [level for level in values.dtype.categories.to_list() if level in here]
    else:
        levels = found.sort().to_list()
    return levels, values.cast(pl.String).cast(pl.Enum(levels)).to_physical().to_numpy()


def _type_name(kind: pl.DataType) -> str:
    return str(kind).partition("(")[0].lower()
