"""Proportional hazards: of an event (Cox), or of its cumulative incidence (Fine–Gray)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import polars as pl
from scipy import stats

from analysis.models.event_time.clusters import Clusters, clusters, limits
from analysis.models.event_time.curvature import inverse
from analysis.models.event_time.partial import FAR_OUT, Carried, Partial, State, disproportion, maximise, prepare
from analysis.models.event_time.spells import Spells, single, spells
from analysis.models.frame import Design, Frame, Library, design, give_back, numbers
from analysis.models.intervals import normal_quantile
from cohort.errors import UsageError

FEW_EVENTS = 10
"""Events a term below which coefficients are biased away from zero (Peduzzi et al. 1995)."""


@dataclass(frozen=True)
class ProportionalResult:
    """A fitted model of proportional hazards. Tables are frames of the kind that was given.

    `log_likelihood` is partial, at the coefficients; `events` counts events, `clusters` clusters (rows, where none
    were named); `kind_of_error` says where standard errors come from. `n_in` and `n_used` count rows before and after
    incomplete ones were left out, `dropped` in which columns. `warnings` are sentences for the reader.
    """

    level: float
    n_in: int
    n_used: int
    dropped: Mapping[str, int]
    events: int
    clusters: int
    kind_of_error: str
    log_likelihood: float
    converged: bool
    warnings: tuple[str, ...]
    _coefficients: pl.DataFrame = field(repr=False)
    _state: State = field(repr=False)
    _terms: tuple[str, ...] = field(repr=False)
    _library: Library = field(repr=False)

    @property
    def coefficients(self) -> Frame:
        """term, estimate, se, low, high (log hazard ratio), ratio, ratio_low, ratio_high; null if not estimable."""
        return give_back(self._coefficients, self._library)

    @property
    def proportionality(self) -> Frame:
        """term, chi2, df, p: does the effect of a term change with time? The last row, `(all)`, is of all terms.

        Score tests against time itself, which rest on the model's own errors, not on clusters.
        """
        each, every = disproportion(self._state, self._state.data.times)
        chi2, df = np.append(each, every), np.append(np.ones(len(each)), len(each))
        names = [*self._terms, "(all)"]
        table = pl.DataFrame({"term": names, "chi2": chi2, "df": df.astype(np.int64), "p": stats.chi2.sf(chi2, df)})
        return give_back(table, self._library)


def cox(
    frame: Frame,
    time: str,
    event: str,
    fixed: Sequence[str],
    entry: str | None = None,
    cluster: str | None = None,
    weights: str | None = None,
    level: float = 0.95,
) -> ProportionalResult:
    """Fit Cox's model to one kind of event, ties after Efron.

    With `entry`, rows are at risk after it only, so that a person may have several rows in which covariates change:
    that is how an exposure is taken up in time. `cluster` gives errors that hold within clusters (G/(G - 1) times
    R's, t with G - 1 df); name the person's id for several rows a person, or the authority. With `weights` (of
    sampling, or against attrition) errors are robust even without it.

    Raises UsageError: MODEL-01 to -06, -14, -15 (frame, arguments), -40 (no event), -41, -42 (impossible times), -43
    (several kinds of event), -44 (no term, or weights not above 0), -45 (a hazard ratio without bound), -46 (one
    cluster).
    """
    _refuse_arguments(fixed, level)
    ends = spells(frame, time, event, entry, [*fixed, *([cluster] if cluster else []), *([weights] if weights else [])])
    happened = single(ends, event)
    weight = _weights(ends.complete.rows, weights)
    x = _terms(ends.complete.rows, fixed)
    data = prepare(ends.entry, ends.exit, happened, x.standard[:, 1:], weight)
    robust = cluster is not None or weights is not None
    return _result(ends, data, x, cluster, level, robust)


def fine_gray(
    frame: Frame, time: str, event: str, fixed: Sequence[str], of: Any, cluster: str | None = None, level: float = 0.95
) -> ProportionalResult:
    """Fit Fine and Gray's model: how covariates move the cumulative incidence of the event `of` among others.

    Its ratios say in which direction a chance moves, not how fast those still at risk have the event: report `cox`
    of each kind beside it. Who had another event stays at risk with the weight of not having been censored since
    (as R's finegray); errors are robust, by row or by cluster. Late entry is not taken.

    Raises UsageError as `cox`, and MODEL-43 where `of` is not among the events, or is the only one.
    """
    _refuse_arguments(fixed, level)
    ends = spells(frame, time, event, None, [*fixed, *([cluster] if cluster else [])])
    if of not in ends.kinds or len(ends.kinds) < 2:
        raise UsageError(
            "MODEL-43",
            f"Fine and Gray's model takes one of several kinds of event in {event}; there are {len(ends.kinds)}.",
            "Name in `of` one that happened; with a single kind use cox.",
        )
    happened = ends.kind == ends.kinds.index(of)
    x = _terms(ends.complete.rows, fixed)
    data = prepare(ends.entry, ends.exit, happened, x.standard[:, 1:], np.ones(ends.complete.n_used))
    other = np.flatnonzero((ends.kind >= 0) & ~happened)
    stay = _uncensored(ends.exit, ends.kind < 0, np.concatenate([data.times, ends.exit[other]]))
    carried = Carried(other, stay[: len(data.times)], stay[len(data.times) :])
    return _result(ends, replace(data, carried=carried), x, cluster, level, robust=True)


def _refuse_arguments(fixed: Sequence[str], level: float) -> None:
    normal_quantile(level)
    if isinstance(fixed, str):
        raise UsageError("MODEL-06", "fixed is a list of column names, not one name.", "Put it in brackets.")


def _terms(rows: pl.DataFrame, fixed: Sequence[str]) -> Design:
    x = design(rows, fixed)
    if len(x.terms) < 2:
        raise UsageError(
            "MODEL-44",
            "No column of fixed varies: there is nothing to compare.",
            "Name one with two levels or more among the complete rows.",
        )
    return x


def _weights(rows: pl.DataFrame, column: str | None) -> np.ndarray:
    if column is None:
        return np.ones(rows.height)
    weight = numbers(rows, column)
    if (weight <= 0).any():
        raise UsageError("MODEL-44", f"Weights of {column} must be above 0.", "Leave out rows that do not count.")
    return weight


def _uncensored(until: np.ndarray, censored: np.ndarray, times: np.ndarray) -> np.ndarray:
    """Kaplan–Meier of not being censored just before each of the times; in a tie events come before censoring."""
    lost, count = np.unique(until[censored], return_counts=True)
    ended = np.sort(until[~censored])
    there = len(until) - np.searchsorted(np.sort(until), lost, side="left")
    first = np.searchsorted(ended, lost, side="right") - np.searchsorted(ended, lost, side="left")
    stayed = np.concatenate([[1.0], np.cumprod(1 - count / (there - first))])
    return stayed[np.searchsorted(lost, times, side="left")]


def _result(
    ends: Spells, data: Partial, x: Design, cluster: str | None, level: float, robust: bool
) -> ProportionalResult:
    beta, state, arrived = maximise(data)
    curved, unknown = inverse(state.information())
    _refuse_unbounded(unknown | (np.abs(beta) > FAR_OUT / 2), arrived, x)
    complete, groups = ends.complete, clusters(ends.complete.rows, cluster)
    covariance = groups.covariance(state.residuals() @ curved) if robust else curved
    events = int(data.event.sum())
    kind = f"robust, clusters of {cluster}" if cluster else "robust, rows" if robust else "model"
    return ProportionalResult(
        level=level,
        n_in=complete.n_in,
        n_used=complete.n_used,
        dropped=complete.dropped,
        events=events,
        clusters=groups.size,
        kind_of_error=kind,
        log_likelihood=state.log_likelihood,
        converged=arrived,
        warnings=tuple(_warnings(ends, x, events, groups, cluster)),
        _coefficients=_table(beta / x.scale[1:], np.sqrt(np.diag(covariance)) / x.scale[1:], x, groups.quantile(level)),
        _state=state,
        _terms=x.terms[1:],
        _library=complete.library,
    )


def _refuse_unbounded(far: np.ndarray, arrived: bool, x: Design) -> None:
    if not arrived or far.any():
        columns = dict.fromkeys(term.partition("[")[0] for term, out in zip(x.terms[1:], far, strict=True) if out)
        raise UsageError(
            "MODEL-45",
            f"A hazard ratio has no bound: {', '.join(columns) or 'a column'} foretells who has the event, or when.",
            "Merge levels in which nobody or everybody has the event, or leave the column out.",
        )


def _table(estimate: np.ndarray, se: np.ndarray, x: Design, reach: float) -> pl.DataFrame:
    known = pl.DataFrame({"term": x.terms[1:], "estimate": estimate, "se": se})
    table = pl.DataFrame({"term": x.all_terms[1:]}).join(known, on="term", how="left", maintain_order="left")
    ratios = {"ratio": "estimate", "ratio_low": "low", "ratio_high": "high"}
    return limits(table, reach).with_columns(pl.col(of).exp().alias(name) for name, of in ratios.items())


def _warnings(ends: Spells, x: Design, events: int, groups: Clusters, cluster: str | None) -> list[str]:
    terms = len(x.terms) - 1
    said = {
        **dict.fromkeys(ends.complete.said, True),
        f"Not estimated, because the terms before them explain them wholly: {', '.join(x.aliased)}.": x.aliased,
        f"{events} events for {terms} terms: ratios lean away from 1.": events < FEW_EVENTS * terms,
    }
    return [*(sentence for sentence, holds in said.items() if holds), *groups.warnings(cluster)]
