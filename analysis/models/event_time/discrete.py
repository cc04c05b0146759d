"""Discrete-time hazards: of a first record, a plan, NEET, by term or year, and the chance by an age that they make.

A hazard ratio is not collapsible and means little to a parent; the standardised chance is what is reported: everybody
is given each level of a column in turn, and chances by the period are averaged over the same people. Its error is
that of stacked estimating equations (Stefanski & Boos 2002, Am. Stat. 56:29): of the coefficients and of the people
averaged over, together, by cluster.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import polars as pl
from scipy import stats

from analysis.models.event_time import binary
from analysis.models.event_time.binary import Fitted, Link
from analysis.models.event_time.clusters import Clusters, clusters, limits
from analysis.models.event_time.periods import KNOTS, Baseline, Clock, clock, expand, look_back, refuse_given
from analysis.models.event_time.spells import endings
from analysis.models.event_time.standard import Standard, average, column_of
from analysis.models.frame import CompleteFrame, Design, Frame, Library, complete_frame, design, give_back, numbers
from analysis.models.intervals import normal_quantile
from cohort.errors import UsageError

Rows = Literal["person", "period"]

FINE = 0.1
"""Share of rows that differ in one column above which rows are not put together."""


@dataclass(frozen=True)
class Cells:
    """Rows of like period, covariates and cluster in one: `table` holds them, `events` and `trials` are counts."""

    table: pl.DataFrame
    events: np.ndarray
    trials: np.ndarray
    clusters: Clusters
    period: np.ndarray


@dataclass(frozen=True)
class DiscreteHazardResult:
    """A fitted discrete-time hazard. Tables are frames of the kind that was given.

    `n_in` and `n_used` count rows given before and after incomplete ones were left out, `dropped` in which columns;
    `periods` counts rows of one person and period, `events` events, `clusters` clusters. `kind_of_error` says where
    standard errors come from. `warnings` are sentences for the reader.
    """

    link: Link
    level: float
    n_in: int
    n_used: int
    dropped: Mapping[str, int]
    periods: int
    events: int
    clusters: int
    kind_of_error: str
    converged: bool
    warnings: tuple[str, ...]
    _cells: Cells = field(repr=False)
    _design: Design = field(repr=False)
    _fit: Fitted = field(repr=False)
    _clock: Clock = field(repr=False)
    _standard: Standard = field(repr=False)
    _library: Library = field(repr=False)

    @property
    def coefficients(self) -> Frame:
        """term, estimate, se, low, high, ratio, ratio_low, ratio_high; null where a term could not be estimated.

        Ratios are of hazards (cloglog) or of odds of the event in a period (logit).
        """
        known = pl.DataFrame(
            {"term": self._design.terms, "estimate": self._beta, "se": np.sqrt(np.diag(self._covariance))}
        )
        table = pl.DataFrame({"term": self._design.all_terms}).join(known, on="term", how="left", maintain_order="left")
        ratios = {"ratio": "estimate", "ratio_low": "low", "ratio_high": "high"}
        shown = limits(table, self._cells.clusters.quantile(self.level))
        return self._give_back(shown.with_columns(pl.col(of).exp().alias(name) for name, of in ratios.items()))

    @property
    def fit_by_period(self) -> Frame:
        """period, at_risk, observed, expected, ratio: events by period beside those that the model expects."""
        expected = self._cells.trials * self._fit.chance
        table = pl.DataFrame(
            {
                "period": self._cells.period,
                "at_risk": self._cells.trials,
                "observed": self._cells.events,
                "expected": expected,
            }
        )
        summed = table.group_by("period").sum().sort("period")
        return self._give_back(summed.with_columns(ratio=pl.col("observed") / pl.col("expected")))

    def risk(self, times: Sequence[int], by: str | None = None) -> Frame:
        """time, by, estimate, se, low, high: standardised chance of the event by the end of given periods.

        `by` names one of the fixed columns: its levels (or, of numbers, its values, ten at most) are given to all in
        turn. Limits are of the log odds. Raises UsageError MODEL-48 where covariates change in time, or `by` cannot
        be given to all.
        """
        levels, estimate, influence = self._averages(times, by)
        se = np.sqrt(np.diag(influence))
        inner = np.where((estimate > 0) & (estimate < 1), estimate, np.nan)
        half = self._cells.clusters.quantile(self.level) * se / (inner * (1 - inner))
        middle = np.log(inner / (1 - inner))
        table = self._labelled(times, levels).with_columns(
            estimate=pl.Series(estimate),
            se=pl.Series(se),
            low=pl.Series(1 / (1 + np.exp(half - middle))).fill_nan(None),
            high=pl.Series(1 / (1 + np.exp(-half - middle))).fill_nan(None),
        )
        return self._give_back(table)

    def risk_difference(self, times: Sequence[int], by: str) -> Frame:
        """time, by, against, estimate, se, low, high: standardised chances of each level less the first level's."""
        levels, estimate, covariance = self._averages(times, by)
        count = len(list(times))
        against = np.tile(np.arange(count), len(levels) - 1)
        own = np.arange(count, len(estimate))
        turn = np.zeros((len(own), len(estimate)))
        turn[np.arange(len(own)), own] = 1
        turn[np.arange(len(own)), against] = -1
        table = self._labelled(times, levels)[count:].with_columns(
            against=pl.lit(levels[0]),
            estimate=pl.Series(turn @ estimate),
            se=pl.Series(np.sqrt(np.diag(turn @ covariance @ turn.T))),
        )
        return self._give_back(limits(table, self._cells.clusters.quantile(self.level)))

    def time_interaction(self, column: str) -> Frame:
        """test, statistic, df, p: does the effect of a fixed column change with the period? A Wald test."""
        terms = [k for k, t in enumerate(self._design.terms) if t == column or t.startswith(f"{column}[")]
        if not terms:
            raise UsageError("MODEL-02", f"The model has no estimable term of {column}.", "Name a column of fixed.")
        period = self._cells.period - self._cells.period.mean()
        added = self._design.standard[:, terms] * (period / max(period.std(), 1e-12))[:, None]
        return self._wald(f"{column} × time", np.column_stack([self._design.standard, added]), len(terms))

    def link_test(self) -> Frame:
        """test, statistic, df, p: does the square of the linear predictor add to it (Pregibon 1980)?"""
        linear = self._design.standard @ self._fit.beta
        spread = (linear - linear.mean()) / max(linear.std(), 1e-12)
        return self._wald("link", np.column_stack([np.ones(len(linear)), spread, spread**2]), 1)

    @property
    def _beta(self) -> np.ndarray:
        return self._design.to_own_units @ self._fit.beta

    @property
    def _influence(self) -> np.ndarray:
        return self._fit.scores @ self._fit.inverse @ self._design.to_own_units.T

    @property
    def _covariance(self) -> np.ndarray:
        own = self._design.to_own_units
        if self._cells.clusters.codes is None:
            return own @ self._fit.inverse @ own.T
        return self._cells.clusters.covariance(self._influence)

    def _averages(self, times: Sequence[int], by: str | None) -> tuple[list, np.ndarray, np.ndarray]:
        levels = self._standard.levels(by)
        found = average(self._standard, self._clock, self._beta, self.link, np.asarray(times), by, levels)
        share = self._standard.clusters
        if share.codes is None:
            own = found.gradient @ self._covariance @ found.gradient.T
            return levels, found.chance, own + found.between
        sums = self._cells.clusters.summed(self._influence) @ found.gradient.T + found.by_cluster
        return levels, found.chance, sums.T @ sums * share.size / (share.size - 1)

    def _labelled(self, times: Sequence[int], levels: list) -> pl.DataFrame:
        count = len(list(times))
        by = [level for level in levels for _ in range(count)]
        return pl.DataFrame(
            {"time": list(times) * len(levels), "by": pl.Series(by, dtype=pl.String if by[0] is None else None)}
        )

    def _wald(self, name: str, x: np.ndarray, added: int) -> Frame:
        c = self._cells
        refit = binary.fit(x, c.events, c.trials, self.link)
        robust = c.clusters.codes is not None
        covariance = c.clusters.covariance(refit.scores @ refit.inverse) if robust else refit.inverse
        beta, part = refit.beta[-added:], covariance[-added:, -added:]
        statistic = float(beta @ np.linalg.lstsq(part, beta, rcond=None)[0])
        p = stats.f.sf(statistic / added, added, c.clusters.size - 1) if robust else stats.chi2.sf(statistic, added)
        table = pl.DataFrame({"test": [name], "statistic": [statistic], "df": [added], "p": [float(p)]})
        if not refit.converged:
            table = table.with_columns(statistic=pl.lit(None, pl.Float64), p=pl.lit(None, pl.Float64))
        return self._give_back(table)

    def _give_back(self, table: pl.DataFrame) -> Frame:
        return give_back(table, self._library)


def discrete_hazard(
    frame: Frame,
    id: str,
    time: str,
    event: str,
    fixed: Sequence[str] = (),
    entry: str | None = None,
    link: Link = "cloglog",
    baseline: Baseline = "step",
    knots: int = 4,
    lagged: Sequence[str] = (),
    cluster: str | None = None,
    weights: str | None = None,
    rows: Rows = "person",
    level: float = 0.95,
) -> DiscreteHazardResult:
    """Fit the hazard of one kind of event by period on `fixed` columns.

    With `rows="person"` there is a row a person: `time` is the last period (from 1) in which it was watched, `event`
    whether it happened then, `entry` how many periods had passed when watching began. With `rows="period"` there is
    a row a person and period, and columns may change in time; those named under `lagged` count with their value of
    the period before, and a person's first row is then left out. `baseline` is a step a period, or a restricted cubic
    spline with `knots`. With `cluster`, errors are robust and t with G - 1 df; with `weights` they are robust by
    person, at least. Another event in the way is coded as none: the chance is then that of a world without it.

    Raises UsageError: MODEL-01 to -07, -14, -15 (frame, arguments), -40 (no event), -41, -42 (impossible periods),
    -43 (several kinds of event), -44 (weights, spline), -45 (a term without bound), -46 (one cluster), -47 (rows that
    are not of one person, or period).
    """
    cluster = id if weights and cluster is None else cluster
    _refuse_arguments(fixed, lagged, link, baseline, knots, rows, entry, level)
    roles = [id, time, event, *fixed, *([entry] if entry else []), *([weights] if weights else [])]
    _refuse_roles(roles, cluster, id)
    complete = complete_frame(frame, [*roles, *([cluster] if cluster else [])])
    periods, groups = _weighted(_periods(complete, id, time, event, entry, rows, lagged), weights, cluster)
    happened = periods.filter(pl.col(event))[time]
    ticks = clock(baseline, happened.to_numpy(), knots)
    seen = {int(p) for p in periods[time].unique()}
    silent = seen - {int(p) for p in ticks.points} if baseline == "step" else set()
    cells = _cells(periods.filter(~pl.col(time).is_in(sorted(silent))), time, event, fixed, groups)
    x = design(cells.table.with_columns(ticks.columns(cells.table[time])), [*ticks.names, *fixed])
    fitted = binary.fit(x.standard, cells.events, cells.trials, link)
    _refuse_unbounded(fitted, x)
    return DiscreteHazardResult(
        link=link, level=level, n_in=complete.n_in, n_used=complete.n_used, dropped=complete.dropped,
        periods=periods.height, events=happened.len(), clusters=groups.size,
        kind_of_error=f"robust, clusters of {cluster}" if cluster else "model",
        converged=fitted.converged,
        warnings=tuple(_warnings(complete, x, silent, complete.n_used - periods.height, groups, cluster)),
        _cells=cells, _design=x, _fit=fitted, _clock=ticks,
        _standard=_standard(periods, id, time, fixed, x, ticks, groups, seen, silent, rows),
        _library=complete.library,
    )  # fmt: skip


def _weighted(periods: pl.DataFrame, weights: str | None, cluster: str | None) -> tuple[pl.DataFrame, Clusters]:
    if weights and (numbers(periods, weights) <= 0).any():
        raise UsageError("MODEL-44", f"Weights of {weights} must be above 0.", "Leave out rows that do not count.")
    weight = pl.col(weights).cast(pl.Float64) if weights else pl.lit(1.0)
    groups = clusters(periods, cluster)
    code = pl.Series(groups.codes) if groups.codes is not None else pl.repeat(0, periods.height, eager=True)
    return periods.with_columns(weight.alias("__weight"), code.alias("__cluster")), groups


def _refuse_arguments(
    fixed: Sequence[str], lagged: Sequence[str], link: str, baseline: str, knots: int, rows: str,
    entry: str | None, level: float,
) -> None:  # fmt: skip
    normal_quantile(level)
    wrong = {
        "fixed and lagged are lists of column names, not one name.": isinstance(fixed, str) or isinstance(lagged, str),
        "The link is cloglog or logit.": link not in ("cloglog", "logit"),
        "The baseline is step or spline.": baseline not in ("step", "spline"),
        f"A spline has {', '.join(map(str, KNOTS))} knots.": knots not in KNOTS,
        "rows is person or period.": rows not in ("person", "period"),
        "lagged names a column that is not under fixed.": not set(lagged) <= set(fixed),
        "With a row a person nothing can be lagged.": rows == "person" and bool(lagged),
        "With a row a period there is no entry: rows begin when watching does.": rows == "period" and entry is not None,
    }
    for sentence, holds in wrong.items():
        if holds:
            raise UsageError("MODEL-06", sentence, "See analysis.models.survival.discrete_hazard.")


def _refuse_roles(roles: Sequence[str], cluster: str | None, person: str) -> None:
    roles = [*roles, *([cluster] if cluster and cluster != person else [])]
    twice = sorted({name for name in roles if roles.count(name) > 1})
    if twice:
        raise UsageError("MODEL-15", f"A column cannot play two roles: {', '.join(twice)}.", "Name each column once.")


def _periods(
    complete: CompleteFrame, person: str, time: str, event: str, entry: str | None, rows: Rows, lagged: Sequence[str]
) -> pl.DataFrame:
    kind, kinds = endings(complete.rows[event])
    if len(kinds) > 1:
        raise UsageError(
            "MODEL-43",
            f"Column {event} holds {len(kinds)} kinds of event; this model is of one.",
            "Make a column that is 1 for the event in question and 0 else; for chances use cumulative_incidence.",
        )
    table = complete.rows.with_columns(pl.Series(event, kind == 0))
    if rows == "person":
        table = expand(table, person, time, event, entry)
    else:
        refuse_given(table, person, time, event)
        table = look_back(table, person, time, lagged) if lagged else table
    if not table[event].any():
        raise UsageError("MODEL-40", "No event at all happened in the rows used.", "Ask for another population.")
    if table[event].all():
        raise UsageError("MODEL-07", "Everybody has the event in the first period.", "Use finer periods.")
    return table


def _cells(periods: pl.DataFrame, time: str, event: str, fixed: Sequence[str], groups: Clusters) -> Cells:
    counted = periods.select(
        time, *fixed, "__cluster", __events=pl.col("__weight") * pl.col(event), __trials=pl.col("__weight")
    )
    # Rows that are alike count as one; where a column differs in nearly every row, looking for such gains nothing.
    if not any(counted[name].n_unique() > FINE * counted.height for name in fixed):
        counted = counted.group_by([time, *fixed, "__cluster"], maintain_order=True).sum()
    codes = counted["__cluster"].to_numpy() if groups.codes is not None else None
    events, trials = counted["__events"].to_numpy(), counted["__trials"].to_numpy()
    return Cells(counted, events, trials, Clusters(codes, groups.size), counted[time].to_numpy())


def _standard(
    periods: pl.DataFrame, person: str, time: str, fixed: Sequence[str], x: Design, ticks: Clock, groups: Clusters,
    seen: set[int], silent: set[int], rows: Rows,
) -> Standard:  # fmt: skip
    kept = [*fixed, "__cluster"]
    settled = rows == "person" or periods.select(person, *kept).unique().height == periods[person].n_unique()
    first = periods.unique(person, keep="any", maintain_order=True) if settled else periods.head(1)
    patterns = first.group_by(kept, maintain_order=True).agg(pl.col("__weight").sum())
    codes = patterns["__cluster"].to_numpy() if groups.codes is not None else None
    return Standard(
        patterns=patterns,
        count=patterns["__weight"].to_numpy(),
        clusters=Clusters(codes, groups.size if codes is not None else patterns.height),
        terms=tuple(column_of(term, fixed, periods) for term in x.terms[1 + len(ticks.names) :]),
        settled=settled,
        seen=frozenset(seen),
        silent=frozenset(silent),
    )


def _refuse_unbounded(fitted: Fitted, x: Design) -> None:
    if not fitted.converged:
        marked = zip(x.terms[1:], fitted.unbound[1:], strict=True)
        columns = dict.fromkeys(term.partition("[")[0] for term, out in marked if out)
        raise UsageError(
            "MODEL-45",
            f"A hazard has no bound: {', '.join(columns) or 'a column'} foretells the event, or that there is none.",
            "Merge levels or periods in which all or none have the event, or leave the column out.",
        )


def _warnings(
    complete: CompleteFrame, x: Design, silent: set[int], lost: int, groups: Clusters, cluster: str | None
) -> list[str]:
    quiet = ", ".join(map(str, sorted(silent)))
    said = {
        **dict.fromkeys(complete.said, True),
        f"{lost} rows have no period before them to look back to and were left out.": lost > 0,
        f"No event in periods {quiet}: the hazard there is taken for 0.": silent,
        f"Not estimated, because the terms before them explain them wholly: {', '.join(x.aliased)}.": x.aliased,
    }
    return [*(sentence for sentence, holds in said.items() if holds), *groups.warnings(cluster)]
