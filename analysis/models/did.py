"""What a policy did that authorities took up at different times, or never.

Two-way fixed effects compare late adopters with early ones that are already treated: where effects grow or differ,
that is biased, and can have the wrong sign. Callaway & Sant'Anna 2021 (J. Econometrics 225:200) compare each cohort
only with units not treated by then. The two-way figure is given as `contrast`, to show what it would have said.
Parallel trends are assumed, not shown: a flat past is a hint, and `pretrend` may miss what it has no power to see.
`DidResult.honest` says what is left of an effect where they were not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass, field

import numpy as np
import polars as pl
from scipy import stats

from analysis.models.frame import Frame
from analysis.models.intervals import normal_quantile, t_quantile
from analysis.models.staggered import honest
from analysis.models.staggered.effects import Cells, Effects, by_size, group_time, quick_simple
from analysis.models.staggered.panel import Control, Panel, panel
from cohort.errors import UsageError

AGGREGATES = ("simple", "dynamic", "group", "calendar")

FEW_TREATED = 10
"""Below this normal intervals are not to be trusted: ask for `randomisation` as well."""


@dataclass(frozen=True)
class Pretrend:
    """A joint test that all effects before adoption are nought; null where there is no time before to test."""

    statistic: float | None
    df: int
    p_value: float | None


@dataclass(frozen=True)
class Honest:
    """`.table`: event (empty: the plain mean of them all), magnitude, lower, upper (where the effect lies by the
    estimates), low, high (its interval). `breakdown`: the magnitude up to which the interval of that mean leaves out
    no effect; None where it never does.
    """

    table: Frame
    breakdown: float | None


@dataclass(frozen=True)
class DidResult:
    """Effects of a policy taken up at different times.

    `.group_time`: adopted, time, estimate, se, low, high. `.events`: event (times since adoption; below 0 is before),
    cohorts, estimate, se, low, high, band_low, band_high: the band holds for all events at once. `.aggregates`:
    aggregate (simple, dynamic, group, calendar), estimate, se, low, high. `.groups` (adopted, …) and `.calendar`
    (time, …) are the means by cohort and by time. `.contrast`: the two-way fixed-effects figure, not to be reported
    as the effect. `units_in` and `units_used` count units before and after those without a whole record were left
    out. `warnings` are sentences for the reader.
    """

    group_time: Frame
    events: Frame
    aggregates: Frame
    groups: Frame
    calendar: Frame
    contrast: Frame
    pretrend: Pretrend
    control: Control
    anticipation: int
    level: float
    n_in: int
    n_used: int
    units_in: int
    units_used: int
    treated: int
    never: int
    warnings: tuple[str, ...]
    _panel: Panel = field(repr=False)
    _study: honest.Study = field(repr=False)

    def honest(self, magnitudes: Sequence[float] = (0.0, 0.5, 1.0, 1.5, 2.0)) -> Honest:
        """The effects after adoption were trends not parallel, but parted by no more than a multiple of what they did
        before (Rambachan & Roth 2023).

        Raises UsageError MODEL-06 for a magnitude below 0, MODEL-90 where there is no step before adoption.
        """
        if any(magnitude < 0 for magnitude in magnitudes):
            raise UsageError("MODEL-06", "A magnitude is a multiple from 0.", "Give magnitudes=(0, 1).")
        if not self._study.steps.estimate.size:
            raise UsageError("MODEL-90", "No step before adoption is told.", "Give two times before it at least.")
        asked = honest.means(self._study.since)
        rows = [
            (None if place is None else int(self._study.since[place]) - 1 - self.anticipation, float(magnitude),
             *astuple(self._study.bounds(weights, magnitude)))
            for place, weights in asked for magnitude in magnitudes
        ]  # fmt: skip
        names = ("event", "magnitude", "lower", "upper", "low", "high")
        table = pl.DataFrame(rows, dict(zip(names, (pl.Int64, *(pl.Float64,) * 5), strict=True)), orient="row")
        return Honest(self._panel.complete.give_back(table), self._study.breakdown(asked[0][1]))

    def leave_one_out(self) -> Frame:
        """unit, estimate, change: the simple mean of effects without each treated unit; null where none is left."""
        whole = _simple(group_time(self._panel, self.control, self.anticipation))
        rows = [(self._panel.units[int(k)], self._without(int(k))) for k in np.flatnonzero(self._panel.adopted >= 0)]
        units, found = zip(*rows, strict=True)
        table = pl.DataFrame({"unit": units, "estimate": pl.Series(found, dtype=pl.Float64)})
        changed = table.with_columns(change=pl.col("estimate") - float(whole.estimate[0]))
        return self._panel.complete.give_back(changed)

    def _without(self, unit: int) -> float | None:
        try:
            return float(_simple(group_time(self._panel.without(unit), self.control, self.anticipation)).estimate[0])
        except UsageError:
            return None

    def randomisation(self, draws: int = 999, seed: int = 25) -> float:
        """The p-value of no effect on any unit, by dealing the times of adoption out anew among the units.

        It holds however few are treated, if who adopts when could as well have been anybody.
        Raises UsageError MODEL-68 where covariates were adjusted for: then adoption was not anybody's.
        """
        if self._panel.covariates.shape[2]:
            raise UsageError("MODEL-68", "Adoption is dealt out without regard to covariates.", "Leave them out.")
        adopted, rng = self._panel.adopted, np.random.default_rng(seed)
        found = abs(quick_simple(self._panel.outcome, adopted, self.control, self.anticipation))
        dealt = [
            quick_simple(self._panel.outcome, rng.permutation(adopted), self.control, self.anticipation)
            for _ in range(draws)
        ]
        return float((1 + np.sum(np.abs(dealt) >= found * (1 - 1e-12))) / (draws + 1))


def staggered(
    frame: Frame,
    outcome: str,
    unit: str,
    time: str,
    adopted: str,
    covariates: Sequence[str] = (),
    control: Control = "never",
    anticipation: int = 0,
    level: float = 0.95,
    seed: int = 25,
) -> DidResult:
    """Effects of a policy on `outcome` from a frame with a row a unit and time.

    `adopted` holds the first treated time of the unit; empty, 0 or infinite means never. `covariates` are numbers,
    read before adoption (doubly robust). `control="notyet"` compares with those that adopt later too. `anticipation`
    counts the times before adoption at which effects may already show. Times of a panel follow one another as
    they stand in it. `seed` serves the bands.

    Raises UsageError: MODEL-01 to -05 (frame), -06 (arguments), -65 (not a panel), -66 (nothing to compare),
    -67 (comparisons that cannot be fitted).
    """
    _refuse_arguments(covariates, control, anticipation)
    z = normal_quantile(level)
    made = panel(frame, outcome, unit, time, adopted, covariates, control)
    cells = group_time(made, control, anticipation)
    after = cells.event >= 0
    events, event = _by(cells, cells.event, np.ones_like(after))
    groups, group = _by(cells, cells.cohort, after)
    calendar, at = _by(cells, cells.time, after)
    means = [_simple(cells), events.among(event >= 0).mean(), by_size(groups, group, made.adopted), calendar.mean()]
    back, counted = made.complete.give_back, [int((cells.event == e).sum()) for e in event]
    return DidResult(
        group_time=back(_table({adopted: made.times[cells.cohort], time: made.times[cells.time]}, cells.effects, z)),
        events=back(_banded(_table({"event": event, "cohorts": counted}, events, z), events, level, seed)),
        aggregates=back(_table({"aggregate": AGGREGATES}, _beside(means), z)),
        groups=back(_table({adopted: made.times[group]}, groups, z)),
        calendar=back(_table({time: made.times[at]}, calendar, z)),
        contrast=back(_two_way(made, level)),
        pretrend=_pretrend(events, event, anticipation),
        control=control,
        anticipation=anticipation,
        level=level,
        n_in=made.complete.n_in,
        n_used=made.outcome.size,
        **made.sizes,
        warnings=(*made.warnings, *_doubts(made, cells)),
        _panel=made,
        _study=honest.Study(events, event + 1 + anticipation, level),
    )


def _refuse_arguments(covariates: Sequence[str], control: Control, anticipation: int) -> None:
    wrong = {
        "covariates is a list of column names, not one name.": isinstance(covariates, str),
        "control is never or notyet.": control not in ("never", "notyet"),
        "anticipation is a whole number of times from 0.": not (isinstance(anticipation, int) and anticipation >= 0),
    }
    for sentence, holds in wrong.items():
        if holds:
            raise UsageError("MODEL-06", sentence, "See analysis.models.did.staggered.")


def _simple(cells: Cells) -> Effects:
    return cells.weighted(cells.event >= 0)


def _by(cells: Cells, key: np.ndarray, among: np.ndarray) -> tuple[Effects, np.ndarray]:
    """The mean of the cells of each key, and the keys. Means of one cohort weigh its times alike."""
    keys = np.unique(key[among.astype(bool)])
    return _beside([cells.weighted((key == one) & among.astype(bool)) for one in keys]), keys


def _beside(effects: Sequence[Effects]) -> Effects:
    estimate = np.concatenate([one.estimate for one in effects])
    return Effects(estimate, np.concatenate([one.share for one in effects], axis=1))


def _table(keys: dict, effects: Effects, z: float) -> pl.DataFrame:
    half = pl.col("se") * z
    table = pl.DataFrame({**keys, "estimate": effects.estimate, "se": effects.se})
    known = table.with_columns(pl.when(pl.col("se") > 0).then(pl.col("se")).alias("se"))
    whole = [pl.col(name).cast(pl.Int64) for name, values in keys.items() if np.asarray(values).dtype.kind == "f"]
    return known.with_columns(*whole, low=pl.col("estimate") - half, high=pl.col("estimate") + half)


def _banded(table: pl.DataFrame, events: Effects, level: float, seed: int) -> pl.DataFrame:
    half = pl.col("se") * events.band(level, seed)
    return table.with_columns(band_low=pl.col("estimate") - half, band_high=pl.col("estimate") + half)


def _pretrend(events: Effects, event: np.ndarray, anticipation: int) -> Pretrend:
    before = event < -anticipation
    share = events.share[:, before]
    covariance = share.T @ share
    rank = int(np.linalg.matrix_rank(covariance)) if before.any() else 0
    if rank == 0:
        return Pretrend(None, 0, None)
    found = events.estimate[before]
    statistic = float(found @ np.linalg.pinv(covariance, hermitian=True) @ found)
    return Pretrend(statistic, rank, float(stats.chi2.sf(statistic, rank)))


def _two_way(made: Panel, level: float) -> pl.DataFrame:
    """Two-way fixed effects with CR1 errors by unit, by taking both means off a balanced panel."""

    def cleared(values: np.ndarray) -> np.ndarray:
        return values - values.mean(axis=0) - values.mean(axis=1, keepdims=True) + values.mean()

    units, times = made.outcome.shape
    treated = (made.adopted[:, None] >= 0) & (np.arange(times) >= made.adopted[:, None])
    exposure, outcome = cleared(treated.astype(float)), cleared(made.outcome)
    whole = (exposure**2).sum()
    estimate = (exposure * outcome).sum() / whole
    score = (exposure * (outcome - estimate * exposure)).sum(axis=1)
    se = float(np.sqrt(units / (units - 1) * (score**2).sum()) / whole)
    half = se * t_quantile(level, units - 1)
    row = {"method": "two-way fixed effects", "estimate": estimate, "se": se}
    return pl.DataFrame([{**row, "low": estimate - half, "high": estimate + half}])


def _doubts(made: Panel, cells: Cells) -> tuple[str, ...]:
    treated, lone = int((made.adopted >= 0).sum()), int(sum((made.adopted == g).sum() == 1 for g in made.cohorts))
    lost = len(set(made.cohorts) - set(cells.cohort[cells.event >= 0]))
    others = int((made.adopted < 0).sum())
    said = {
        f"Only {treated} units adopt: normal intervals are too narrow. Ask for randomisation.": treated < FEW_TREATED,
        f"Only {others} units are never treated: normal intervals are too narrow.": 0 < others < FEW_TREATED,
        f"{lone} of {len(made.cohorts)} cohorts are of one unit: their errors are no guide.": lone,
        f"{lost} of {len(made.cohorts)} cohorts can be compared with nobody and are not in the means.": lost,
        "The times of the panel do not follow one another: an event is a step in it.": bool(
            (np.diff(made.times) != np.diff(made.times)[0]).any()
        ),
    }
    return tuple(sentence for sentence, holds in said.items() if holds)
