"""Puts a year's tables together, numbers their rows within each authority, and writes the head."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl

from cohort.ingest.format import Table
from cohort.ingest.formats.sen2 import SEN2
from cohort.schema.invented import INVENTED_SOFTWARE
from synthetic.chance import codes, generator
from synthetic.lives import Lives
from synthetic.returns import InventedReturn
from synthetic.sen2 import active, people, process
from synthetic.sen2.shown import count, shown

OFFICERS = {"Y": 0.92, "R": 0.05, "N": 0.03}


def returns(lives: Lives, year: int) -> Iterator[InventedReturn]:
    """The returns of a year, by authority; an authority that has nobody to tell of makes none."""
    by_place = {t.stored: _by_place(t, frame) for t, frame in _tables(lives, year)}
    for place, code in enumerate(lives.places["authority_code"]):
        own = {name: frames.get(place, frames[None]) for name, frames in by_place.items()}
        if len(own["person_trait"]):
            yield InventedReturn(SEN2, year, code, _head(lives.seed, code, year), own)


def _tables(lives: Lives, year: int) -> Iterator[tuple[Table, pl.DataFrame]]:
    rows = shown(lives, year)
    told: Mapping[str, pl.DataFrame] = {
        "person_trait": people.persons(rows, lives.children, year),
        "ehc_request": process.requests(rows, lives),
        "ehc_assessment": process.assessments(rows),
        "ehc_plan": process.plans(rows, lives),
        "plan_setting": active.settings(rows, lives),
        "active_plan": active.active_plans(rows, lives, year),
        "placement": active.placements(rows, lives),
        "plan_need": active.needs(rows, lives, year),
    }
    return ((table, told[table.stored]) for table in SEN2.tables)


def _by_place(table: Table, frame: pl.DataFrame) -> dict[int | None, pl.DataFrame]:
    """A table by authority (index): rows numbered, the rows above them, and every declared column that the year
    has. Under None, the table of an authority that has no such row."""
    above = [parent.key for parent in reversed(list(SEN2.ancestors(table)))] or [table.key]
    absent = [pl.lit(None, c.type).alias(c.stored) for c in table.columns if c.stored not in frame.columns]
    shaped = frame.with_columns(*absent, row_number=count().over("place")).select(
        "place", "row_number", *above, *(c.stored for c in table.columns)
    )
    parts = shaped.partition_by("place", as_dict=True, include_key=False)
    return {None: shaped.clear().drop("place")} | {int(place): part for (place,), part in parts.items()}


def _head(seed: int, code: str, year: int) -> dict[str, str]:
    census = SEN2.census_day(year).isoformat()
    medical, clinical, social = codes(generator(seed, f"officers {code} {year}"), OFFICERS, 3).tolist()
    return {
        "collection": SEN2.collection,
        "collection_year": str(year),
        "census_date": census,
        "source_level": "L",
        "authority_code": code,
        "software": INVENTED_SOFTWARE,
        "software_release": "1",
        "serial_number": "001",
        "extracted_at": f"{census}T09:00:00",
        "medical_officer_code": medical,
        "clinical_officer_code": clinical,
        "social_care_officer_code": social,
    }
