"""Bias curves: what a linear estimate would become, had a confounder of some strength been measured.

Cinelli & Hazlett 2020 (J. R. Stat. Soc. B 82:39) write omitted-variable bias in partial R²: with D the share of the
treatment's and Y the share of the outcome's remaining variance that the confounder explains, the estimate moves by
se·√(df·Y·D/(1 - D)). This is algebra, not an approximation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from analysis.models.effects import glm
from analysis.models.effects.nuisance import column_of
from analysis.models.effects.problem import Columns, Problem, as_list, pose, refuse_arguments
from analysis.models.frame import Frame, complete_frame
from analysis.models.intervals import normal_quantile, t_quantile
from cohort.errors import UsageError

STRENGTHS = (0.0, 0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5)
"""Partial R² over which a bias curve is drawn."""


def robustness_value(t: float, df: float, share: float = 1.0, level: float | None = None) -> float:
    """The partial R² that a confounder needs with both treatment and outcome to take away `share` of an estimate.

    `t` is estimate over its classical standard error in a linear model with `df` residual degrees of freedom. With
    a `level`, to make the interval of that level reach the rest of the estimate.
    """
    f = share * abs(t) / np.sqrt(df)
    if level is not None:
        f -= t_quantile(level, df - 1) / np.sqrt(df - 1)
    if f <= 0:
        return 0.0
    low = (np.sqrt(f**4 + 4 * f**2) - f**2) / 2
    if level is None:
        return float(low)
    # With an interval the confounder also takes residual degrees of freedom (Cinelli & Hazlett, section 4.3).
    critical, whole = t_quantile(level, df - 1) / np.sqrt(df - 1), share * abs(t) / np.sqrt(df)
    if whole > 1 / critical:
        return float((whole**2 - critical**2) / (1 + whole**2))
    return float(low)


@dataclass(frozen=True)
class Tipping:
    """The linear estimate, and what a confounder that nobody measured would make of it.

    `robustness` is the partial R² with both treatment and outcome that would take the estimate to 0,
    `robustness_interval` the one that would take the interval there; `share` is the partial R² of the treatment with
    the outcome: were the confounder to explain the outcome wholly, it would need that much of the treatment.
    `.curve` (of_treatment, of_outcome, bias, estimate, se, low, high, tips) over a grid of strengths; `.benchmarks`
    the same for confounders as strong as measured ones (term, times). Bias is taken towards 0.
    """

    estimate: float
    se: float
    df: int
    robustness: float
    robustness_interval: float
    share: float
    curve: Frame
    benchmarks: Frame
    n_in: int
    n_used: int
    warnings: tuple[str, ...]


def tipping(
    frame: Frame,
    outcome: str,
    treatment: str,
    confounders: Sequence[str],
    benchmark: Sequence[str] = (),
    times: Sequence[float] = (1, 2, 3),
    *,
    strengths: Sequence[float] = STRENGTHS,
    knots: int = 0,
    level: float = 0.95,
) -> Tipping:
    """How the coefficient of `treatment` in a linear model would move with a hidden confounder of some strength.

    `benchmark` names measured confounders; a hidden one is tried that is `times` as strong as each of them.
    Raises UsageError as `causal.effect` does; MODEL-06 for benchmarks that are no confounders, or strengths
    outside 0 to below 1.
    """
    adjusted, known = as_list(confounders, ()), as_list(benchmark, ())
    columns = Columns(outcome, treatment, adjusted, adjusted, adjusted)
    refuse_arguments(columns, knots, folds=1, trim=0.0)
    if not set(known) <= set(adjusted):
        raise UsageError("MODEL-06", "A benchmark is one of the confounders.", "Name measured confounders.")
    if not all(0 <= strength < 1 for strength in strengths) or not all(k > 0 for k in times):
        raise UsageError(
            "MODEL-06", "Strengths lie from 0 to below 1, and times above 0.", "They are shares of variance."
        )
    normal_quantile(level)
    complete = complete_frame(frame, columns.every)
    fitted = line(pose(complete.rows, columns, "gaussian", knots), known, level)
    t = fitted.estimate / fitted.se
    return Tipping(
        estimate=fitted.estimate,
        se=fitted.se,
        df=fitted.df,
        robustness=robustness_value(t, fitted.df),
        robustness_interval=robustness_value(t, fitted.df, level=level),
        share=t**2 / (t**2 + fitted.df),
        curve=complete.give_back(curve(fitted, strengths)),
        benchmarks=complete.give_back(benchmarks(fitted, times)),
        n_in=complete.n_in,
        n_used=complete.n_used,
        warnings=complete.said,
    )


@dataclass(frozen=True)
class Line:
    """The linear model behind a bias curve: estimate with its classical error, and partial R² of each column."""

    estimate: float
    se: float
    df: int
    level: float
    of_treatment: dict[str, float]
    of_outcome: dict[str, float]


def line(problem: Problem, named: Sequence[str], level: float) -> Line:
    """Fit it; partial R² for the columns named, all of a column's terms together."""
    x, a, y = problem.surface.standard, problem.treated, problem.outcome
    whole = np.column_stack([x, a])
    fit = glm.fit(whole, y, "gaussian")
    left = float(np.sum((y - whole @ fit.coefficients) ** 2))
    df = problem.n - np.linalg.matrix_rank(x) - 1
    with_treatment, with_outcome = {}, {}
    for name in named:
        rest = x[:, [p for p, t in enumerate(problem.surface.terms) if p == 0 or column_of(t) != name]]
        with_treatment[name] = 1 - _left(x, a) / _left(rest, a)
        with_outcome[name] = 1 - left / _left(np.column_stack([rest, a]), y)
    se = float(np.sqrt(left / df * fit.inverse[-1, -1]))
    return Line(float(fit.coefficients[-1]), se, int(df), level, with_treatment, with_outcome)


def curve(fitted: Line, strengths: Sequence[float]) -> pl.DataFrame:
    """Bias and what is left of the estimate over a grid of strengths."""
    pairs = [(a, y) for a in strengths for y in strengths]
    return _adjusted(fitted, pl.DataFrame(pairs, {"of_treatment": pl.Float64, "of_outcome": pl.Float64}, orient="row"))


def benchmarks(fitted: Line, times: Sequence[float]) -> pl.DataFrame:
    """The same for a confounder `times` as strong as a measured one (their section 4.4); null where impossible."""
    rows = [(name, float(k), *_as_strong(fitted, name, k)) for name in fitted.of_treatment for k in times]
    types = {"term": pl.String, "times": pl.Float64, "of_treatment": pl.Float64, "of_outcome": pl.Float64}
    return _adjusted(fitted, pl.DataFrame(rows, types, orient="row"))


def _as_strong(fitted: Line, name: str, k: float) -> tuple[float | None, float | None]:
    a, y = fitted.of_treatment[name], fitted.of_outcome[name]
    of_treatment = k * a / (1 - a)
    if of_treatment >= 1:
        return None, None
    between = k * a**2 / ((1 - k * a) * (1 - a)) if k * a < 1 else 1.0
    if between >= 1:
        return None, None
    eta = (np.sqrt(k) + np.sqrt(between)) / np.sqrt(1 - between)
    return of_treatment, float(min(eta**2 * y / (1 - y), 1.0))


def _adjusted(fitted: Line, table: pl.DataFrame) -> pl.DataFrame:
    a, y = pl.col("of_treatment"), pl.col("of_outcome")
    size = fitted.se * (fitted.df * y * a / (1 - a)).sqrt()
    error = fitted.se * ((1 - y) / (1 - a)).sqrt() * np.sqrt(fitted.df / (fitted.df - 1))
    half = t_quantile(fitted.level, fitted.df - 1) * pl.col("se")
    table = table.with_columns(bias=size * float(np.sign(fitted.estimate)), se=error)
    table = table.with_columns(estimate=fitted.estimate - pl.col("bias"))
    table = table.with_columns(low=pl.col("estimate") - half, high=pl.col("estimate") + half)
    tips = (pl.col("low") <= 0) & (pl.col("high") >= 0) | (pl.col("estimate") * fitted.estimate <= 0)
    order = [name for name in table.columns if name in ("term", "times", "of_treatment", "of_outcome")]
    return table.with_columns(tips=tips).select(*order, "bias", "estimate", "se", "low", "high", "tips")


def _left(x: np.ndarray, y: np.ndarray) -> float:
    return float(np.sum((y - x @ glm.fit(x, y, "gaussian").coefficients) ** 2))
