"""The public register of schools: which were closed, when, and who took their place.

A school that becomes an academy, or is taken over, closes under its number (URN) and opens under another; it keeps
the number that its authority gave it (LAESTAB). So the successor of a closed school is the one of the same LAESTAB
that opened next. The register is public and holds no child: it is kept as one file, and a newer one takes its place.
"""

from __future__ import annotations

import os
from pathlib import Path

import polars as pl

from cohort.errors import UsageError

NEEDED = ("URN", "LAESTAB", "SCHNAME", "OPENDATE", "CLOSEDATE")
"""Headers of the school information files of the DfE's performance tables."""
KEPT = "schools.parquet"
CLOSED = {
    "urn": pl.String,
    "name": pl.String,
    "closed_on": pl.Date,
    "successor_urn": pl.String,
    "successor_name": pl.String,
}
"""One row a closed school; without a successor the last two are null."""


def is_register(file: Path) -> bool:
    """Whether a file has the headers of the register."""
    try:
        with file.open("rb") as opened:
            first = opened.readline(10_000).decode("utf-8-sig", errors="replace")
    except OSError:
        return False
    return set(NEEDED) <= set(first.strip().split(","))


def closed_schools(file: Path) -> pl.DataFrame:
    """The closed schools of a register (the columns of CLOSED). Raises UsageError where a date cannot be read."""
    given = pl.read_csv(file, columns=list(NEEDED), infer_schema_length=0, encoding="utf8-lossy")
    try:
        dates = [pl.col(day).str.to_date("%d-%m-%Y") for day in ("OPENDATE", "CLOSEDATE")]
        schools = given.with_columns(dates)
    except pl.exceptions.PolarsError:
        raise UsageError("REF-09", "A date of the register of schools cannot be read.", "Download it again.") from None
    opened = schools.drop_nulls("OPENDATE").select("LAESTAB", "OPENDATE", successor_urn="URN", successor_name="SCHNAME")
    ended = schools.drop_nulls("CLOSEDATE").sort("CLOSEDATE")
    # The next is looked for from the last day of the old one, on which some registers open the new one.
    paired = ended.join_asof(
        opened.sort("OPENDATE"),
        left_on="CLOSEDATE",
        right_on="OPENDATE",
        by="LAESTAB",
        strategy="forward",
        check_sortedness=False,
    )
    itself = pl.col("successor_urn") == pl.col("URN")
    named = [pl.when(~itself.fill_null(value=False)).then(c).alias(c) for c in ("successor_urn", "successor_name")]
    return paired.with_columns(named).select(
        pl.col("URN").alias("urn"), pl.col("SCHNAME").alias("name"), pl.col("CLOSEDATE").alias("closed_on"),
        "successor_urn", "successor_name",
    ).sort("urn")  # fmt: skip


def keep(file: Path, folder: Path) -> int:
    """Keep the closed schools of a register in place of those kept before; how many there are."""
    found = closed_schools(file)
    folder.mkdir(parents=True, exist_ok=True)
    aside = folder / f".{KEPT}-{os.getpid()}"
    found.write_parquet(aside)
    aside.replace(folder / KEPT)
    return found.height


def kept(folder: Path) -> pl.DataFrame | None:
    """The closed schools that are kept; None where no register was loaded."""
    path = folder / KEPT
    return pl.read_parquet(path) if path.exists() else None
