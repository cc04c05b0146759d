"""Scores of different tests on one scale: where a pupil stands among all pupils of the same cohort and stage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl
from scipy import stats

from analysis.models.frame import Frame, complete_frame, numbers
from cohort.errors import UsageError

Scale = Literal["rank", "z"]

FEW = 30
"""Pupils of a cohort and stage below whom a relative score is mostly noise."""


@dataclass(frozen=True)
class Relative:
    """`frame` holds the columns named and `column`, the relative score: mean 0, SD about 1 in each cohort and stage."""

    frame: Frame
    column: str
    scale: Scale
    sentence: str
    n_in: int
    n_used: int
    warnings: tuple[str, ...]


def relative(
    frame: Frame, outcome: str, within: Sequence[str], keep: Sequence[str] = (), scale: Scale = "rank"
) -> Relative:
    """Each score's place among all pupils who share the columns `within` (cohort and stage).

    "rank": the normal quantile of the middle rank (Blom 1958: (rank - 3/8)/(n + 1/4)), ties sharing theirs; it
    survives a change of test, floors and ceilings but for the ties they make. "z": less the mean, over the SD. Give
    all pupils, not those with SEN alone: a gap is a place among all. Raises UsageError MODEL-01 to -05, MODEL-86.
    """
    if scale not in ("rank", "z") or isinstance(within, str) or not within:
        raise UsageError("MODEL-86", "The scale is rank or z, and within a list of columns.", "Name cohort and stage.")
    complete = complete_frame(frame, [outcome, *within, *keep])
    column = f"{outcome}_relative"
    y = pl.Series(column, numbers(complete.rows, outcome))
    rows = complete.rows.with_columns(y)
    alike = rows.group_by(within).agg(pl.col(column).min() == pl.col(column).max(), n=pl.len())
    if alike[column].any():
        raise UsageError(
            "MODEL-86", f"In some cohort and stage all have the same {outcome}: nobody has a place.", "Leave it out."
        )
    place = (pl.col(column).rank("average") - 0.375) / (pl.len() + 0.25)
    standard = (pl.col(column) - pl.col(column).mean()) / pl.col(column).std(ddof=0)
    rows = rows.with_columns((place if scale == "rank" else standard).over(within))
    if scale == "rank":
        rows = rows.with_columns(pl.Series(column, np.asarray(stats.norm.ppf(rows[column].to_numpy()))))
    small = int((alike["n"] < FEW).sum())
    said = {
        **dict.fromkeys(complete.said, True),
        f"{small} of {alike.height} cohorts and stages have fewer than {FEW} pupils.": small,
    }
    return Relative(
        frame=complete.give_back(rows),
        column=column,
        scale=scale,
        sentence=(
            f"Scores are places among all {complete.n_used} pupils given, within {' and '.join(within)}: a gap that "
            "stays the same means an equal distance in rank, not equal knowledge gained."
        ),
        n_in=complete.n_in,
        n_used=complete.n_used,
        warnings=tuple(sentence for sentence, holds in said.items() if holds),
    )
