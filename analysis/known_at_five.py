"""What was known of a child at five, as numbers and words that a model takes: before anything was decided."""

from __future__ import annotations

import polars as pl

KNOWN = ("goals", "deprivation_decile", "months_after_september", "sex", "meals", "year")

SETTLED = "Phonics at six, marks: settled before"


def known() -> list[pl.Expr]:
    """The columns of KNOWN, from those of a population that follows children to key stage 2."""
    return [
        pl.col("goals"),
        pl.col("deprivation_decile").cast(pl.Float64),
        ((pl.col("birth_month").dt.month() + 3) % 12).cast(pl.Float64).alias("months_after_september"),
        pl.when(pl.col("sex_code").is_in(["F", "M"])).then("sex_code").alias("sex"),
        pl.col("is_meals_eligible").cast(pl.Int8).alias("meals"),
        pl.col("year").cast(pl.String),
    ]


def phonics_of_later(frame: pl.DataFrame, began: str) -> pl.DataFrame:
    """Children with whom nothing had begun by the check of phonics at six; who could not be checked has no mark."""
    later = frame.filter(pl.col(began).is_null() | (pl.col(began) > 1))
    return later.with_columns(pl.col("phonics").fill_null(0.0))
