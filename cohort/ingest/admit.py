"""At the loader's door: who was erased since linking is somebody new, and rows of who objected stay outside.

The rows of a barred child are counted and nothing of them is stored, not even where they stood: a row number is
all that the authority's own file needs to name the child who objected.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import polars as pl
from sqlalchemy import Connection

from cohort.ingest.check import CheckedReturn
from cohort.ingest.parse import PERSON_ROW
from cohort.vault.meanwhile import barred_rows, renewed

LEFT_OUT = "persons left out because they objected"
PLACE = ["table", "row"]


def admitted(connection: Connection, checked: CheckedReturn) -> CheckedReturn:
    """The return as it may be stored; to be called beside others (`cohort.store.locks`), where nobody is erased."""
    linked = renewed(connection, checked.linked)
    barred = barred_rows(connection, linked)
    if not barred:
        return replace(checked, linked=linked)
    given = linked.pseudonymous
    theirs = {
        name: frame.filter(pl.col(PERSON_ROW).is_in(barred))["row_number"] for name, frame in given.tables.items()
    }
    told = replace(linked, pseudonymous=replace(given, notes={**given.notes, LEFT_OUT: len(barred)}))
    aside = {name: pl.concat([rows, theirs[name]]).unique().sort() for name, rows in checked.set_aside.items()}
    return replace(checked, linked=told, set_aside=aside, findings=_of_others(checked, theirs))


def _of_others(checked: CheckedReturn, theirs: Mapping[str, pl.Series]) -> pl.DataFrame:
    names = {table.stored: table.name for table in checked.linked.pseudonymous.format.tables}
    places = [
        pl.DataFrame({"row": rows.cast(pl.Int64)}).with_columns(pl.lit(names[stored]).alias("table"))
        for stored, rows in theirs.items()
    ]
    sheets = checked.linked.pseudonymous.places
    places += [
        sheets[names[stored]]
        .filter(pl.col("row_number").is_in(rows.implode()))
        .select("row", pl.col("sheet").alias("table"))
        for stored, rows in theirs.items()
        if names[stored] in sheets
    ]
    return checked.findings.join(pl.concat(places), on=PLACE, how="anti", maintain_order="left")
