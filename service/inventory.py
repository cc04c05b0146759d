"""The operator's look over the whole record: facts whose person is missing, and spells that overlap."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from cohort.store.integrity import SPELLS, overlaps, strays
from cohort.store.known import current
from cohort.store.roles import Role, acting
from service.access import Principal, asked
from service.office import Office


@dataclass(frozen=True)
class Inventory:
    """`strays`: table → facts of nobody. `overlaps`: table, year, authority_code, spells, overlapping."""

    strays: dict[str, int]
    overlaps: pl.DataFrame


def take_inventory(office: Office, principal: Principal, progress: Callable[[str, float], None]) -> Inventory:
    """Ask the whole record, at one moment."""
    with (
        asked(office.engine, principal, "inventory", "the record"),
        acting(office.engine, Role.OPERATOR, isolation="REPEATABLE READ") as connection,
    ):
        progress("looking for facts of nobody", 0.0)
        missing = strays(connection)
        known = current(connection)
        years = known.submissions["collection_year"].unique().sort().to_list()
        found = []
        for place, spells in enumerate(SPELLS):
            progress(f"comparing spells of {spells.table}", (place + 1) / (len(SPELLS) + 1))
            for year in years:
                counted = overlaps(connection, known, spells, year)
                found.append(counted.select(pl.lit(spells.table).alias("table"), pl.lit(year).alias("year"), pl.all()))
        return Inventory(missing, pl.concat(found) if found else pl.DataFrame())
