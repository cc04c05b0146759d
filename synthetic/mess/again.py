"""One return sent again: on another day, without some of its persons, or in another order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

import numpy as np
import polars as pl

from synthetic.chance import Whole
from synthetic.faults import PlantedFault
from synthetic.faults.alter import ROW, keyed, numbered_anew
from synthetic.returns import InventedReturn

TURN = "\0turn"


def extracted(invented: InventedReturn, day: date) -> InventedReturn:
    """The return as it is taken out of the authority's system on a day, of which the head tells."""
    return replace(invented, header={**invented.header, "extracted_at": f"{day.isoformat()}T09:00:00"})


def without_some(invented: InventedReturn, share: float, rng: np.random.Generator) -> InventedReturn:
    """The return without so large a share of its persons: one at least, and one stays."""
    n = _persons(invented)
    gone = min(max(round(share * n), 1), n - 1)
    return _in_turns(invented, np.sort(rng.permutation(n)[gone:]) + 1)[0]


def reordered(
    invented: InventedReturn, planted: Iterable[PlantedFault], rng: np.random.Generator
) -> tuple[InventedReturn, list[PlantedFault]]:
    """The return with its persons in another order, and where its faults are then."""
    again, moved = _in_turns(invented, rng.permutation(_persons(invented)) + 1)
    names = {table.stored: table.name for table in invented.format.tables}
    now = {(names[stored], row): to for stored, row, to in moved.iter_rows()}
    # What is said of the head stays where it is.
    return again, [replace(fault, row=now.get((fault.table, fault.row), fault.row)) for fault in planted]


def _in_turns(invented: InventedReturn, rows: Whole) -> tuple[InventedReturn, pl.DataFrame]:
    """The return with these persons alone, in this order; and where its rows went: stored, row, now."""
    person = invented.format.tables[0]
    turns = pl.DataFrame({person.key: rows, TURN: np.arange(len(rows)) + 1})
    tables = {
        name: frame.join(turns, on=person.key, maintain_order="left").with_columns(pl.col(TURN).alias(person.key))
        for name, frame in keyed(invented).items()
    }
    tables[person.stored] = tables[person.stored].with_columns(pl.col(TURN).alias(ROW))
    numbered, moved = numbered_anew(invented.format, {name: frame.drop(TURN) for name, frame in tables.items()})
    of_persons = turns.select(pl.lit(person.stored).alias("stored"), pl.col(person.key).alias("row"), now=TURN)
    others = moved.filter(pl.col("stored") != person.stored).select(of_persons.columns)
    return replace(invented, tables=numbered), pl.concat([of_persons, others])


def _persons(invented: InventedReturn) -> int:
    return invented.tables[invented.format.tables[0].stored].height
