"""Rubin's rules: one answer from the answers of m completed frames, with the error of what was not seen in it.

Rubin 1987 (*Multiple Imputation*, ch. 3); degrees of freedom after Barnard & Rubin 1999 (Biometrika 86:948), so
that an interval is never wider-tailed than the complete data's own. The fraction of missing information says how
many imputations are enough: a hundred times it (White, Royston & Wood 2011, Stat. Med. 30:377).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import ArrayLike
from scipy import stats

from analysis.models.frame import Frame
from analysis.models.intervals import normal_quantile
from cohort.errors import UsageError

LEAST_SHARE = 1e-4
"""The share of variance between imputations below which the degrees of freedom have no more to lose (as in mice)."""


@dataclass(frozen=True)
class Pooled:
    """Pooled estimates.

    `.table` has a row a term: term, estimate, se, low, high, df, fmi (fraction of missing information), riv
    (relative increase in variance), within, between. A term that any completed frame could not estimate is null.
    `imputations_needed` is 100 × the largest fmi, rounded up; `warnings` says so where m is less.
    """

    table: Frame
    m: int
    level: float
    imputations_needed: int
    warnings: tuple[str, ...]


def pool(
    estimates: ArrayLike,
    ses: ArrayLike,
    df: float | None = None,
    terms: Sequence[str] | None = None,
    level: float = 0.95,
) -> Pooled:
    """Pool m estimates (m, or m × terms) with their standard errors; `df`: the complete data's, None for many.

    Raises UsageError MODEL-70 for fewer than two imputations, shapes that differ or negative standard errors, and
    MODEL-06 for a level or df that cannot be.
    """
    q, u = _columns(estimates, ses)
    normal_quantile(level)
    if df is not None and not df > 0:
        raise UsageError("MODEL-06", "Degrees of freedom are above 0.", "Leave df out where they are many.")
    names = [str(place) for place in range(q.shape[1])] if terms is None else list(terms)
    if len(names) != q.shape[1]:
        raise UsageError("MODEL-70", "There are not as many names as estimates.", "Name each term once.")
    table = _table(q, u, np.inf if df is None else float(df), level).with_columns(pl.Series("term", names))
    fmi = table["fmi"].max()
    needed = int(np.ceil(100 * float(fmi) - 1e-9)) if isinstance(fmi, float) else 0
    return Pooled(table.select("term", pl.exclude("term")), len(q), level, needed, _warnings(table, len(q), needed))


def _columns(estimates: ArrayLike, ses: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    q, u = np.asarray(estimates, dtype=float), np.asarray(ses, dtype=float)
    wrong = {
        "Estimates and standard errors are not of one shape.": q.shape != u.shape,
        "Rubin's rules need two imputations at least.": q.ndim not in (1, 2) or len(q) < 2,
        "A standard error is below 0.": bool(np.any(u < 0)),
        "An estimate or a standard error is infinite.": bool(np.isinf(q).any() or np.isinf(u).any()),
    }
    for sentence, holds in wrong.items():
        if holds:
            raise UsageError("MODEL-70", sentence, "Give m estimates and their m standard errors.")
    return q.reshape(len(q), -1), u.reshape(len(u), -1)


def _table(q: np.ndarray, u: np.ndarray, complete: float, level: float) -> pl.DataFrame:
    m = len(q)
    estimate, within, between = q.mean(axis=0), (u**2).mean(axis=0), q.var(axis=0, ddof=1)
    total = within + (1 + 1 / m) * between
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.maximum((1 + 1 / m) * between / total, LEAST_SHARE)
        riv = (1 + 1 / m) * between / within
        df = (m - 1) / share**2
        if np.isfinite(complete):
            seen = (complete + 1) / (complete + 3) * complete * (1 - share)
            df = df * seen / (df + seen)
        fmi = np.where(np.isinf(riv), 1.0, (riv + 2 / (df + 3)) / (riv + 1))
    half = stats.t.ppf(0.5 + level / 2, df) * np.sqrt(total)
    columns = {
        "estimate": estimate, "se": np.sqrt(total), "low": estimate - half, "high": estimate + half,
        "df": df, "fmi": fmi, "riv": riv, "within": within, "between": between,
    }  # fmt: skip
    return pl.DataFrame(columns).with_columns(pl.all().fill_nan(None))


def _warnings(table: pl.DataFrame, m: int, needed: int) -> tuple[str, ...]:
    gone = table.filter(pl.col("estimate").is_null())["term"].to_list()
    said = {
        f"{m} imputations are fewer than 100 × the fraction of missing information: take {needed}.": m < needed,
        f"Not estimated in every completed frame, so not pooled: {', '.join(gone)}.": bool(gone),
    }
    return tuple(sentence for sentence, holds in said.items() if holds)
