"""A return as it was written: what the first station hands on, whatever the file was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from cohort.ingest import finding
from cohort.ingest.format import ReturnFormat, Table


@dataclass(frozen=True)
class RawReturn:
    """A return as it was written.

    `header` holds raw texts by stored column, None where absent. `tables` holds every table of the format by
    its name in the standard: row_number (UInt32, 1-based in file order), one UInt32 column for each table
    above it (`person_row` …), then every stored column as String, null where the element is absent and empty
    where it is empty or nil. `notes` counts what was normalised, in words for a receipt. `digest` is the
    SHA-256 of the file in hex, `size` its bytes. `places`: where rows stand, for tables whose rows do not stand
    in one sheet of their own name, by table (`cohort.ingest.places`).
    """

    format: ReturnFormat
    year: int
    authority_code: str
    header: Mapping[str, str | None]
    tables: Mapping[str, pl.DataFrame]
    findings: pl.DataFrame
    notes: Mapping[str, int]
    digest: str
    size: int
    places: Mapping[str, pl.DataFrame] = field(default_factory=dict)


def nobody_returned(form: ReturnFormat, year: int, authority: str) -> RawReturn:
    """A return with a head and nobody in it: what the columns of a format are like, before anything is read."""
    head = {
        "collection": form.collection,
        "collection_year": str(year),
        "census_date": form.census_day(year).isoformat(),
        "authority_code": authority,
    }
    tables = {table.name: no_rows(form, table) for table in form.tables}
    return RawReturn(form, year, authority, head, tables, finding.none(), {}, "", 0)


def no_rows(form: ReturnFormat, table: Table) -> pl.DataFrame:
    """A table of a RawReturn without rows."""
    keys = ["row_number", *[above.key for above in form.ancestors(table)][::-1]]
    return pl.DataFrame(schema={**dict.fromkeys(keys, pl.UInt32), **{c.stored: pl.String for c in table.columns}})
