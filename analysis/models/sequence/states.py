"""The door of sequence analysis: a wide or a long frame of states becomes distinct sequences and who lives each.

Many people live the same sequence, so all work is done on distinct ones with weights. A month without a state is
not passed over: the person is left out and counted, or the gap becomes a state of its own (`gaps="not known"`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl

from analysis.models.frame import Frame, Library, every_row, give_back, numbers
from cohort.errors import UsageError

ROW = "row"
"""What people are called who have no id of their own: their row in the frame, from 0."""

MOST_STATES = 100
"""Kinds of state in one frame: beyond this a column of ids or dates was given."""


@dataclass(frozen=True)
class Sequences:
    """Distinct sequences of states, and the people who live them.

    codes: distinct × months, places in `alphabet`. which: for each person the distinct sequence lived.
    weight: for each person, 1 where none was given. `people` has one column, the id; `n_in` counts people.
    """

    codes: np.ndarray
    which: np.ndarray
    weight: np.ndarray
    alphabet: tuple[str, ...]
    months: tuple[str, ...]
    people: pl.Series
    library: Library
    n_in: int
    dropped: Mapping[str, int]

    @property
    def n_used(self) -> int:
        """People with a whole sequence."""
        return len(self.which)

    @property
    def distinct(self) -> int:
        """How many different sequences there are."""
        return len(self.codes)

    @property
    def total(self) -> np.ndarray:
        """The weight of each distinct sequence: the sum over the people who live it."""
        return np.bincount(self.which, self.weight, self.distinct)

    @property
    def persons(self) -> np.ndarray:
        """How many people live each distinct sequence."""
        return np.bincount(self.which, minlength=self.distinct)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a reader has to know of who was left out."""
        lost = self.n_in - self.n_used
        return (f"{lost} of {self.n_in} people lack a month or a weight and were left out.",) if lost else ()

    def give_back(self, table: pl.DataFrame) -> Frame:
        """The table as the kind of frame that came in."""
        return give_back(table, self.library)


def sequences_of(
    states: Frame,
    id: str | None = None,
    time: str | None = None,
    state: str | None = None,
    weights: str | None = None,
    gaps: str | None = None,
) -> Sequences:
    """Read states from a wide frame (a row a person, every other column a month) or a long one (id, time, state).

    Raises UsageError: MODEL-01 to -05 (frame), MODEL-80 (arguments), MODEL-81 (states that make no sequences).
    """
    _refuse_arguments(id, time, state)
    every, library = every_row(states, _named(states, id, time, state, weights))
    table = _spread(every, id, time, state, weights) if id and time and state else every
    months = [name for name in table.columns if name not in (id, weights)]
    _refuse_shape(table, months, id)
    cells = table.select(pl.col(months).cast(pl.String))
    cells = cells.fill_null(gaps) if gaps is not None else cells
    lost = {"a month": cells.select(pl.any_horizontal(pl.all().is_null())).to_series()}
    if weights:
        lost["a weight"] = table[weights].is_null()
    kept = np.flatnonzero(~np.logical_or.reduce([missing.to_numpy() for missing in lost.values()]))
    if len(kept) == 0:
        raise UsageError("MODEL-04", "Nobody has a state in every month.", 'Give gaps="not known", or fewer months.')
    codes, alphabet = _coded(cells[kept])
    distinct, which = np.unique(codes, axis=0, return_inverse=True)
    people = table[id] if id else pl.Series(ROW, np.arange(table.height))
    return Sequences(
        codes=distinct,
        which=which.reshape(-1),
        weight=_weights(table[kept], weights),
        alphabet=alphabet,
        months=tuple(months),
        people=people[kept],
        library=library,
        n_in=table.height,
        dropped={name: int(missing.sum()) for name, missing in lost.items() if missing.any()},
    )


def recoded(like: Sequences, codes: np.ndarray) -> Sequences:
    """Other people's coded sequences (people × months) over the same alphabet and months, each weighing 1."""
    distinct, which = np.unique(codes, axis=0, return_inverse=True)
    everybody = np.arange(len(codes))
    return replace(
        like,
        codes=distinct,
        which=which.reshape(-1),
        weight=np.ones(len(codes)),
        people=pl.Series(ROW, everybody),
        n_in=len(codes),
        dropped={},
    )


def aligned(sequences: Sequences, given: Any) -> pl.Series:
    """Values of the people given by position, whole or for those used alone. Raises UsageError MODEL-84."""
    values = pl.Series("group", given)
    if len(values) == sequences.n_in != sequences.n_used and sequences.people.name == ROW:
        values = values[sequences.people.to_numpy()]
    if len(values) != sequences.n_used:
        raise UsageError(
            "MODEL-84",
            f"There are {len(values)} values for {sequences.n_used} people.",
            "Give one for each person with a whole sequence, in the order of `people`.",
        )
    return values


def _refuse_arguments(id: str | None, time: str | None, state: str | None) -> None:
    if (time is None) != (state is None) or (time is not None and id is None):
        raise UsageError(
            "MODEL-80", "A long frame of states needs id, time and state.", "Name all three, or none of the last two."
        )


def _named(states: Frame, id: str | None, time: str | None, state: str | None, weights: str | None) -> list[str]:
    if id and time and state:
        return [id, time, state, *([weights] if weights else [])]
    columns = states.column_names if hasattr(states, "column_names") else getattr(states, "columns", ())
    return [*map(str, columns), *(name for name in (id, weights) if name)]


def _spread(every: pl.DataFrame, id: str, time: str, state: str, weights: str | None) -> pl.DataFrame:
    """A long frame with a row a person: months in order of time, which need not be whole."""
    timed = every.drop_nulls([id, time])
    if timed.select(pl.struct(id, time).is_duplicated().any()).item():
        raise UsageError("MODEL-81", "Somebody has two states at one time.", "Decide which one counts first.")
    order = timed[time].unique().sort().cast(pl.String).to_list()
    wide = timed.with_columns(pl.col(time).cast(pl.String)).pivot(time, index=id, values=state)
    people = every.select(pl.col(id).drop_nulls().unique(maintain_order=True))
    wide = people.join(wide, on=id, how="left", maintain_order="left").select(id, *order)
    if weights is None:
        return wide
    weight = every.drop_nulls(id).group_by(id).agg(pl.col(weights).drop_nulls().first())
    return wide.join(weight, on=id, how="left", maintain_order="left")


def _refuse_shape(table: pl.DataFrame, months: list[str], id: str | None) -> None:
    wrong = {
        "A sequence has two months at least.": len(months) < 2,
        "Somebody stands in two rows.": id is not None and table[id].drop_nulls().is_duplicated().any(),
        "A person has no id.": id is not None and table[id].null_count() > 0,
        "A month holds numbers with fractions, which are no states.": any(table[m].dtype.is_float() for m in months),
        "A month holds lists or structures, which are no states.": any(table[m].dtype.is_nested() for m in months),
    }
    for sentence, holds in wrong.items():
        if holds:
            raise UsageError("MODEL-81", sentence, "Give one row a person and one column a month, or id, time, state.")


def _coded(cells: pl.DataFrame) -> tuple[np.ndarray, tuple[str, ...]]:
    alphabet = sorted(set().union(*(column.unique().to_list() for column in cells.iter_columns())))
    if len(alphabet) > MOST_STATES:
        raise UsageError(
            "MODEL-81",
            f"There are {len(alphabet)} kinds of state, more than {MOST_STATES}.",
            "Name the id column, or group the states first.",
        )
    kind = pl.Enum(alphabet)
    columns = [column.cast(kind).to_physical().to_numpy() for column in cells.iter_columns()]
    return np.column_stack(columns).astype(np.int16), tuple(alphabet)


def _weights(table: pl.DataFrame, weights: str | None) -> np.ndarray:
    if weights is None:
        return np.ones(table.height)
    given = numbers(table, weights)
    if (given <= 0).any():
        raise UsageError("MODEL-81", "A weight is not above 0.", "Correct it, or leave the person out.")
    return given
