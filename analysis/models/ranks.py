"""Ranks of units that are known by counts or by a value and its error, with the interval that a rank must carry.

Shares are compared on the arcsine scale, where the sampling error of a unit of size n is s = 1/(2√n). Units
differ by τ around a mean: y_i ~ N(θ_i, s_i²), θ_i ~ N(μ, τ²), τ by restricted maximum likelihood. An estimate is
shrunken towards the mean by s²/(s² + τ²), and its error counts that of μ. Ranks come from draws of all units at once,
τ itself being drawn under a flat prior (Gelman 2006, Bayesian Anal. 1:515), for a rank is the least certain of all
statistics (Goldstein & Spiegelhalter 1996, J. R. Stat. Soc. A 159:385). Where children are at hand rather than
counts, `multilevel.fit(...).effects` does the same and adjusts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import ArrayLike
from scipy import optimize, stats

from analysis.models.frame import CompleteFrame, Frame, complete_frame, numbers
from analysis.models.intervals import normal_quantile
from analysis.models.mixed.draws import Points, ranks, spread_over
from cohort.errors import UsageError

FEWEST = 3
"""Units below which nothing can be said of how they differ."""
GRID, FAR = 200, 25.0
"""Values of τ at which its posterior is held; they reach to where the criterion has risen by this much."""


@dataclass(frozen=True)
class RanksResult:
    """`.units` (unit, n, value, estimate, low, high, rank, rank_low, rank_high, bottom_decile, top_decile), in order
    of name; rank 1 is the least. `value` is the unit's own share or value, `estimate` the shrunken one; n is of shares
    only. `tau`: the spread of units, of shares on the arcsine scale.
    """

    units: Frame
    tau: float
    n_in: int
    n_used: int
    warnings: tuple[str, ...]

    @property
    def mean_width(self) -> float:
        """Places between the ends of a rank's interval, on average."""
        units = pl.DataFrame(self.units)
        return float((units["rank_high"] - units["rank_low"]).to_numpy().mean())


def fit(
    frame: Frame,
    unit: str,
    numerator: str,
    denominator: str,
    level: float = 0.95,
    draws: int = 4_000,
    seed: int = 25,
) -> RanksResult:
    """Ranks of the shares numerator of denominator, a row a unit.

    Raises UsageError: MODEL-01 to -05 (frame), MODEL-06 (level), MODEL-13 (impossible counts, a unit that stands
    twice, or fewer than three units).
    """
    complete = complete_frame(frame, [unit, numerator, denominator])
    rows = complete.rows.sort(unit)
    events, n = numbers(rows, numerator), numbers(rows, denominator)
    impossible = bool(np.any((n <= 0) | (events < 0) | (events > n)))
    _refuse(rows, unit, {"A unit has no share: its events are not between 0 and a denominator above 0.": impossible})
    normal = _Normal(np.arcsin(np.sqrt(events / n)), 1 / (2 * np.sqrt(n)))
    told = {"unit": rows[unit], "n": n, "value": events / n}
    return _ranked(complete, told, normal, _share, level, draws, seed)


def fit_values(
    frame: Frame,
    unit: str,
    value: str,
    se: str,
    level: float = 0.95,
    draws: int = 4_000,
    seed: int = 25,
) -> RanksResult:
    """Ranks of means, ratios or medians that have a standard error, a row a unit.

    Raises UsageError: MODEL-01 to -05 (frame), MODEL-06 (level), MODEL-13 (an error not above 0, a unit that stands
    twice, or fewer than three units).
    """
    complete = complete_frame(frame, [unit, value, se])
    rows = complete.rows.sort(unit)
    values, errors = numbers(rows, value), numbers(rows, se)
    _refuse(rows, unit, {"A unit has no error above 0.": bool(np.any(errors <= 0))})
    normal = _Normal(values, errors)
    return _ranked(complete, {"unit": rows[unit], "value": values}, normal, lambda y: y, level, draws, seed)


def _ranked(
    complete: CompleteFrame,
    told: Mapping[str, ArrayLike | pl.Series],
    normal: _Normal,
    back: Callable[[np.ndarray], np.ndarray],
    level: float,
    draws: int,
    seed: int,
) -> RanksResult:
    """`told`: what is known of each unit; `back`: from the scale of the model to that of the values."""
    tau = normal.best()
    middle, error = normal.shrunken(tau)
    half = normal_quantile(level) * error
    ranked = ranks(normal.drawn(draws, np.random.default_rng(seed)), level)
    units = pl.DataFrame(
        {
            **told,
            "estimate": back(middle),
            "low": back(middle - half),
            "high": back(middle + half),
            "rank": stats.rankdata(middle).round().astype(np.int64),
            "rank_low": ranked.low.astype(np.int64),
            "rank_high": ranked.high.astype(np.int64),
            "bottom_decile": ranked.bottom,
            "top_decile": ranked.top,
        }
    )
    return RanksResult(complete.give_back(units), tau, complete.n_in, complete.n_used, complete.said)


def _refuse(rows: pl.DataFrame, unit: str, found: Mapping[str, bool]) -> None:
    wrong = {
        **found,
        f"A unit stands twice in {unit}.": bool(rows[unit].is_duplicated().any()),
        f"Fewer than {FEWEST} units cannot be ranked.": rows.height < FEWEST,
    }
    for sentence, holds in wrong.items():
        if holds:
            raise UsageError("MODEL-13", sentence, "Give a row a unit: events of those counted, or a value and its se.")


def _share(y: np.ndarray) -> np.ndarray:
    return np.sin(np.clip(y, 0, np.pi / 2)) ** 2


@dataclass(frozen=True)
class _Normal:
    """Units y with errors s around a mean of their own spread."""

    y: np.ndarray
    s: np.ndarray

    def criterion(self, tau: float) -> float:
        """−2 restricted log-likelihood, up to a constant."""
        w = 1 / (self.s**2 + tau**2)
        mean = (w * self.y).sum() / w.sum()
        return float(-np.log(w).sum() + np.log(w.sum()) + (w * (self.y - mean) ** 2).sum())

    def best(self) -> float:
        """τ of the least criterion; the bound 0 where no other does better."""
        found = optimize.minimize_scalar(
            self.criterion, bounds=(0.0, self._reach()), method="bounded", options={"xatol": 1e-10}
        )
        return float(found.x) if found.fun < self.criterion(0.0) else 0.0

    def _reach(self) -> float:
        """Units cannot differ by more than they are seen to, many times over."""
        return 10 * float(np.std(self.y) + self.s.max())

    def moments(self, tau: float) -> tuple[np.ndarray, float, float]:
        """Shrinkage of each unit, the mean, and the mean's variance."""
        w = 1 / (self.s**2 + tau**2)
        return tau**2 * w, float((w * self.y).sum() / w.sum()), float(1 / w.sum())

    def shrunken(self, tau: float) -> tuple[np.ndarray, np.ndarray]:
        """Estimate and standard error of each unit at that τ (empirical Bayes; the error counts that of the mean)."""
        kept, mean, of_mean = self.moments(tau)
        return mean + kept * (self.y - mean), np.sqrt(kept * self.s**2 + (1 - kept) ** 2 * of_mean)

    def points(self) -> Points:
        """The posterior of τ under a flat prior, on a grid."""
        top, least = self._reach(), self.criterion(self.best())
        seen = np.linspace(0, top, GRID)
        likely = seen[[self.criterion(tau) - least < FAR for tau in seen]]
        at = np.linspace(0, min(top, likely.max(initial=0) + top / GRID), GRID)
        weight = np.exp(-np.array([self.criterion(tau) - least for tau in at]) / 2)
        return Points(at[:, None], weight / weight.sum())

    def drawn(self, draws: int, rng: np.random.Generator) -> Iterator[np.ndarray]:
        """Draws of all units (units × draws), a piece for each τ."""
        for tau, some in spread_over(self.points(), draws, rng):
            kept, mean, of_mean = self.moments(float(tau[0]))
            means = rng.normal(mean, np.sqrt(of_mean), some)
            own = rng.normal(size=(len(self.y), some)) * (np.sqrt(kept) * self.s)[:, None]
            yield means + kept[:, None] * (self.y[:, None] - means) + own
