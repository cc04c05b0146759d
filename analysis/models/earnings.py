"""Work and pay of young adults: who is in work, what those in work earn, and what that comes to for all.

A gap in the pay of those in work compares people whom work has chosen: where fewer of a group are in work, those who
are may be its best paid. So it is never given alone: the gap in employment stands beside it, and the gap in pay over
all, those without work at nothing. Pay is in real terms, and its top is pulled in (winsorised).
"""

from __future__ import annotations

import warnings as python_warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from statsmodels.regression.quantile_regression import QuantReg

from analysis.models.frame import CompleteFrame, Frame, complete_frame, design, grouping, numbers
from analysis.models.intervals import normal_quantile
from analysis.models.sandwich.errors import Kind
from analysis.models.sandwich.fitted import Choices, fit_with_errors
from cohort.errors import UsageError

PAY = "real pay"


@dataclass(frozen=True)
class EarningsResult:
    """Gaps in work and pay between the levels of a group, each against its first.

    `.gaps`: part, level, estimate, se, low, high, df. Parts: `employment` (difference in the share in work), `log pay
    of those in work` (0.1 is about ten per cent more), `pay of all` (in the deflator's money, no work counted as
    nothing). `employed` counts those in work, `winsorised` the rows pulled in to `top`.
    """

    gaps: Frame
    top: float
    winsorised: int
    employed: int
    errors: Kind
    n_in: int
    n_used: int
    warnings: tuple[str, ...]


def two_part(
    frame: Frame,
    pay: str,
    group: str,
    adjust: Sequence[str] = (),
    year: str | None = None,
    deflator: Mapping[int, float] | None = None,
    base: int | None = None,
    winsorise: float = 0.99,
    cluster: str | None = None,
    errors: Kind | None = None,
    level: float = 0.95,
) -> EarningsResult:
    """Gaps in work, in log pay of those in work, and in pay of all; linear models with robust errors.

    `pay` is 0 of those without work; unknown pay is not 0, and its rows are left out and counted. `deflator` gives a
    price index for each `year`, pay is put into prices of `base`; without one it stays as it is, and that is said.
    `winsorise` is the quantile of pay in work to which higher pay is pulled in; 1 leaves it. Raises UsageError as
    `robust.fit`, MODEL-06 (arguments, a year without an index) and MODEL-13 (pay below 0).
    """
    complete, top, moved, said = _real(frame, pay, group, adjust, year, deflator, base, winsorise, cluster)
    rows = complete.rows
    choices = Choices(cluster, None, errors, level)
    parts = {
        "employment": (rows, "in work"),
        "log pay of those in work": (rows.filter(pl.col("in work") == 1), "log pay"),
        "pay of all": (rows, PAY),
    }
    tables, kinds, doubts = [], [], list(said)
    for part, (some, outcome) in parts.items():
        fitted = fit_with_errors(some, outcome, [group, *adjust], "gaussian", choices)
        table = fitted.coefficients.filter((pl.col("term") == group) | pl.col("term").str.starts_with(f"{group}["))
        named = pl.col("term").str.strip_prefix(group).str.strip_prefix("[").str.strip_suffix("]").replace("", "1")
        tables.append(table.select(pl.lit(part).alias("part"), named.alias("level"), pl.exclude("term")))
        kinds.append(fitted.kind)
        doubts += [*fitted.warnings, *fitted.doubts(table)]
    return EarningsResult(
        gaps=complete.give_back(pl.concat(tables)),
        top=top,
        winsorised=moved,
        employed=int((rows["in work"] == 1).sum()),
        errors=kinds[0],
        n_in=complete.n_in,
        n_used=complete.n_used,
        warnings=tuple(dict.fromkeys(doubts)),
    )


def quantiles(
    frame: Frame,
    pay: str,
    group: str,
    adjust: Sequence[str] = (),
    at: Sequence[float] = (0.25, 0.5, 0.75),
    year: str | None = None,
    deflator: Mapping[int, float] | None = None,
    base: int | None = None,
    cluster: str | None = None,
    draws: int = 199,
    level: float = 0.95,
    seed: int = 25,
) -> Frame:
    """quantile, level, estimate, se, low, high: gaps in real pay of those in work along its distribution.

    statsmodels' quantile regression; errors by drawing whole clusters (or rows) anew, since its own know none.
    Read them beside `two_part`'s employment gap. Raises UsageError as `two_part`.
    """
    z = normal_quantile(level)
    if not at or not all(0 < q < 1 for q in at) or draws < 20:
        raise UsageError("MODEL-06", "Quantiles lie between 0 and 1, and draws are 20 or more.", "Give at=(0.5,).")
    complete, *_ = _real(frame, pay, group, adjust, year, deflator, base, 1.0, cluster)
    rows = complete.rows.filter(pl.col("in work") == 1)
    if rows.height < 10:
        raise UsageError("MODEL-12", "Fewer than ten people are in work.", "Ask for another population.")
    x = design(rows, [group, *adjust])
    terms = [place for place, term in enumerate(x.terms) if term == group or term.startswith(f"{group}[")]
    y, codes = rows[PAY].to_numpy(), _codes(rows, cluster)
    rng = np.random.default_rng(seed)
    sizes = [np.flatnonzero(codes == code) for code in range(codes.max() + 1)]
    picked = [np.concatenate([sizes[k] for k in rng.integers(0, len(sizes), len(sizes))]) for _ in range(draws)]
    tables = []
    for q in at:
        estimate = _quantile(y, x.standard, q)[terms]
        drawn = np.array([_quantile(y[rows_], x.standard[rows_], q)[terms] for rows_ in picked])
        scale, se = x.scale[terms], np.nanstd(drawn, axis=0, ddof=1)
        names = [x.terms[k][len(group) + 1 : -1] or "1" for k in terms]
        tables.append(pl.DataFrame({"quantile": q, "level": names, "estimate": estimate / scale, "se": se / scale}))
    half = pl.col("se") * z
    table = pl.concat(tables).with_columns(low=pl.col("estimate") - half, high=pl.col("estimate") + half)
    return complete.give_back(table)


def _quantile(y: np.ndarray, x: np.ndarray, q: float) -> np.ndarray:
    with python_warnings.catch_warnings(), np.errstate(all="ignore"):
        python_warnings.simplefilter("ignore")
        try:
            return np.asarray(QuantReg(y, x).fit(q=q, max_iter=2000).params)
        except (ValueError, np.linalg.LinAlgError):
            return np.full(x.shape[1], np.nan)


def _codes(rows: pl.DataFrame, cluster: str | None) -> np.ndarray:
    return grouping(rows, cluster).codes if cluster else np.arange(rows.height)


def _real(
    frame: Frame,
    pay: str,
    group: str,
    adjust: Sequence[str],
    year: str | None,
    deflator: Mapping[int, float] | None,
    base: int | None,
    winsorise: float,
    cluster: str | None,
) -> tuple[CompleteFrame, float, int, list[str]]:
    """Complete rows with `in work`, `real pay` and `log pay`; the top, how many were pulled in, what is to be said."""
    _refuse_arguments(adjust, year, deflator, base, winsorise)
    complete = complete_frame(frame, [name for name in (pay, group, *adjust, year, cluster) if name])
    nominal = numbers(complete.rows, pay)
    if (nominal < 0).any():
        raise UsageError("MODEL-13", f"Pay in {pay} is below 0.", "Give losses as missing, or as no pay.")
    real = nominal * _prices(complete.rows, year, deflator, base)
    if not (real > 0).any():
        raise UsageError("MODEL-07", "Nobody is in work.", "Ask for another population.")
    top = float(np.quantile(real[real > 0], winsorise))
    capped = np.minimum(real, top)
    with np.errstate(divide="ignore"):
        log = np.where(real > 0, np.log(capped), 0.0)
    columns = {"in work": (real > 0).astype(float), PAY: capped, "log pay": log}
    rows = complete.rows.with_columns(pl.Series(name, values) for name, values in columns.items())
    lost = complete.n_in - complete.n_used
    said = {
        f"{lost} of {complete.n_in} rows lack a value and were left out; unknown pay is not no pay.": lost,
        "Pay is in the money of its year: prices have moved since.": deflator is None,
        "Pay of those in work compares people whom work has chosen: read it with the gap in employment.": True,
    }
    return replace(complete, rows=rows), top, int((real > top).sum()), [s for s, holds in said.items() if holds]


def _prices(rows: pl.DataFrame, year: str | None, deflator: Mapping[int, float] | None, base: int | None) -> np.ndarray:
    if deflator is None or year is None or base is None:
        return np.ones(rows.height)
    years = numbers(rows, year)
    absent = sorted({int(one) for one in np.unique(years)} - set(deflator))
    if absent:
        raise UsageError("MODEL-06", f"The deflator has no index for {', '.join(map(str, absent))}.", "Add it.")
    return np.array([deflator[base] / deflator[int(one)] for one in years])


def _refuse_arguments(
    adjust: Sequence[str], year: str | None, deflator: Mapping[int, float] | None, base: int | None, winsorise: float
) -> None:
    given = [one is not None for one in (year, deflator, base)]
    wrong = {
        "adjust is a list of column names, not one name.": isinstance(adjust, str),
        "year, deflator and base go together.": any(given) and not all(given),
        "The deflator has no index for the base year, or one that is not above 0.": deflator is not None
        and (base not in deflator or min(deflator.values()) <= 0),
        "winsorise is a quantile above 0.5, or 1 for none.": not 0.5 < winsorise <= 1,
    }
    for sentence, holds in wrong.items():
        if holds:
            raise UsageError("MODEL-06", sentence, "See analysis.models.earnings.")
