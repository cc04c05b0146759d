"""The door of everything that follows people to an event: times, what ended them, and when watching began.

A column of events says how a spell ended: 0, false or the text `censored` where nothing happened before watching
stopped, anything else is a kind of event. A missing end is not a censored one: such rows are left out and counted.
Two times closer than 1.5e-8 of their size are one time, as in R's survival: 0.1 + 0.2 ties with 0.3.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from analysis.models.frame import CompleteFrame, Frame, complete_frame, numbers
from cohort.errors import UsageError

CENSORED = "censored"
"""The text that says nothing happened; among numbers it is 0, among booleans false."""

SAME_TIME = 1.5e-8
"""Share of the mean size of times below which two of them are one (the root of a float's precision, as in R)."""


@dataclass(frozen=True)
class Spells:
    """How long each row was watched and how it ended, n rows.

    `kind` points into `kinds`, the events in sorted order, and is -1 where the spell was censored. A row is at
    risk at a time t with entry < t ≤ exit; without a column of entries, entry is minus infinity.
    """

    complete: CompleteFrame
    entry: np.ndarray
    exit: np.ndarray
    kind: np.ndarray
    kinds: tuple[Any, ...]


def spells(frame: Frame, time: str, event: str, entry: str | None, others: Sequence[str]) -> Spells:
    """Read and check the spells of a frame; `others` are further columns that must be known.

    Raises UsageError: MODEL-01 to -05 (frame), -40 no event at all, -41 negative follow-up, -42 entry not before
    exit, -15 a column in two roles.
    """
    named = [time, event, *([entry] if entry else []), *others]
    twice = sorted({name for name in named if named.count(name) > 1})
    if twice:
        raise UsageError("MODEL-15", f"A column cannot play two roles: {', '.join(twice)}.", "Name each column once.")
    complete = complete_frame(frame, named)
    rows = complete.rows
    until = numbers(rows, time)
    since = numbers(rows, entry) if entry else np.full(len(until), -np.inf)
    _refuse_impossible(since, until, time, entry)
    since, until = _tied(since, until)
    kind, kinds = endings(rows[event])
    if not kinds:
        raise UsageError(
            "MODEL-40",
            f"No event at all happened in {rows.height} rows: every row of {event} is censored.",
            f"Code events as something other than 0, false or '{CENSORED}', or ask for another population.",
        )
    return Spells(complete, since, until, kind, kinds)


def endings(event: pl.Series) -> tuple[np.ndarray, tuple[Any, ...]]:
    """Codes (n) into the sorted kinds of event, -1 for censored, and the kinds themselves."""
    kind = event.dtype
    if kind in (pl.Categorical, pl.Enum):
        event = event.cast(pl.String)
    elif not (kind.is_numeric() or kind in (pl.Boolean, pl.String)):
        raise UsageError(
            "MODEL-03", f"Column {event.name} cannot say how a spell ended.", "Give text or whole numbers."
        )
    nothing = CENSORED if event.dtype == pl.String else False if event.dtype == pl.Boolean else 0
    kinds = event.filter(event != nothing).unique().sort()
    codes = event.replace_strict(kinds, pl.Series(range(len(kinds)), dtype=pl.Int32), default=-1)
    return codes.to_numpy().astype(np.int32), tuple(kinds.to_list())


def single(ends: Spells, event: str) -> np.ndarray:
    """Whether each row had the one event. Raises UsageError MODEL-43 where there are several kinds of it."""
    if len(ends.kinds) > 1:
        raise UsageError(
            "MODEL-43",
            f"Column {event} holds {len(ends.kinds)} kinds of event; this model is of one.",
            "Make a column that is 1 for the event in question and 0 else: the others are then censored, and its "
            "hazard is cause-specific. For chances use cumulative_incidence or fine_gray.",
        )
    return ends.kind == 0


def _refuse_impossible(since: np.ndarray, until: np.ndarray, time: str, entry: str | None) -> None:
    negative = int((until < 0).sum())
    if negative:
        raise UsageError(
            "MODEL-41",
            f"Follow-up is negative in {negative} rows of {time}.",
            "Correct the dates it was counted from, or leave those rows out and say so.",
        )
    turned = int((since >= until).sum())
    if turned:
        raise UsageError(
            "MODEL-42",
            f"{entry} is not before {time} in {turned} rows: nobody can be watched for no time.",
            "Leave out who was never at risk; where both fall in one period, count time in a finer unit.",
        )


def _tied(since: np.ndarray, until: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    known = np.unique(np.concatenate([until, since[np.isfinite(since)]]))
    near = np.diff(known) <= SAME_TIME * np.abs(known).mean()
    if not near.any():
        return since, until
    first = np.concatenate([[True], ~near])
    one = known[first][np.cumsum(first) - 1]
    placed = np.searchsorted(known, since)
    return np.where(np.isfinite(since), one[np.minimum(placed, len(one) - 1)], since), one[
        np.searchsorted(known, until)
    ]
