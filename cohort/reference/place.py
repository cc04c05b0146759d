"""Where and when a row of an EES file belongs: its year, its level and its codes.

Authorities are joined on `old_la_code`, the DfE's three digits, alone: ONS codes lag behind, and flip inside
single official files. A row that cannot be placed refuses the file: left out, it would be missed in every sum.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from cohort.errors import UsageError
from cohort.reference.figure import TOTAL, Geography, Note, Noted, note
from cohort.reference.sources import Source
from cohort.schema.calendar import in_force

ROW = "row"
"""The 1-based row of the file, its head included."""


def place(table: pl.DataFrame, source: Source, name: str) -> Noted:
    """Year, level and codes of each row, in the names of the long form."""
    levels = {level.value.lower(): level.value for level in Geography}
    blank = [c for c in ("breakdown_topic", "breakdown") if c not in table.columns]
    clean = table.with_columns(pl.lit(None, pl.String).alias(c) for c in blank).with_columns(
        pl.col(c).str.strip_chars().replace("", None) for c in ("region_code", "old_la_code", "breakdown")
    )
    above = pl.col("geographic_level") != Geography.AUTHORITY
    places = clean.with_columns(
        pl.lit(source.name).alias("source_name"),
        _year().alias("year"),
        pl.col("geographic_level").str.strip_chars().str.to_lowercase().replace_strict(levels, default=None),
        pl.col("breakdown_topic", "breakdown").fill_null(TOTAL),
    ).with_columns(
        pl.when(above).then(None).otherwise(pl.col("old_la_code")).alias("authority_code"),
        pl.when(pl.col("geographic_level") == Geography.ENGLAND)
        .then(None)
        .otherwise(pl.col("region_code"))
        .alias("region_code"),
    )
    _refuse_lost(places, name)
    unnamed = clean["breakdown"].null_count() if not blank else 0
    notes = note("A blank breakdown was read as the total.", unnamed)
    return places, [*notes, *_ons_notes(places)]


def _year() -> pl.Expr:
    """`2024` is itself; `202425` and `2024/25` are the year in which they end."""
    digits = pl.col("time_period").str.replace_all(r"[^0-9]", "")
    start = digits.str.slice(0, 4).cast(pl.Int32, strict=False)
    end = digits.str.slice(4).cast(pl.Int32, strict=False)
    follows = (digits.str.len_chars() == 6) & (end == (start + 1) % 100)
    return pl.when(digits.str.len_chars() == 4).then(start).when(follows).then(start + 1)


def _refuse_lost(places: pl.DataFrame, name: str) -> None:
    """Refuse a file with a row that cannot be placed: left out, its figures would be missed in every sum."""
    level = pl.col("geographic_level")
    lost = {
        "time_period": pl.col("year").is_null(),
        "time_identifier": pl.col("time_identifier").is_null(),
        "geographic_level": level.is_null(),
        "region_code": (level == Geography.REGION) & pl.col("region_code").is_null(),
        "old_la_code": (level == Geography.AUTHORITY)
        & ~pl.col("authority_code").str.contains(r"^\d{3}$").fill_null(value=False),
    }
    for column, is_lost in lost.items():
        rows = places.filter(is_lost)[ROW]
        if len(rows):
            raise UsageError(
                "REF-06",
                f"{name}, row {rows[0]}: {column} cannot be read ({len(rows)} rows in all).",
                "Download the file again; a spreadsheet may have changed it.",
            )


def _ons_notes(places: pl.DataFrame) -> list[Note]:
    """Authorities whose ONS code flips or had ended: nothing is joined on it, but a reader should know."""
    if "new_la_code" not in places.columns:
        return []
    pairs = places.drop_nulls(["authority_code", "new_la_code"]).select("authority_code", "new_la_code", "year")
    flips = pairs.group_by("authority_code").agg(pl.col("new_la_code").n_unique()).filter(pl.col("new_la_code") > 1)
    late = {
        code
        for code, ons, year in pairs.unique().iter_rows()
        if (authority := in_force(date(year, 12, 31)).get(code)) and authority.ons_code != ons
    }
    return [
        *note("An authority stands under more than one ONS code: joined on the DfE's number.", flips.height),
        *note("An authority's ONS code is not the one in force: joined on the DfE's number.", len(late)),
    ]
