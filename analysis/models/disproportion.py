"""Who is identified, given a plan, placed or excluded more often than others: ratios, differences, and a check.

Ratios are shown twice: unconditional (what a group meets with) and conditional on need (what is left among children
of like need). Neither alone is the answer: need as recorded is itself a decision, and may hold the bias that one
looks for (Strand & Lindorff 2018). Children born in August are the youngest of their year and those born in
September the oldest, by the chance of a day: a jump between them is not need.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from scipy import optimize

from analysis.models import robust
from analysis.models.frame import Frame, complete_frame, grouping, numbers
from analysis.models.intervals import normal_quantile
from analysis.models.sandwich.errors import Kind
from cohort.errors import UsageError

UNCONDITIONAL, CONDITIONAL = "unconditional", "conditional on need"


@dataclass(frozen=True)
class RatiosResult:
    """Risk ratios and standardised risk differences of a group, without and with need.

    `.ratios` and `.differences`: conditioning (unconditional, or conditional on need), level, estimate, se, low, high,
    df, and of differences the two risks; both from the same rows.
    """

    ratios: Frame
    differences: Frame
    reference: str
    errors: Kind
    n_in: int
    n_used: int
    warnings: tuple[str, ...]


def ratios(
    frame: Frame,
    outcome: str,
    group: str,
    need: Sequence[str],
    adjust: Sequence[str] = (),
    cluster: str | Sequence[str] | None = None,
    weights: str | None = None,
    errors: Kind | None = None,
    level: float = 0.95,
) -> RatiosResult:
    """Ratios of a 0/1 outcome between levels of `group`, adjusted for `adjust`, and for `adjust` and `need`.

    Raises UsageError as `robust.risk_ratio`, and MODEL-06 without a column of need: both views are owed.
    """
    if isinstance(need, str) or not need or isinstance(adjust, str):
        raise UsageError("MODEL-06", "need lists the columns that tell it, one at least.", "Give need=[…].")
    ways = [cluster] if isinstance(cluster, str) else list(cluster or ())
    complete = complete_frame(frame, [outcome, group, *adjust, *need, *ways, *([weights] if weights else [])])
    found = {
        name: robust.risk_ratio(complete.rows, outcome, group, columns, cluster, weights, errors, level)
        for name, columns in ((UNCONDITIONAL, list(adjust)), (CONDITIONAL, [*adjust, *need]))
    }

    def stacked(table: str) -> Frame:
        parts = [
            getattr(one, table).select(pl.lit(name).alias("conditioning"), pl.all()) for name, one in found.items()
        ]
        return complete.give_back(pl.concat(parts))

    said = [*complete.said]
    first = found[UNCONDITIONAL]
    return RatiosResult(
        ratios=stacked("ratios"),
        differences=stacked("differences"),
        reference=first.reference,
        errors=first.errors,
        n_in=complete.n_in,
        n_used=complete.n_used,
        warnings=tuple(dict.fromkeys([*said, *first.warnings, *found[CONDITIONAL].warnings])),
    )


@dataclass(frozen=True)
class AuthoritiesResult:
    """Ratios of each authority, drawn towards the mean of all by as much as chance weighs in them.

    `.authorities`: authority, n, raw, estimate, se (of the log), low, high; in order of name. raw is null where one of
    the groups is absent or no event was seen in both; the estimate is then the mean. `mean` is that of all, `tau` the
    spread between authorities on the log scale.
    """

    authorities: Frame
    mean: float
    tau: float
    n_in: int
    n_used: int
    warnings: tuple[str, ...]


def by_authority(frame: Frame, outcome: str, group: str, authority: str, level: float = 0.95) -> AuthoritiesResult:
    """Risk ratios of a 0/1 outcome between a 0/1 group's levels, authority by authority, shrunken.

    Empirical Bayes on log ratios (half an event added to each cell, where one is empty), the spread by Paule &
    Mandel's moments. Raises UsageError: frame as ever, MODEL-09 (outcome or group not 0/1), MODEL-62 (one authority).
    """
    z = normal_quantile(level)
    complete = complete_frame(frame, [outcome, group, authority])
    y, g, where = numbers(complete.rows, outcome), numbers(complete.rows, group), grouping(complete.rows, authority)
    if not (np.isin(y, (0, 1)).all() and np.isin(g, (0, 1)).all()):
        raise UsageError("MODEL-09", "Outcome and group must be 0 or 1 (or boolean).", "Recode them.")
    cells = (np.bincount(where.codes, weight, where.size) for weight in (y * g, g, y * (1 - g), 1 - g))
    log, variance = _log_ratios(*cells)
    known = np.isfinite(log)
    if known.sum() < 2:
        raise UsageError("MODEL-62", "Fewer than two authorities have both groups and an event.", "Ask for the whole.")
    tau2, mean, _ = paule_mandel(log[known], variance[known])
    shrunken, se = _shrunken(log, variance)
    table = pl.DataFrame(
        {
            "authority": where.levels,
            "n": np.bincount(where.codes, minlength=where.size),
            "raw": np.exp(log),
            "estimate": np.exp(shrunken),
            "se": se,
            "low": np.exp(shrunken - z * se),
            "high": np.exp(shrunken + z * se),
        }
    ).with_columns(pl.col("raw").fill_nan(None))
    none = int((~known).sum())
    said = {
        **dict.fromkeys(complete.said, True),
        f"{none} of {where.size} authorities have no ratio of their own and stand at the mean.": none,
        "Authorities differ by no more than chance: what is left between them here is noise.": tau2 == 0,
    }
    return AuthoritiesResult(
        authorities=complete.give_back(table),
        mean=float(np.exp(mean)),
        tau=float(np.sqrt(tau2)),
        n_in=complete.n_in,
        n_used=complete.n_used,
        warnings=tuple(sentence for sentence, holds in said.items() if holds),
    )


def _shrunken(log: np.ndarray, variance: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Posterior means and their errors, with what is not known of τ² in them (Morris 1983, JASA 78:47)."""
    known = np.isfinite(log)
    k = int(known.sum())
    tau2, mean, mean_variance = paule_mandel(log[known], variance[known])
    away = np.where(known, log - mean, 0.0)
    pull = np.where(known, variance / (variance + tau2) * (max(k - 3, 0) / (k - 1)), 1.0)
    own = np.where(known, variance, tau2) * (1 - pull) + np.where(known, 0.0, tau2) + pull**2 * mean_variance
    typical = float(np.mean(variance[known]))
    doubt = 2 / max(k - 3, 1) * pull**2 * (typical + tau2) / (variance + tau2) * away**2
    return mean + (1 - pull) * away, np.sqrt(own + np.where(known, doubt, 0.0))


def _log_ratios(a: np.ndarray, n1: np.ndarray, c: np.ndarray, n0: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Log risk ratios and their variances; NaN without either group, or without any event."""
    half = np.where((a == 0) | (c == 0), 0.5, 0.0)
    known = (n1 > 0) & (n0 > 0) & (a + c > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        a, c, n1, n0 = a + half, c + half, n1 + half, n0 + half
        # Floored: where everybody has the outcome the formula says that nothing is left to chance.
        variance = np.maximum(1 / a - 1 / n1 + 1 / c - 1 / n0, 1e-6)
        return np.where(known, np.log(a / n1) - np.log(c / n0), np.nan), variance


def paule_mandel(estimate: np.ndarray, variance: np.ndarray) -> tuple[float, float, float]:
    """Variance between units, their mean, and the mean's variance: τ² at which Σ(y - mean)²/(s² + τ²) = k - 1."""

    def beyond(tau2: float) -> float:
        weight = 1 / (variance + tau2)
        mean = weight @ estimate / weight.sum()
        return float(weight @ (estimate - mean) ** 2) - (len(estimate) - 1)

    top = float(np.var(estimate) * len(estimate) + variance.max())
    tau2 = float(optimize.brentq(beyond, 0.0, top)) if beyond(0.0) > 0 else 0.0  # type: ignore[arg-type]
    weight = 1 / (variance + tau2)
    return tau2, float(weight @ estimate / weight.sum()), float(1 / weight.sum())


def birth_month(
    frame: Frame,
    outcome: str,
    month: str,
    adjust: Sequence[str] = (),
    cluster: str | None = None,
    bandwidth: int = 6,
    errors: Kind | None = None,
    level: float = 0.95,
) -> robust.RobustResult:
    """The jump in a 0/1 or numeric outcome between children just too old and just old enough for the year below.

    `month` is that of birth, 1 to 12. A local linear regression discontinuity at 1 September, lines of their own on
    each side, within `bandwidth` months (2 to 6). The term `youngest` is the jump: August's end less September's
    start. Months are few, so errors are not clustered by month (Kolesár & Rothe 2018, Am. Econ. Rev. 108:2277).
    Raises UsageError as `robust.fit`, and MODEL-13 for a month that is none.
    """
    if not (isinstance(bandwidth, int) and 2 <= bandwidth <= 6):
        raise UsageError("MODEL-06", "bandwidth is a whole number of months from 2 to 6.", "Give bandwidth=6.")
    ways = [cluster] if cluster else []
    complete = complete_frame(frame, [outcome, month, *adjust, *ways])
    born = numbers(complete.rows, month)
    if not np.isin(born, np.arange(1, 13)).all():
        raise UsageError("MODEL-13", f"{month} must be a month of birth, 1 to 12.", "Correct it.")
    from_september = (born - 9 + 6) % 12 - 6 + 0.5
    young = from_september < 0
    rows = complete.rows.with_columns(
        pl.Series("youngest", young.astype(float)),
        pl.Series("months from 1 September", from_september),
        pl.Series("months before 1 September", np.where(young, from_september, 0.0)),
    ).filter(pl.Series(np.abs(from_september) < bandwidth))
    fixed = ["youngest", "months from 1 September", "months before 1 September", *adjust]
    found = robust.fit(rows, outcome, fixed, cluster=cluster, errors=errors, level=level)
    said = [*complete.said]
    return replace(
        found,
        coefficients=complete.give_back(found.coefficients),
        n_in=complete.n_in,
        dropped=complete.dropped,
        warnings=(*said, *found.warnings),
    )
