"""What is not known: where it lies, and what a share can be at most and at least because of it.

Bounds assume nothing (Manski 1990, Am. Econ. Rev. 80:319): every unknown outcome may be 0 or 1. Their interval
covers the true share, wherever it lies between them, with the level asked for (Imbens & Manski 2004, Econometrica
72:1845), each end a Wilson limit so that it keeps its level in small groups.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from scipy import optimize, stats

from analysis.models.frame import Frame, Library, every_row, give_back
from analysis.models.intervals import normal_quantile, wilson
from cohort.errors import UsageError


@dataclass(frozen=True)
class Bounds:
    """Bounds for a share.

    `.table` has a row a group (one for all): the columns of `by`, n, events, not_known, estimate, se, low, high (the
    share among those known), lower, upper (Manski's bounds), bound_low, bound_high (their interval). Groups of
    whom nobody is known have null estimates; their bounds are 0 and 1.
    """

    table: Frame
    n_in: int
    n_used: int
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class GapMap:
    """Where values are missing.

    `.table` has a row a column and group: column, the columns of `by`, n, missing, estimate, se, low, high (share
    missing with Wilson's interval). `.patterns` has a row a set of columns that are missing together: missing
    (their names, joined by " + "; empty for complete rows), n, share; the largest first.
    """

    table: Frame
    patterns: Frame
    n_in: int
    n_used: int
    warnings: tuple[str, ...]


def bounds(frame: Frame, outcome: str, by: Sequence[str] = (), level: float = 0.95) -> Bounds:
    """Bounds for the share of 1s of a 0/1 outcome whose null means "not known", overall or by groups.

    Rows that lack a group are left out and counted. Raises UsageError: MODEL-01 to -05 (frame), MODEL-06 (level,
    by), MODEL-09 (outcome not 0/1).
    """
    rows, n_in, library = _rows(frame, [outcome], by)
    kind = rows.schema[outcome]
    if not (kind.is_numeric() or kind in (pl.Boolean, pl.Null)):
        raise UsageError("MODEL-03", f"Column {outcome} must hold numbers.", "Convert it first.")
    values = rows[outcome].cast(pl.Float64)
    if not values.drop_nulls().is_in([0.0, 1.0]).all():
        raise UsageError("MODEL-09", f"Outcome {outcome} must be 0, 1 or null for not known.", "Recode it.")
    counted = (
        rows.with_columns(values.alias("__y"))
        .group_by(list(by) or pl.lit(1).alias("__all"), maintain_order=True)
        .agg(n=pl.len(), events=pl.col("__y").sum(), not_known=pl.col("__y").null_count())
    )
    counted = counted.sort(list(by)) if by else counted.drop("__all")
    table = counted.with_columns(_limits(counted, level)).with_columns(pl.col("events").cast(pl.Int64))
    blind = table.filter(pl.col("not_known") == pl.col("n")).height
    said = {
        f"{n_in - rows.height} of {n_in} rows lack a group and were left out.": rows.height < n_in,
        f"Nobody's outcome is known in {blind} of {table.height} groups: they say nothing.": blind,
    }
    return Bounds(give_back(table, library), n_in, rows.height, tuple(s for s, holds in said.items() if holds))


def _limits(counted: pl.DataFrame, level: float) -> list[pl.Series]:
    n, events, unknown = (counted[c].to_numpy().astype(float) for c in ("n", "events", "not_known"))
    among = wilson(events, n - unknown, level)
    lower, upper = events / n, (events + unknown) / n
    wider = np.maximum(np.sqrt(lower * (1 - lower) / n), np.sqrt(upper * (1 - upper) / n))
    own = [
        float(2 * stats.norm.cdf(_quantile(gap, se, level)) - 1) for gap, se in zip(upper - lower, wider, strict=True)
    ]
    low = [wilson(k, m, lv).low.item() for k, m, lv in zip(events, n, own, strict=True)]
    high = [wilson(k, m, lv).high.item() for k, m, lv in zip(events + unknown, n, own, strict=True)]
    named = {
        "estimate": among.estimate, "se": among.se, "low": among.low, "high": among.high,
        "lower": lower, "upper": upper, "bound_low": np.array(low), "bound_high": np.array(high),
    }  # fmt: skip
    return [pl.Series(name, values).fill_nan(None) for name, values in named.items()]


def _quantile(gap: float, se: float, level: float) -> float:
    """c with Φ(c + gap/se) − Φ(−c) = level: two-sided where the bounds meet, one-sided where they lie far apart."""
    two, one = normal_quantile(level), float(stats.norm.ppf(level))
    if se == 0 or gap == 0:
        return two if gap == 0 else one
    found: Any = optimize.brentq(lambda c: stats.norm.cdf(c + gap / se) - stats.norm.cdf(-c) - level, one - 1e-9, two)
    return float(found)


def gaps(frame: Frame, columns: Sequence[str], by: Sequence[str] = (), level: float = 0.95) -> GapMap:
    """Count what is missing in each of `columns`, overall or by groups (authority, need, reason of leaving).

    A row without a group is kept: its group is null. Raises UsageError: MODEL-01 to -05 (frame), MODEL-06.
    """
    if isinstance(columns, str) or isinstance(by, str) or not columns:
        raise UsageError("MODEL-06", "columns and by are lists of column names.", "Give columns=['outcome'].")
    rows, library = every_row(frame, [*columns, *by])
    if rows.height == 0:
        raise UsageError("MODEL-04", "The frame has no row.", "Ask for another population.")
    gone = rows.select(*by, *(pl.col(name).is_null().alias(f"__{name}") for name in columns))
    tables = [_missing_by(gone, name, by) for name in columns]
    counted = pl.concat(tables)
    share = wilson(counted["missing"].to_numpy(), counted["n"].to_numpy(), level)
    named = zip(("estimate", "se", "low", "high"), share, strict=True)
    table = counted.with_columns(pl.Series(name, values) for name, values in named)
    together = pl.concat_list(
        pl.when(f"__{name}").then(pl.lit(name)).otherwise(pl.lit(None, pl.String)) for name in columns
    )
    patterns = (
        gone.select(missing=together.list.drop_nulls().list.join(" + "))
        .group_by("missing")
        .agg(n=pl.len())
        .sort(["n", "missing"], descending=[True, False])
        .with_columns(share=pl.col("n") / rows.height)
    )
    empty = [name for name in columns if rows[name].null_count() == rows.height]
    warnings = (f"No row has a value in {', '.join(empty)}.",) if empty else ()
    return GapMap(give_back(table, library), give_back(patterns, library), rows.height, rows.height, warnings)


def _missing_by(gone: pl.DataFrame, name: str, by: Sequence[str]) -> pl.DataFrame:
    counted = gone.group_by(list(by) or pl.lit(1).alias("__all")).agg(n=pl.len(), missing=pl.col(f"__{name}").sum())
    counted = counted.sort(list(by)) if by else counted.drop("__all")
    return counted.select(pl.lit(name).alias("column"), *by, "n", "missing")


def _rows(frame: Frame, columns: Sequence[str], by: Sequence[str]) -> tuple[pl.DataFrame, int, Library]:
    if isinstance(by, str):
        raise UsageError("MODEL-06", "by is a list of column names, not one name.", "Give by=['authority'].")
    every, library = every_row(frame, [*columns, *by])
    rows = every.drop_nulls(list(by)) if by else every
    if rows.height == 0:
        raise UsageError("MODEL-04", "No row is left to count.", "Ask for another population.")
    return rows, every.height, library
