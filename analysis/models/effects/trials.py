"""Trials within a record: sequential nested trials, and clones for strategies that leave a period of grace.

Sequential trials: Hernán et al. 2008 (Epidemiology 19:766), Danaei et al. 2013 (Stat. Methods Med. Res. 22:70).
Clone, censor, weight: Cain et al. 2010 (Int. J. Biostat. 6:18), Maringe et al. 2020 (Int. J. Epidemiol. 49:1719).
Both give everybody a strategy at time zero, so that no time is counted which somebody had to survive to be treated
(immortal time); the naive comparison beside them does count it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl

from analysis.models.effects.curves import Curve, Followed, Moved, contrasts, curve, risks
from analysis.models.effects.estimators import ESTIMANDS, Estimand, tilt
from analysis.models.effects.periods import (
    NEVER,
    Names,
    Panel,
    Starts,
    as_names,
    left_out,
    panel,
    refuse_roles,
    start_model,
)
from analysis.models.effects.problem import few_clusters, zero_one
from analysis.models.frame import Frame
from analysis.models.intervals import normal_quantile
from cohort.errors import UsageError

Contrast = Literal["itt", "per_protocol"]

LARGEST = 0.1
"""The share of a strategy's weight at time zero or later that one row may carry without a warning."""


@dataclass(frozen=True)
class TrialResult:
    """Risks of an outcome under two strategies, from a record in which anybody may start at any time.

    `.risks` (strategy, periods, estimate, se, low, high, at_risk, effective) is the risk by the end of each period
    since time zero; `.estimates` (method, contrast, estimate, se, low, high, n) compares them at the horizon, first
    strategy less (or over) second. The method `naive` compares those who were seen to start with those who were
    not, from time zero on: it counts immortal time and is shown as the wrong figure that it is. `.entries` has a
    row an entry into a trial: person, period, arm, weight, followed (periods), event, and the confounders there.
    """

    estimates: Frame
    risks: Frame
    entries: Frame
    strategies: tuple[str, str]
    persons: int
    clusters: int
    n_in: int
    n_used: int
    warnings: tuple[str, ...]


def sequential_trials(
    frame: Frame,
    person: str,
    period: str,
    treatment: str,
    outcome: str,
    confounders: Sequence[str],
    horizon: int,
    *,
    eligible: str | None = None,
    contrast: Contrast = "itt",
    estimand: Estimand = "ate",
    cluster: str | None = None,
    knots: int = 4,
    level: float = 0.95,
) -> TrialResult:
    """A trial begins in every period: those who may start (and had not) enter it, whether they then start or not.

    `frame` has a row a person and period: `treatment` is 1 from the start on, `outcome` 1 in its period, and both
    come after the confounders of that period. `eligible` (0/1) says who may enter then. Everybody is followed for
    `horizon` periods, or until the outcome or the end of the person's rows. `itt` compares starting with not
    starting then, whatever comes later; `per_protocol` with not starting at all, by ending a person's following at
    a later start and weighting those who go on. Errors follow `cluster`, or persons.

    Raises UsageError: as `clone_censor_weight` does.
    """
    names = Names(person, period, treatment, outcome, as_names(confounders), cluster, eligible)
    refuse_roles(names, horizon)
    if contrast not in ("itt", "per_protocol") or estimand not in ESTIMANDS:
        raise UsageError("MODEL-06", "contrast is itt or per_protocol; estimand ate, att or ato.", "Leave them out.")
    normal_quantile(level)
    data = panel(frame, names)
    may = zero_one(data.rows, eligible, "MODEL-55") == 1 if eligible else np.ones(data.n, bool)
    waiting = data.period <= data.starts
    enters = may & waiting
    starts = start_model(data, names, waiting if contrast == "per_protocol" else enters, knots)
    entry = np.flatnonzero(enters)
    pair = [_trial_arm(data, starts, entry, arm, horizon, contrast, estimand) for arm in (1, 0)]
    seen = data.starts[entry] < NEVER
    first = np.r_[True, np.diff(data.first[entry]) != 0]
    ever = [_plain(data, entry[first & (seen == arm)], horizon) for arm in (True, False)]
    return _told(data, names, starts, ("start", "do not start"), pair, ever, horizon, level, entry)


def _trial_arm(
    data: Panel, starts: Starts, entry: np.ndarray, arm: int, horizon: int, contrast: Contrast, estimand: Estimand
) -> Followed:
    mine = entry[(data.period == data.starts)[entry] == bool(arm)]
    zero, row, since = _spread(data, mine, horizon)
    chance = starts.chance[zero]
    h, slope = tilt(estimand, chance)
    weight = h / (chance if arm else 1 - chance)
    by = (1 - chance) * (slope * chance / h - 1) if arm else chance * (slope * (1 - chance) / h + 1)
    if contrast == "itt" or arm:
        return Followed(row, since, weight, (Moved(starts.x, zero, by),))
    kept = data.period[row] < data.starts[row]
    zero, row, since, weight, by = zero[kept], row[kept], since[kept], weight[kept], by[kept]
    log, slopes = _waited(starts)
    one = np.ones(len(row))
    moved = (Moved(starts.x, zero, by), Moved(slopes, row, one), Moved(slopes, zero, -one))
    return Followed(row, since, weight * np.exp(log[row] - log[zero]), moved)


def clone_censor_weight(
    frame: Frame,
    person: str,
    period: str,
    treatment: str,
    outcome: str,
    confounders: Sequence[str],
    grace: int,
    horizon: int,
    *,
    cluster: str | None = None,
    knots: int = 4,
    level: float = 0.95,
) -> TrialResult:
    """Starting within `grace` periods of time zero against not starting within them.

    A person's time zero is the first row. Nobody can be told apart then, so everybody is followed under both
    strategies (cloned) until what they do breaks one of them, and those who go on are weighted for those who broke
    off: under the first strategy that is settled in the last period of grace, under the second in each of them.
    `frame` is that of `sequential_trials`.

    Raises UsageError: MODEL-01 to -05 and -14 (frame), -06 (arguments), -09 and -50 (not 0/1), -15 (a column in
    two roles), -52 (no overlap), -53 (fewer than three clusters), -55 (gaps, doubles, a treatment that ends), -56
    (nobody starts, or nobody waits).
    """
    names = Names(person, period, treatment, outcome, as_names(confounders), cluster)
    refuse_roles(names, horizon)
    if not (isinstance(grace, int) and 1 <= grace <= horizon):
        raise UsageError("MODEL-06", "grace is a number of periods from 1 to the horizon.", "Give grace=20 for weeks.")
    normal_quantile(level)
    data = panel(frame, names)
    since = data.period - data.period[data.first]
    starts = start_model(data, names, (data.period <= data.starts) & (since < grace), knots)
    entry = np.unique(data.first)
    took = data.starts - data.period[data.first]
    pair = [_early(data, starts, entry, took, grace, horizon), _late(data, starts, entry, took, grace, horizon)]
    early = took[entry] < grace
    seen = [_plain(data, entry[early == arm], horizon) for arm in (True, False)]
    strategies = (f"start within {grace}", f"do not start within {grace}")
    return _told(data, names, starts, strategies, pair, seen, horizon, level, entry)


def _early(data: Panel, starts: Starts, entry: np.ndarray, took: np.ndarray, grace: int, horizon: int) -> Followed:
    zero, row, since = _spread(data, entry, horizon)
    kept = (since < grace - 1) | (took[row] < grace)
    zero, row, since = zero[kept], row[kept], since[kept]
    # Only those who start in the last period of grace stand for others: for those who would have had to start then.
    pressed = (since >= grace - 1) & (took[row] == grace - 1)
    settled = np.where(pressed, zero + grace - 1, row)
    chance = np.where(pressed, starts.chance[settled], 1.0)
    return Followed(row, since, 1 / chance, (Moved(starts.x, settled, chance - 1),))


def _late(data: Panel, starts: Starts, entry: np.ndarray, took: np.ndarray, grace: int, horizon: int) -> Followed:
    zero, row, since = _spread(data, entry, horizon)
    kept = (took[row] >= grace) | (since < took[row])
    zero, row, since = zero[kept], row[kept], since[kept]
    log, slopes = _waited(starts)
    until = zero + np.minimum(since, grace - 1)
    own, one = starts.chance[zero], np.ones(len(row))
    moved = (Moved(slopes, until, one), Moved(slopes, zero, -one), Moved(starts.x, zero, own))
    return Followed(row, since, np.exp(log[until] - log[zero]) / (1 - own), moved)


def _waited(starts: Starts) -> tuple[np.ndarray, np.ndarray]:
    """Running sums over rows of the log weight of waiting, and of its derivative."""
    log = np.cumsum(-np.log1p(-starts.chance))
    return log, np.cumsum(starts.chance[:, None] * starts.x, axis=0)


def _spread(data: Panel, entry: np.ndarray, horizon: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of each person-period followed: the row of time zero, its own row, and the periods between."""
    length = np.minimum(data.last[entry] - entry + 1, horizon)
    zero = np.repeat(entry, length)
    since = np.arange(len(zero)) - np.repeat(np.cumsum(length) - length, length)
    return zero, zero + since, since


def _plain(data: Panel, entry: np.ndarray, horizon: int) -> Followed:
    _, row, since = _spread(data, entry, horizon)
    return Followed(row, since, np.ones(len(row)))


def _told(
    data: Panel,
    names: Names,
    starts: Starts,
    strategies: tuple[str, str],
    pair: list[Followed],
    seen: list[Followed],
    horizon: int,
    level: float,
    entry: np.ndarray,
) -> TrialResult:
    both: list[Curve] = [curve(data, starts, followed, horizon) for followed in pair]
    plain = [curve(data, None, followed, horizon) for followed in seen]
    counted = {"weighted": (both, len(entry)), "naive": (plain, int(sum(c.at_risk[0] for c in plain)))}
    rows = [row for name, (c, n) in counted.items() for row in contrasts(name, c, data.clusters, level, n)]
    types = {"method": pl.String, "contrast": pl.String, "estimate": pl.Float64, "se": pl.Float64}
    types |= {"low": pl.Float64, "high": pl.Float64, "n": pl.Int64}
    back = data.complete.give_back
    return TrialResult(
        estimates=back(pl.DataFrame(rows, types, orient="row")),
        risks=back(risks(dict(zip(strategies, both, strict=True)), data.clusters, level)),
        entries=back(_entries(data, names, entry, horizon)),
        strategies=strategies,
        persons=len(np.unique(data.first[entry])),
        clusters=data.clusters,
        n_in=data.complete.n_in,
        n_used=data.n,
        warnings=tuple(_warnings(data, names, pair, both, strategies, entry, horizon)),
    )


def _entries(data: Panel, names: Names, entry: np.ndarray, horizon: int) -> pl.DataFrame:
    end = np.minimum(data.last[entry], entry + horizon - 1)
    taken = list(dict.fromkeys([names.person, names.period, *names.confounders]))
    further = [names.cluster] if names.cluster and names.cluster not in taken else []
    return (
        data.rows[entry]
        .select(*taken, *further)
        .with_columns(
            arm=pl.Series((data.period == data.starts)[entry]),
            followed=pl.Series(end - entry + 1),
            event=pl.Series(data.event[end].astype(np.int8)),
        )
    )


def _warnings(
    data: Panel,
    names: Names,
    pair: list[Followed],
    both: list[Curve],
    strategies: tuple[str, str],
    entry: np.ndarray,
    horizon: int,
) -> list[str]:
    said = left_out(data) + (few_clusters(data.clusters) if names.cluster else [])
    end = np.minimum(data.last[entry], entry + horizon - 1)
    leave = int(((end - entry + 1 < horizon) & (data.event[end] == 0)).sum())
    if leave:
        said.append(f"{leave} of {len(entry)} entries end before the horizon without the outcome: taken as by chance.")
    for name, followed, made in zip(strategies, pair, both, strict=True):
        if not made.at_risk.all():
            said.append(f"Nobody is left under '{name}' before the horizon: its risk there is a lower bound.")
        heaviest = followed.weight / np.bincount(followed.since, followed.weight, horizon)[followed.since]
        if len(entry) >= 100 and heaviest.max() > LARGEST:
            said.append(f"One row carries {heaviest.max():.0%} of the weight under '{name}': its risk hangs on it.")
    return said
