"""Group-time effects, each with what every unit adds to it, and their weighted means.

Callaway & Sant'Anna 2021 (J. Econometrics 225:200): a cohort g at a time t is compared with units not treated by
then, both against the time before g adopted. The doubly robust two-by-two comparisons and their influence functions
are diff-diff's; the weighted means of them, and bands that hold for a whole event study, are worked out here, since
weights are estimated too and each mean needs the units' shares of all its cells.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
import pandas as pd
from diff_diff import CallawaySantAnna

from analysis.models.staggered.panel import Control, Panel
from cohort.errors import UsageError

DRAWS = 20_000


@dataclass(frozen=True)
class Effects:
    """Estimates (k) with each unit's influence (units × k): their covariance is share.T @ share."""

    estimate: np.ndarray
    share: np.ndarray

    @property
    def se(self) -> np.ndarray:
        """Standard errors (k)."""
        return np.sqrt((self.share**2).sum(axis=0))

    def band(self, level: float, seed: int) -> float:
        """How many standard errors wide a band is that holds for all k at once: the level's quantile of max|z|."""
        sure = self.se > 0
        if not sure.any():
            return float("nan")
        z = self.share[:, sure] / self.se[sure]
        values, vectors = np.linalg.eigh(z.T @ z)
        half = vectors * np.sqrt(np.clip(values, 0, None))
        drawn = np.random.default_rng(seed).standard_normal((DRAWS, len(values))) @ half.T
        return float(np.quantile(np.abs(drawn).max(axis=1), level))

    def among(self, chosen: np.ndarray) -> Effects:
        """Those chosen (a mask or places)."""
        return Effects(self.estimate[chosen], self.share[:, chosen])

    def mean(self) -> Effects:
        """Their plain mean."""
        return Effects(self.estimate.mean(keepdims=True), self.share.mean(axis=1, keepdims=True))


@dataclass(frozen=True)
class Cells:
    """Effects of every cohort (place of its adoption) at every time (place), and the cohort of each unit."""

    effects: Effects
    cohort: np.ndarray
    time: np.ndarray
    of_unit: np.ndarray

    @property
    def event(self) -> np.ndarray:
        """Times since adoption, in places."""
        return self.time - self.cohort

    def weighted(self, chosen: np.ndarray) -> Effects:
        """The mean of the chosen cells by size of cohort, with the error of those sizes in it."""
        return by_size(self.effects.among(chosen), self.cohort[chosen], self.of_unit)


def by_size(effects: Effects, cohort: np.ndarray, of_unit: np.ndarray) -> Effects:
    """The mean of effects, each of a cohort, weighted by the cohorts' shares of the units."""
    member = (of_unit[:, None] == cohort).astype(float)
    size = member.mean(axis=0)
    weight = size / size.sum()
    estimate = float(weight @ effects.estimate)
    # How weights move with who is drawn: the influence of size/Σsize.
    sizes = (member - size) / len(of_unit) / size.sum()
    moved = sizes @ effects.estimate - sizes.sum(axis=1) * estimate
    return Effects(np.array([estimate]), (effects.share @ weight + moved)[:, None])


def group_time(panel: Panel, control: Control, anticipation: int) -> Cells:
    """Fit every cell that can be. Raises UsageError MODEL-67 where the library cannot."""
    model = CallawaySantAnna(
        control_group={"never": "never_treated", "notyet": "not_yet_treated"}[control],
        anticipation=anticipation,
        rank_deficient_action="silent",
    )
    names = [f"x{place}" for place in range(panel.covariates.shape[2])]
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            fitted = model.fit(_long(panel, names), "y", "unit", "time", "first", covariates=names or None)
        except (ValueError, np.linalg.LinAlgError):
            raise UsageError(
                "MODEL-67",
                "The comparisons cannot be fitted: a covariate all but foretells who adopts, or cohorts are too small.",
                "Use fewer covariates, or compare with units that adopt later.",
            ) from None
    influence = getattr(fitted._aggregation_kit, "influence", {})
    found = [key for key in fitted.group_time_effects if key in influence]
    if not any(t >= g for g, t in found):
        raise UsageError("MODEL-66", "No cohort can be compared with anybody.", "Widen the panel.")
    estimate = np.array([float(fitted.group_time_effects[key]["effect"]) for key in found])
    share = np.zeros((len(panel.units), len(found)))
    for place, key in enumerate(found):
        told = influence[key]
        share[told["treated_idx"], place] += told["treated_inf"]
        share[told["control_idx"], place] += told["control_inf"]
    cohort, time = np.array(found, dtype=int).T - 1
    return Cells(Effects(estimate, share), cohort, time, panel.adopted)


def _long(panel: Panel, names: list[str]) -> pd.DataFrame:
    # Times are given as places from 1, since 0 stands for never.
    units, times = panel.outcome.shape
    columns = {
        "unit": np.repeat(np.arange(units), times),
        "time": np.tile(np.arange(1, times + 1), units),
        "first": np.repeat(panel.adopted + 1, times),
        "y": panel.outcome.ravel(),
    }
    return pd.DataFrame(columns | {name: panel.covariates[:, :, k].ravel() for k, name in enumerate(names)})


def quick_simple(outcome: np.ndarray, adopted: np.ndarray, control: Control, anticipation: int) -> float:
    """The simple mean of effects after adoption, without covariates, by differences of means alone."""
    total, weight = 0.0, 0
    for cohort in np.unique(adopted[adopted >= 0]):
        base = cohort - 1 - anticipation
        if base < 0:
            continue
        mine = adopted == cohort
        for time in range(cohort, outcome.shape[1]):
            others = adopted < 0
            if control == "notyet":
                others = others | (adopted > time + anticipation)
            if others.any():
                change = outcome[:, time] - outcome[:, base]
                total += mine.sum() * (change[mine].mean() - change[others].mean())
                weight += int(mine.sum())
    return total / weight if weight else float("nan")
