"""Multi-state models: which activity young people move between from month to month, and how long they spend in each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
import polars as pl

from analysis.models.event_time.clusters import Clusters, clusters, limits
from analysis.models.event_time.expected import expected
from analysis.models.event_time.multinomial import Leaving, leaving
from analysis.models.event_time.occupation import Moves, Occupation, occupation
from analysis.models.event_time.periods import KNOTS, Clock
from analysis.models.event_time.standard import Standard, column_of
from analysis.models.frame import CompleteFrame, Design, Frame, Library, complete_frame, design, give_back, grouping
from analysis.models.intervals import normal_quantile
from cohort.errors import UsageError

Baseline = Literal["constant", "linear", "spline"]

FEW_AT_START = 0.1
"""Share of all people below which those seen in the first period are too few to start from."""


@dataclass(frozen=True)
class Model:
    """Moves out of each state by columns, on cells of like period, states, columns and cluster."""

    leaving: tuple[Leaving, ...]
    design: Design
    clock: Clock | None
    clusters: Clusters
    standard: Standard
    start: np.ndarray

    def influence(self, m: Leaving) -> np.ndarray:
        """What each cluster adds to the coefficients out of a state (G × q), standardised columns."""
        codes = self.clusters.codes
        return Clusters(None if codes is None else codes[m.cells], self.clusters.size).summed(m.scores @ m.inverse)

    def covariance(self, m: Leaving) -> np.ndarray:
        """The covariance (q × q) of the coefficients out of a state, standardised columns."""
        if self.clusters.codes is None:
            return m.inverse
        sums = self.influence(m)
        return sums.T @ sums * self.clusters.size / (self.clusters.size - 1)


@dataclass(frozen=True)
class MultistateResult:
    """States in time. Tables are frames of the kind that was given.

    `n_in` and `n_used` count rows before and after incomplete ones were left out, `dropped` in which columns;
    `people` counts people, `moves` pairs of periods next to each other. `kind_of_error` says where standard errors
    come from. `warnings` are sentences for the reader.
    """

    level: float
    n_in: int
    n_used: int
    dropped: Mapping[str, int]
    people: int
    moves: int
    kind_of_error: str
    states: tuple[Any, ...]
    warnings: tuple[str, ...]
    _start: int = field(repr=False)
    _pairs: pl.DataFrame = field(repr=False)
    _reach: float = field(repr=False)
    _occupation: Occupation = field(repr=False)
    _model: Model | None = field(repr=False)
    _library: Library = field(repr=False)

    @property
    def transitions(self) -> Frame:
        """from, to, n, share: pairs of states in periods next to each other, and their share of all from that state."""
        counted = self._pairs.group_by("from", "to").len("n").sort("from", "to")
        share = pl.col("n") / pl.col("n").sum().over("from")
        return give_back(counted.with_columns(pl.col("n").cast(pl.Int64), share=share), self._library)

    @property
    def occupation(self) -> Frame:
        """time, state, estimate, se, low, high: share of people in each state by period (Aalen–Johansen).

        Limits are of the log odds; null where the share is 0 or 1.
        """
        p, se = self._occupation.share.ravel(), self._occupation.share_se.ravel()
        inner = np.where((p > 1e-12) & (p < 1 - 1e-12), p, np.nan)
        middle, half = np.log(inner / (1 - inner)), self._reach * se / (inner * (1 - inner))
        table = self._grid().with_columns(
            estimate=pl.Series(p),
            se=pl.Series(se),
            low=pl.Series(1 / (1 + np.exp(half - middle))).fill_nan(None),
            high=pl.Series(1 / (1 + np.exp(-half - middle))).fill_nan(None),
        )
        return give_back(table, self._library)

    def expected_time(self, until: int | None = None) -> Frame:
        """state, estimate, se, low, high: periods spent in each state from the first up to and including `until`."""
        row = self._periods(until) - 1
        table = pl.DataFrame(
            {
                "state": list(self.states),
                "estimate": self._occupation.spent[row],
                "se": self._occupation.spent_se[row],
            }
        )
        return give_back(limits(table, self._reach), self._library)

    @property
    def coefficients(self) -> Frame:
        """from, to, term, estimate, se, low, high, ratio, ratio_low, ratio_high: log odds of moving, not staying.

        Against staying, or where nobody ever stays, against the first destination. Null where a term could not be
        estimated. Raises UsageError MODEL-49 where no fixed columns were given.
        """
        model = self._fitted()
        tables = [self._moves_out(model, m) for m in model.leaving if len(m.destinations) > 1]
        return give_back(pl.concat(tables), self._library)

    def standardised_time(self, by: str | None = None, until: int | None = None) -> Frame:
        """state, by, estimate, se, low, high: expected periods in each state by the model, as `expected_time`.

        Those seen in the first period, each from the state they were seen in then, are given each level of a fixed
        column in turn. Raises UsageError MODEL-48 (columns that change in time, or `by` not in the model), -49.
        """
        levels, mean, covariance = self._standardised(by, until)
        table = self._by_level(levels).with_columns(
            estimate=pl.Series(mean), se=pl.Series(np.sqrt(np.maximum(np.diag(covariance), 0)))
        )
        return give_back(limits(table, self._reach), self._library)

    def standardised_difference(self, by: str, until: int | None = None) -> Frame:
        """state, by, against, estimate, se, low, high: expected periods at each level less those at the first."""
        levels, mean, covariance = self._standardised(by, until)
        k = len(self.states)
        turn = np.hstack([np.tile(-np.eye(k), (len(levels) - 1, 1)), np.eye(k * (len(levels) - 1))])
        table = self._by_level(levels)[k:].with_columns(
            against=pl.lit(levels[0]),
            estimate=pl.Series(turn @ mean),
            se=pl.Series(np.sqrt(np.maximum(np.diag(turn @ covariance @ turn.T), 0))),
        )
        return give_back(limits(table, self._reach), self._library)

    def _standardised(self, by: str | None, until: int | None) -> tuple[list[Any], np.ndarray, np.ndarray]:
        model, states = self._fitted(), len(self.states)
        levels, ticks = model.standard.levels(by), self._ticks(model, self._periods(until) - 1)
        names = (len(model.clock.names) if model.clock else 0) + 1
        kept = [k for k, term in enumerate(model.design.terms) if term not in model.design.all_terms[:names]]
        found = []
        for level in levels:
            own = (model.standard.matrix(by, level) - model.design.centre[kept]) / model.design.scale[kept]
            # Patterns that differ by cluster only, or by what was just overwritten, are carried forward once.
            alike, back = np.unique(np.column_stack([model.start, own]), axis=0, return_inverse=True)
            count = np.bincount(back.ravel(), model.standard.count)
            one = expected(model.leaving, states, alike[:, 0].astype(int), count, alike[:, 1:], ticks)
            found.append(replace(one, each=one.each[back.ravel()]))
        mean, each = np.concatenate([f.mean for f in found]), np.hstack([f.each for f in found])
        gradients = [np.hstack(parts) for parts in zip(*(f.gradients for f in found), strict=True)]
        away = (each - mean) * (model.standard.count / model.standard.count.sum())[:, None]
        if model.clusters.codes is None:
            own = sum(g.T @ m.inverse @ g for m, g in zip(model.leaving, gradients, strict=True))
            return levels, mean, own + (each - mean).T @ away / model.standard.count.sum()
        sums = model.standard.clusters.summed(away)
        for m, g in zip(model.leaving, gradients, strict=True):
            sums = sums + model.influence(m) @ g
        return levels, mean, sums.T @ sums * model.clusters.size / (model.clusters.size - 1)

    def _ticks(self, model: Model, moves: int) -> np.ndarray:
        if model.clock is None:
            return np.zeros((moves, 0))
        kept = [k for k, term in enumerate(model.clock.names) if term in model.design.terms]
        place = [model.design.terms.index(model.clock.names[k]) for k in kept]
        values = model.clock.matrix(np.arange(self._start, self._start + moves))[:, kept]
        return (values - model.design.centre[place]) / model.design.scale[place]

    def _moves_out(self, model: Model, m: Leaving) -> pl.DataFrame:
        own, p = model.design.to_own_units, m.beta.shape[1]
        wide = np.kron(np.eye(len(m.beta)), own)
        se = np.sqrt(np.maximum(np.diag(wide @ model.covariance(m) @ wide.T), 0.0))
        known = pl.DataFrame(
            {
                "from": pl.repeat(self.states[m.origin], m.beta.size, eager=True),
                "to": pl.Series([self.states[d] for d in m.destinations[1:] for _ in range(p)]),
                "term": list(model.design.terms) * len(m.beta),
                "estimate": (m.beta @ own.T).ravel(),
                "se": se,
            }
        )
        # An intercept is at the zero of every column: it is lost with any of them.
        lost = m.unbound | (np.arange(p) == 0) * m.unbound.any(1, keepdims=True)
        keep = pl.Series(~lost.ravel())
        shown = limits(known.with_columns(pl.when(keep).then(pl.col("estimate", "se"))), self._reach)
        ratios = {"ratio": "estimate", "ratio_low": "low", "ratio_high": "high"}
        return shown.with_columns(pl.col(of).exp().alias(name) for name, of in ratios.items())

    def _fitted(self) -> Model:
        if self._model is None:
            raise UsageError("MODEL-49", "No columns were given that moves could depend on.", "Name them under fixed.")
        return self._model

    def _periods(self, until: int | None) -> int:
        last = self._start + len(self._occupation.share) - 1
        until = last if until is None else until
        if not self._start <= until <= last:
            raise UsageError("MODEL-06", "A period is asked for in which nobody was seen.", "Ask within follow-up.")
        return until - self._start + 1

    def _grid(self) -> pl.DataFrame:
        periods, k = len(self._occupation.share), len(self.states)
        times = np.repeat(np.arange(self._start, self._start + periods), k)
        return pl.DataFrame({"time": times, "state": pl.Series(self.states).gather(np.tile(np.arange(k), periods))})

    def _by_level(self, levels: list[Any]) -> pl.DataFrame:
        by = [level for level in levels for _ in self.states]
        kind = pl.String if by[0] is None else None
        return pl.DataFrame({"state": list(self.states) * len(levels), "by": pl.Series(by, dtype=kind)})


def multistate(
    frame: Frame,
    id: str,
    time: str,
    state: str,
    fixed: Sequence[str] = (),
    cluster: str | None = None,
    baseline: Baseline = "spline",
    level: float = 0.95,
) -> MultistateResult:
    """Follow people through states: a row a person and period (whole numbers, such as months), with the state then.

    Moves are pairs of rows one period apart; whoever is lost, or has a gap, is censored from there on, and "not
    known" is a state where it is coded as one. Shares and expected periods come from Aalen and Johansen. With `fixed`,
    moves out of each state are multinomial in these columns and time (`constant`, `linear`, or a spline with three
    knots), which gives standardised expected periods. With `cluster` errors are robust and t with G - 1 df; else they
    are each person's own, and the model's.

    Raises UsageError: MODEL-01 to -06, -14, -15 (frame, arguments), -40 (nobody moves), -41 (periods not whole), -44
    (no column that varies, too few periods), -46 (one cluster), -47 (two rows in one period), -49 (fewer than two
    states, or no two periods next to each other).
    """
    normal_quantile(level)
    if isinstance(fixed, str) or baseline not in ("constant", "linear", "spline"):
        raise UsageError(
            "MODEL-06", "fixed is a list of names; the baseline is constant, linear or spline.", "See multistate."
        )
    roles = [id, time, state, *fixed, *([cluster] if cluster and cluster != id else [])]
    twice = sorted({name for name in roles if roles.count(name) > 1})
    if twice:
        raise UsageError("MODEL-15", f"A column cannot play two roles: {', '.join(twice)}.", "Name each column once.")
    complete = complete_frame(frame, roles)
    rows, states = _coded(complete, id, time, state, cluster)
    pairs = _pairs(rows, id, time, [*fixed, "__cluster"])
    start = int(rows[time].min())  # type: ignore[arg-type]
    groups = clusters(rows, cluster)
    shares = occupation(_moves(rows, pairs, id, time, start, len(states), groups))
    model = _model(rows, pairs, id, time, fixed, baseline, start, groups, len(states)) if fixed else None
    names = pl.Series(states)
    return MultistateResult(
        level=level, n_in=complete.n_in, n_used=complete.n_used, dropped=complete.dropped,
        people=rows[id].n_unique(), moves=pairs.height,
        kind_of_error=f"robust, clusters of {cluster}" if cluster else "people; of the model, its own",
        states=states,
        warnings=tuple(_warnings(complete, rows, id, time, pairs, start, model, groups, cluster)),
        _start=start,
        _pairs=pairs.select(names.gather(pairs["__state"]).alias("from"), names.gather(pairs["__next"]).alias("to")),
        _reach=groups.quantile(level), _occupation=shares, _model=model, _library=complete.library,
    )  # fmt: skip


def _coded(
    complete: CompleteFrame, person: str, time: str, state: str, cluster: str | None
) -> tuple[pl.DataFrame, tuple[Any, ...]]:
    rows = complete.rows
    if not rows.schema[time].is_numeric():
        raise UsageError("MODEL-03", f"Column {time} must hold numbers of periods.", "Convert it first.")
    if rows.select((pl.col(time) != pl.col(time).round()).any()).item():
        raise UsageError("MODEL-41", f"Column {time} holds other than whole numbers.", "Count periods, as months.")
    if rows.select(pl.struct(person, time).n_unique()).item() < rows.height:
        raise UsageError("MODEL-47", f"A person has two rows in one period of {time}.", "Leave one state a period.")
    found = grouping(rows, state)
    if found.size < 2:
        raise UsageError("MODEL-49", f"Column {state} holds one state only.", "There is nothing to move between.")
    group = grouping(rows, cluster).codes if cluster else np.zeros(rows.height, dtype=np.int32)
    coded = rows.with_columns(
        pl.col(time).cast(pl.Int64), __state=pl.Series(found.codes), __cluster=pl.Series(group),
        __person=pl.Series(grouping(rows, person).codes),
    )  # fmt: skip
    return coded, tuple(found.levels.to_list())


def _pairs(rows: pl.DataFrame, person: str, time: str, columns: Sequence[str]) -> pl.DataFrame:
    after = rows.select(person, pl.col(time) - 1, __next="__state")
    kept = [person, time, "__person", "__state", *columns]
    pairs = rows.select(kept).join(after, on=[person, time], how="inner", maintain_order="left")
    if pairs.height == 0:
        raise UsageError(
            "MODEL-49", "Nobody was seen in two periods next to each other.", f"Give a row a period, {time} by one."
        )
    if not (pairs["__state"] != pairs["__next"]).any():
        raise UsageError("MODEL-40", "Nobody moves from one state to another.", "Ask for another population or time.")
    return pairs


def _moves(
    rows: pl.DataFrame, pairs: pl.DataFrame, person: str, time: str, start: int, states: int, groups: Clusters
) -> Moves:
    unit = "__person" if groups.codes is None else "__cluster"
    first = rows.filter(pl.col(time) == start)
    return Moves(
        when=pairs[time].to_numpy() - start,
        before=pairs["__state"].to_numpy(),
        after=pairs["__next"].to_numpy(),
        unit=pairs[unit].to_numpy(),
        first=first["__state"].to_numpy(),
        first_unit=first[unit].to_numpy(),
        states=states,
        units=rows[unit].n_unique() if groups.codes is None else groups.size,
    )


def _model(
    rows: pl.DataFrame, pairs: pl.DataFrame, person: str, time: str, fixed: Sequence[str], baseline: Baseline,
    start: int, groups: Clusters, states: int,
) -> Model:  # fmt: skip
    ticks = _clock(baseline, pairs[time])
    like = ["__state", time, *fixed, "__cluster"]
    counts = [(pl.col("__next") == k).sum().cast(pl.Float64).alias(f"__to{k}") for k in range(states)]
    cells = pairs.group_by(like).agg(counts).sort(like)
    names = ticks.names if ticks else ()
    x = design(cells.with_columns(ticks.columns(cells[time]) if ticks else []), [*names, *fixed])
    if not set(x.terms) - {x.all_terms[0], *names}:
        raise UsageError("MODEL-44", "No column of fixed varies: there is nothing to compare.", "Name one that does.")
    to = cells.select(f"__to{k}" for k in range(states)).to_numpy()
    origin = cells["__state"].to_numpy()
    out = [(s, np.flatnonzero(origin == s)) for s in range(states) if (origin == s).any()]
    code = groups.codes is not None
    first = rows.filter(pl.col(time) == start)
    patterns = first.group_by([*fixed, "__cluster", "__state"], maintain_order=True).len("__count")
    return Model(
        leaving=tuple(leaving(s, of, x.standard[of], to[of]) for s, of in out),
        design=x,
        clock=ticks,
        clusters=Clusters(cells["__cluster"].to_numpy() if code else None, groups.size),
        standard=Standard(
            patterns=patterns,
            count=patterns["__count"].cast(pl.Float64).to_numpy(),
            clusters=Clusters(patterns["__cluster"].to_numpy() if code else None, groups.size),
            terms=tuple(column_of(term, fixed, rows) for term in x.terms if term not in {x.all_terms[0], *names}),
            settled=rows.select(person, *fixed).unique().height == rows[person].n_unique(),
            seen=frozenset(),
            silent=frozenset(),
        ),
        start=patterns["__state"].to_numpy(),
    )


def _clock(baseline: Baseline, times: pl.Series) -> Clock | None:
    if baseline == "constant":
        return None
    if baseline == "linear":
        return Clock("spline", np.array([0.0, 1.0]))  # two knots: a line, and no bend
    points = np.unique(np.quantile(times.to_numpy(), KNOTS[3]))
    if len(points) < 3:
        raise UsageError("MODEL-44", "Periods are too few for a spline.", 'Use baseline="linear" or "constant".')
    return Clock("spline", points)


def _warnings(
    complete: CompleteFrame, rows: pl.DataFrame, person: str, time: str, pairs: pl.DataFrame, start: int,
    model: Model | None, groups: Clusters, cluster: str | None,
) -> list[str]:  # fmt: skip
    people = rows[person].n_unique()
    gaps = rows.height - people - pairs.height
    first = rows.filter(pl.col(time) == start).height
    unbound = model is not None and any(m.unbound.any() for m in model.leaving)
    said = {
        **dict.fromkeys(complete.said, True),
        f"{gaps} gaps in people's histories: the moves across them are not counted.": gaps > 0,
        f"Only {first} of {people} people were seen in the first period, where all shares start.": (
            first < FEW_AT_START * people
        ),
        "Some moves are foretold by a column, or never seen at one of its levels: those coefficients are null, and "
        "their chances are taken for what was seen.": unbound,
        f"Not estimated, because the terms before them explain them wholly: "
        f"{', '.join(model.design.aliased if model else ())}.": model is not None and bool(model.design.aliased),
    }
    return [*(sentence for sentence, holds in said.items() if holds), *groups.warnings(cluster)]
