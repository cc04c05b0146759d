"""What exports write in their own way, as the standard writes it."""

from __future__ import annotations

import polars as pl

from cohort.ingest.rows import Log

OLD_DATE = r"^\s*(\d{4})-([A-Za-z]{3})-(\d{2})(?:[ T]00:00:00(?:\.0+)?)?\s*$"
MIDNIGHT = r"^\s*(\d{4}-\d{2}-\d{2}) 00:00:00(?:\.0+)?\s*$"
MONTHS = {
    name: f"{n:02}"
    for n, name in enumerate(
        ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"), start=1
    )
}
REDATED = "dates written with a name of a month or a time of day"


def dated(texts: pl.Series) -> pl.Series:
    """Dates of COLLECT's exports (2025-Sep-28 00:00:00) and of databases (2025-09-28 00:00:00) as the standard writes
    dates; all else as it is."""
    parts = texts.str.extract_groups(OLD_DATE).struct.unnest()
    year, month, day = (parts[name] for name in parts.columns)
    named = month.str.to_titlecase().replace_strict(MONTHS, default=None, return_dtype=pl.String)
    iso = (year + "-" + named + "-" + day).fill_null(texts.str.extract(MIDNIGHT))
    return iso.zip_with(iso.is_not_null(), texts).alias(texts.name)


def noted(texts: pl.Series, log: Log) -> pl.Series:
    """As `dated`; what it changes is counted for the receipt."""
    made = dated(texts)
    log.notes[REDATED] += int((made != texts).sum())
    return made
