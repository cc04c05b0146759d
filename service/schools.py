"""Closed schools that a return still names in its placements, and who took their place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from cohort.ingest.read import declared_formats
from cohort.reference import schools
from service.access import Principal, asked
from service.office import Office
from service.own import Told

NOT_LOADED = (
    "No register of schools is loaded, so nothing is said of closed ones. "
    "The operator loads it with: cohort reference load school_information.csv"
)


@dataclass(frozen=True)
class ClosedSchool:
    """A school that had closed by census day, the school that took its place, and the rows that still name it."""

    urn: str
    name: str
    closed_on: date
    successor_urn: str | None
    successor_name: str | None
    table: str
    rows: tuple[int, ...]


def still_named(folder: Path, told: Told) -> tuple[ClosedSchool, ...] | None:
    """Closed schools in placements that go on after the school closed; None where no register is loaded."""
    closed = schools.kept(folder)
    if closed is None:
        return None
    if "placement" not in told.tables:
        return ()
    table = declared_formats()[told.collection].by_stored["placement"].name
    goes_on = pl.col("leaving_date").is_null() | (pl.col("leaving_date") > pl.col("closed_on"))
    named = told.tables["placement"].join(closed, on="urn").filter(goes_on, pl.col("closed_on") < told.census_date)
    by_school = named.group_by(*schools.CLOSED).agg(pl.col("row_number").sort().alias("rows")).sort("urn")
    return tuple(
        ClosedSchool(urn, name, day, heir, heir_name, table, tuple(rows))
        for urn, name, day, heir, heir_name, rows in by_school.iter_rows()
    )


def load_register(office: Office, principal: Principal, file: Path) -> int:
    """Keep a register of schools in place of the one before; how many closed schools it has."""
    with asked(office.engine, principal, "reference", "load the register of schools"):
        return schools.keep(file, office.settings.registers)
