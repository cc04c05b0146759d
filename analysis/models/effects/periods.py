"""Persons over periods: who had started by when, what befell them, and how likely each start was.

Within a period the order is: confounders as they stand, then the start of treatment, then the outcome. A start is
for good: once started, always treated.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from analysis.models.effects import glm
from analysis.models.effects.problem import refuse_few_clusters, zero_one
from analysis.models.effects.splines import bend
from analysis.models.frame import CompleteFrame, Frame, complete_frame, design, grouping
from cohort.errors import UsageError

NEVER = np.iinfo(np.int64).max // 2
"""The period in which those start who never do."""


@dataclass(frozen=True)
class Names:
    """Which columns play which part."""

    person: str
    period: str
    treatment: str
    outcome: str
    confounders: tuple[str, ...]
    cluster: str | None = None
    eligible: str | None = None

    @property
    def every(self) -> list[str]:
        """All of them."""
        further = [name for name in (self.cluster, self.eligible) if name]
        return [self.person, self.period, self.treatment, self.outcome, *self.confounders, *further]


@dataclass(frozen=True)
class Panel:
    """n rows of person and period, in order; a row follows another of its person one period later.

    `event` is 1 in the period of the outcome, a person's last row; `starts` is the period of the person's start
    (NEVER where there is none); `first` and `last` the places of the person's first and last rows.
    """

    rows: pl.DataFrame
    period: np.ndarray
    event: np.ndarray
    starts: np.ndarray
    first: np.ndarray
    last: np.ndarray
    cluster: np.ndarray
    clusters: int
    after: int
    complete: CompleteFrame

    @property
    def n(self) -> int:
        """How many rows."""
        return len(self.period)


@dataclass(frozen=True)
class Starts:
    """A pooled logistic model of who starts in a period among those who had not.

    `chance` (n) is 0 in rows outside the model; so are the rows of `x` (n × q) and of `score` (n × q).
    """

    chance: np.ndarray
    x: np.ndarray
    score: np.ndarray
    inverse: np.ndarray


def panel(frame: Frame, names: Names) -> Panel:
    """A person-period frame taken apart. Rows after a person's outcome are left out and counted (`after`).

    Raises UsageError: MODEL-01 to -05 (frame), -09 (outcome not 0/1), -50 (treatment not 0/1), -53 (clusters), -55
    (gaps, doubles, periods that are no whole numbers, a treatment that ends).
    """
    complete = complete_frame(frame, names.every)
    if not complete.rows.schema[names.period].is_integer():
        raise UsageError("MODEL-55", f"Periods in {names.period} must be whole numbers.", "Number them in order.")
    rows = complete.rows.sort(names.person, names.period)
    event, treated = zero_one(rows, names.outcome, "MODEL-09"), zero_one(rows, names.treatment, "MODEL-50")
    person = grouping(rows, names.person).codes
    before = np.cumsum(event) - event
    past = before > np.repeat(before[_begins(person)], _sizes(person))
    if past.any():
        rows, event, treated, person = rows.filter(pl.Series(~past)), event[~past], treated[~past], person[~past]
    period = rows[names.period].cast(pl.Int64).to_numpy()
    _refuse_broken(names, person, period, treated)
    begins, sizes = _begins(person), _sizes(person)
    starts = np.minimum.reduceat(np.where(treated == 1, period, NEVER), begins)
    cluster, clusters = _clusters(rows, names, person)
    return Panel(
        rows,
        period,
        event,
        starts=np.repeat(starts, sizes),
        first=np.repeat(begins, sizes),
        last=np.repeat(begins + sizes - 1, sizes),
        cluster=cluster,
        clusters=clusters,
        after=int(past.sum()),
        complete=complete,
    )


def _begins(person: np.ndarray) -> np.ndarray:
    return np.flatnonzero(np.r_[True, np.diff(person) != 0])


def _sizes(person: np.ndarray) -> np.ndarray:
    return np.diff(np.r_[_begins(person), len(person)])


def left_out(panel: Panel) -> list[str]:
    """The sentences about rows that were left out."""
    after = [f"{panel.after} rows lie after their person's outcome and were left out."] if panel.after else []
    return [*panel.complete.said, *after]


def _refuse_broken(names: Names, person: np.ndarray, period: np.ndarray, treated: np.ndarray) -> None:
    same = np.diff(person) == 0
    if np.any(np.diff(period)[same] != 1):
        raise UsageError(
            "MODEL-55",
            f"Periods in {names.period} have gaps or doubles within a person (rows that lack a value make gaps too).",
            "Give one row a person and period, without gaps, and end a person's rows where following ends.",
        )
    if np.any(np.diff(treated)[same] < 0):
        raise UsageError(
            "MODEL-55",
            f"Treatment in {names.treatment} ends again for some: a start has to be for good.",
            "Set it to 1 from the first start on: the question is then about having started.",
        )


def _clusters(rows: pl.DataFrame, names: Names, person: np.ndarray) -> tuple[np.ndarray, int]:
    if names.cluster is None:
        refuse_few_clusters(int(person.max()) + 1)
        return person, int(person.max()) + 1
    groups = grouping(rows, names.cluster)
    refuse_few_clusters(groups.size)
    return groups.codes, groups.size


def start_model(panel: Panel, names: Names, among: np.ndarray, knots: int) -> Starts:
    """Fit it on the rows `among` (a mask), which are rows of persons who had not started before.

    Each period has a chance of its own to start, where in each some do and some do not; else it bends with time.
    Raises UsageError MODEL-52 where confounders foretell the start, MODEL-56 where nobody starts or nobody waits.
    """
    starting = (panel.period == panel.starts)[among].astype(float)
    if len(np.unique(starting)) < 2:
        raise UsageError(
            "MODEL-56", "Among those who may start, nobody does, or nobody waits.", "Widen the population or the time."
        )
    rows = panel.rows.filter(pl.Series(among))
    bent, terms = bend(rows.drop(names.period), names.confounders, knots)
    bent, clock = _with_clock(bent, panel.period[among], starting, knots)
    made = design(bent, [*clock, *terms])
    fit = glm.logistic(made.standard, starting)
    if not fit.converged:
        raise UsageError(
            "MODEL-52",
            "Confounders foretell who starts: some have nobody to be compared with (no overlap).",
            "Leave them out of the population, merge levels, or leave out what decides the start.",
        )
    chance, x = np.zeros(panel.n), np.zeros((panel.n, len(made.terms)))
    chance[among], x[among] = fit.predict(made.standard), made.standard
    score = np.zeros_like(x)
    score[among] = made.standard * (starting - chance[among])[:, None]
    return Starts(chance, x, score, fit.inverse)


def _with_clock(
    rows: pl.DataFrame, period: np.ndarray, starting: np.ndarray, knots: int
) -> tuple[pl.DataFrame, list[str]]:
    since = period - period.min()
    share = np.bincount(since, starting)[since] / np.bincount(since)[since]
    if np.all((share > 0) & (share < 1)):
        return rows.with_columns(pl.Series("(period)", since).cast(pl.String)), ["(period)"]
    return bend(rows.with_columns(pl.Series("(period)", since)), ["(period)"], knots)


def refuse_roles(names: Names, horizon: int) -> None:
    """Raise UsageError MODEL-06 or -15 for what cannot be meant."""
    if not names.confounders or not (isinstance(horizon, int) and horizon >= 1):
        raise UsageError(
            "MODEL-06",
            "confounders are a list of at least one column, and horizon is a number of periods from 1.",
            "See analysis.models.causal.",
        )
    parts = [names.person, names.period, names.treatment, names.outcome]
    twice = {name for name in parts if parts.count(name) > 1} | ({*names.confounders} & {*parts, names.cluster})
    if twice:
        raise UsageError(
            "MODEL-15",
            f"A column cannot play two roles: {', '.join(sorted(filter(None, twice)))}.",
            "Person, period, treatment, outcome, cluster and confounders are different columns; time is adjusted for.",
        )


def as_names(names: Sequence[str]) -> tuple[str, ...]:
    """Column names as a tuple."""
    return tuple(dict.fromkeys(names))
