"""Whether a file's own regions and authorities add up to its England, total row by total row.

They need not: an authority may be held back, and its publisher may have erred. `faults` lists the errors that
we know; whatever is left is `unexplained` and worth a letter.
"""

from __future__ import annotations

from enum import StrEnum

import polars as pl

from cohort.reference.faults import FAULTS
from cohort.reference.figure import Geography, is_share
from cohort.reference.sources import SOURCES

TOTALS = pl.DataFrame(
    [(source.name, *source.total) for source in SOURCES],
    schema={"source_name": pl.String, "breakdown_topic": pl.String, "breakdown": pl.String},
    orient="row",
)
"""The total row of each source."""

KEY = ("source_name", "year", "measure")


class Verdict(StrEnum):
    """What a sum shows."""

    EQUAL = "equal"
    HELD_BACK = "held back"
    """Less than England, and at least one authority is not shown."""
    KNOWN_FAULT = "known fault"
    """Not equal, exactly as a fault that is written down says."""
    UNEXPLAINED = "unexplained"


def total_rows(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows that count everybody."""
    return rows.join(TOTALS, on=TOTALS.columns, how="semi", maintain_order="left")


def sums(rows: pl.DataFrame) -> pl.DataFrame:
    """Each total of England beside the sums below it.

    Takes the long form; gives source_name, year, measure, england, regions (null where the file has none),
    authorities, held_back (authorities whose figure is not shown), verdict. Percentages and totals that
    England does not show are left out: nothing adds up to them.
    """
    counts = total_rows(rows).filter(~is_share(pl.col("measure")))
    added = counts.group_by(KEY, maintain_order=True).agg(
        _at(Geography.ENGLAND).first().alias("england"),
        pl.when(_at(Geography.REGION).len() > 0).then(_at(Geography.REGION).sum()).alias("regions"),
        _at(Geography.AUTHORITY).sum().alias("authorities"),
        _at(Geography.AUTHORITY).null_count().alias("held_back"),
    )
    shown = added.filter(pl.col("england").is_not_null())
    known = pl.DataFrame([vars(f) for f in FAULTS]).select(
        "source_name",
        pl.col("year").cast(pl.Int32),
        "measure",
        pl.col("england", "authorities").cast(pl.Float64),
        fault=pl.lit(value=True),
    )
    return (
        shown.join(known, on=[*KEY, "england", "authorities"], how="left", maintain_order="left")
        .with_columns(_verdict().alias("verdict"))
        .drop("fault")
    )


def _at(level: Geography) -> pl.Expr:
    return pl.col("value").filter(pl.col("geographic_level") == level.value)


def _verdict() -> pl.Expr:
    england, authorities = pl.col("england"), pl.col("authorities")
    regions_fit = pl.col("regions").fill_null(england) == england
    return (
        pl.when(regions_fit & (authorities == england))
        .then(pl.lit(Verdict.EQUAL.value))
        .when(regions_fit & (authorities < england) & (pl.col("held_back") > 0))
        .then(pl.lit(Verdict.HELD_BACK.value))
        .when(pl.col("fault").fill_null(value=False))
        .then(pl.lit(Verdict.KNOWN_FAULT.value))
        .otherwise(pl.lit(Verdict.UNEXPLAINED.value))
    )
