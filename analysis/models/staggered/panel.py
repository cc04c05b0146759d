"""A balanced panel of units and times with the time at which each unit adopted, or a named error."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import polars as pl

from analysis.models.frame import (
    CompleteFrame,
    Frame,
    Grouping,
    columns_of,
    complete_frame,
    grouping,
    library_of,
    numbers,
)
from cohort.errors import UsageError

Control = Literal["never", "notyet"]

NEVER = 0


@dataclass(frozen=True)
class Panel:
    """outcome: units × times. adopted: units, place of the first treated time, or -1 of the never treated.

    covariates: units × times × k. times: the times themselves, in order.
    """

    units: pl.Series
    times: np.ndarray
    outcome: np.ndarray
    adopted: np.ndarray
    covariates: np.ndarray
    complete: CompleteFrame
    units_in: int
    warnings: tuple[str, ...]

    def without(self, unit: int) -> Panel:
        """The panel with one unit left out."""
        keep = np.arange(len(self.units)) != unit
        return replace(
            self,
            units=self.units.filter(pl.Series(keep)),
            outcome=self.outcome[keep],
            adopted=self.adopted[keep],
            covariates=self.covariates[keep],
        )

    @property
    def sizes(self) -> dict[str, int]:
        """units_in, units_used, treated, never."""
        treated = int((self.adopted >= 0).sum())
        used = len(self.units)
        return {"units_in": self.units_in, "units_used": used, "treated": treated, "never": used - treated}

    @property
    def cohorts(self) -> np.ndarray:
        """The adoption times that occur, as places, in order."""
        return np.unique(self.adopted[self.adopted >= 0])


def panel(
    frame: Frame, outcome: str, unit: str, time: str, adopted: str, covariates: Sequence[str], control: Control
) -> Panel:
    """Read a panel. Raises UsageError MODEL-01 to -05 (frame), -65 (not a panel), -66 (nothing to compare)."""
    asked = columns_of(frame, [outcome, unit, time, adopted, *covariates])
    if not asked.schema[adopted].is_numeric() and asked.schema[adopted] != pl.Null:
        raise UsageError("MODEL-03", f"Column {adopted} must hold times of adoption, or nothing.", "Convert it first.")
    when = pl.col(adopted).cast(pl.Float64)
    never = when.is_null() | when.is_nan() | when.is_infinite() | (when == NEVER)
    filled = asked.with_columns(pl.when(never).then(float(NEVER)).otherwise(when).alias(adopted))
    complete = replace(complete_frame(filled, asked.columns), library=library_of(frame))
    rows, units = complete.rows, grouping(complete.rows, unit)
    at, first = numbers(rows, time), numbers(rows, adopted)
    _refuse_no_panel(units, at, first, unit, time, adopted)
    times = np.unique(at)
    full = np.bincount(units.codes, minlength=units.size) == len(times)
    start = np.zeros(units.size)
    start[units.codes] = first
    early = (start != NEVER) & (start <= times[0])
    kept = full & ~early
    places = np.full((units.size, len(times)), -1)
    places[units.codes, np.searchsorted(times, at)] = np.arange(len(at))
    order = places[kept]
    values = [numbers(rows, name)[order] for name in covariates]
    made = Panel(
        units=units.levels.filter(pl.Series(kept)),
        times=times,
        outcome=numbers(rows, outcome)[order],
        adopted=_places(start[kept], times),
        covariates=np.stack(values, axis=2) if values else np.empty((*order.shape, 0)),
        complete=complete,
        units_in=int(units.size),
        warnings=_said(complete, units.size, int((~full).sum()), int((early & full).sum())),
    )
    _refuse_no_contrast(made, control)
    return made


def _places(start: np.ndarray, times: np.ndarray) -> np.ndarray:
    # Who adopts after the last time is not treated within the panel.
    places = np.searchsorted(times, start)
    return np.where((start == NEVER) | (places >= len(times)), -1, places)


def _refuse_no_panel(units: Grouping, at: np.ndarray, first: np.ndarray, unit: str, time: str, adopted: str) -> None:
    keys = np.column_stack([units.codes, at])
    low, high = np.full(units.size, np.inf), np.full(units.size, -np.inf)
    np.minimum.at(low, units.codes, first)
    np.maximum.at(high, units.codes, first)
    wrong = {
        f"{time} must count times in whole numbers.": bool((at % 1).any()),
        f"A {unit} has more than one row at a {time}.": len(np.unique(keys, axis=0)) < len(keys),
        f"A {unit} has more than one {adopted}.": bool((low != high).any()),
    }
    for sentence, holds in wrong.items():
        if holds:
            raise UsageError("MODEL-65", sentence, "Give one row a unit and time, and one time of adoption a unit.")


def _refuse_no_contrast(made: Panel, control: Control) -> None:
    treated, never = int((made.adopted >= 0).sum()), int((made.adopted < 0).sum())
    wrong = {
        "No unit adopts within the panel after its first time.": treated == 0,
        "No unit is never treated.": never == 0 and (control == "never" or len(made.cohorts) < 2),
        "The outcome is the same in every row.": made.outcome.size > 0 and float(np.ptp(made.outcome)) == 0,
    }
    for sentence, holds in wrong.items():
        if holds:
            raise UsageError("MODEL-66", sentence, "Widen the panel, or compare with units that adopt later.")


def _said(complete: CompleteFrame, units: int, ragged: int, early: int) -> tuple[str, ...]:
    said = {
        **dict.fromkeys(complete.said, True),
        f"{ragged} of {units} units are not seen at every time and were left out.": ragged,
        f"{early} of {units} units were treated from the first time on: nothing tells what they were before.": early,
    }
    return tuple(sentence for sentence, holds in said.items() if holds)
