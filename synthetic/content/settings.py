"""Section I: the placement that each version of a plan names, and what kind of placement that is."""

from __future__ import annotations

import polars as pl

from synthetic.chance import codes, generator
from synthetic.content.versions import MOVED_ON
from synthetic.fakes import FIRST_URN, SCHOOLS_EACH
from synthetic.lives import Lives
from synthetic.provision import NAMED_INSTEAD, SPECIAL

COLUMNS = (
    *("urn", "ukprn", "setting_code", "is_sen_unit", "is_resourced_provision", "residential_code"),
    *("entry_date", "exit_date"),
)
PREFERRED = {"Y": 0.78, "N": 0.11, "0": 0.06, "U": 0.05}
"""Whether the setting named is the one asked for, and shares."""
SOME_TYPE = "OTH"
"""What a plan names where the child is taught nowhere: a type of setting, none in particular."""


def named(told: pl.DataFrame, lives: Lives) -> pl.DataFrame:
    """The main placement that each version names, in the order of `told` (which has stay, entered_date, issued_date
    and version_reason_code): COLUMNS and `kind` (of PLACEMENTS in `content.planted`).

    A version for the next phase names where the child goes in September; the others where it is when it is issued.
    """
    issued = pl.col("issued_date")
    year = issued.dt.year() + (issued.dt.month() >= 9).cast(pl.Int32)
    moves_on = pl.col("version_reason_code") == MOVED_ON
    day = pl.when(moves_on).then(pl.date(year, 9, 1)).otherwise(pl.max_horizontal("issued_date", "entered_date"))
    wanted = told.select("stay", day=day).with_row_index("order")
    main = lives.placements.filter(pl.col("rank_code") == "1").select("stay", *COLUMNS)
    there = wanted.join(main, on="stay").filter(
        pl.col("entry_date") <= pl.col("day"), pl.col("exit_date") >= pl.col("day")
    )
    first = there.unique("order", keep="first", maintain_order=True)
    placed = wanted.select("order").join(first, on="order", how="left", maintain_order="left")
    nowhere = pl.col("setting_code").is_in(NAMED_INSTEAD)
    return placed.select(*COLUMNS, kind=_kind(nowhere)).with_columns(
        setting_code=pl.when(nowhere).then(pl.lit(SOME_TYPE)).otherwise("setting_code")
    )


def preference(lives: Lives) -> pl.Series:
    """preference_code of each plan, in the order of `lives.plans`."""
    return pl.Series(codes(generator(lives.seed, "preferences"), PREFERRED, len(lives.plans)))


def _kind(nowhere: pl.Expr) -> pl.Expr:
    school = (pl.col("urn").cast(pl.Int64) - FIRST_URN) % SCHOOLS_EACH
    special = school.is_between(SPECIAL[0], SPECIAL[1] - 1).fill_null(value=False)
    return (
        pl.when(nowhere | pl.col("entry_date").is_null())
        .then(pl.lit("none"))
        .when(pl.col("is_sen_unit") | pl.col("is_resourced_provision"))
        .then(pl.lit("unit"))
        .when(special)
        .then(pl.lit("special"))
        .when(pl.col("ukprn").is_not_null())
        .then(pl.lit("college"))
        .when(pl.col("setting_code").is_not_null())
        .then(pl.lit("other"))
        .otherwise(pl.lit("mainstream"))
    )
