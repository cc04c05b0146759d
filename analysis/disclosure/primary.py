"""Primary suppression and rounding of counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import polars as pl

from analysis.disclosure.policy import Policy
from analysis.release import Status


@dataclass(frozen=True)
class Protected:
    """`table`: as given, with `count` null where withheld and `status`; `withheld` cells in all."""

    table: pl.DataFrame
    policy: Policy

    @property
    def withheld(self) -> int:
        """Cells withheld."""
        words = [Status.SUPPRESSED.word, Status.SECONDARY.word]
        return self.table.filter(pl.col("status").is_in(words)).height


def protect(
    table: pl.DataFrame,
    rows: Iterable[str],
    columns: Iterable[str],
    count: str,
    policy: Policy,
    known_totals: Mapping[str, int] | None = None,
) -> Protected:
    """Withhold counts under the policy's threshold and round the rest.

    `table` is a long frame of true counts; `rows` and `columns` name its dimensions. `known_totals` are for
    complementary suppression, which is not built yet: policies for real children refuse until it is.
    """
    kept = [*rows, *columns]
    status = pl.when(pl.col(count).is_null()).then(pl.lit(Status.NO_DATA.word))
    status = status.when(pl.col(count) < policy.threshold).then(pl.lit(Status.SUPPRESSED.word))
    judged = table.select(
        *kept, status.otherwise(pl.lit(Status.SHOWN.word)).alias("status"), pl.col(count).alias("count")
    )
    shown = pl.col("status") == Status.SHOWN.word
    return Protected(
        judged.with_columns(pl.when(shown).then(rounded(pl.col("count"), policy.rounding)).alias("count")), policy
    )


def rounded(count: pl.Expr, base: int) -> pl.Expr:
    """To the nearest multiple of `base`, halves up."""
    return ((count + base // 2) // base) * base
