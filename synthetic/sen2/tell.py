"""Puts a year's tables together, numbers their rows within each authority, and writes the heads."""

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
from synthetic.sen2.stored import stored
from synthetic.told import Told

OF_HEAD = ("census_date", *(f"{who}_officer_code" for who in ("medical", "clinical", "social_care")))
"""Items of the head that are stored."""
OFFICERS = {"Y": 0.92, "R": 0.05, "N": 0.03}


def returns(lives: Lives, year: int) -> Iterator[InventedReturn]:
    """The returns of a year, by authority; an authority that has nobody to tell of makes none."""
    tables = _tables(shown(lives, year), lives, year)
    by_place = {table.stored: _by_place(frame) for table, frame in tables}
    for place, code in enumerate(lives.places["authority_code"]):
        own = {name: frames.get(place, frames[None]) for name, frames in by_place.items()}
        if len(own["person_trait"]):
            yield InventedReturn(SEN2, year, code, _head(lives.seed, code, year), own)


def told(lives: Lives, year: int) -> Told:
    """The returns of a year as a whole, as they are stored."""
    rows = shown(lives, year)
    births = lives.children.select("child", "birth_date")
    who = rows.select("place", "person_row", "child").unique().join(births, on="child")
    tables = {table.stored: stored(table, frame, who, year) for table, frame in _tables(rows, lives, year)}
    return Told(SEN2.collection, year, {**tables, "authority_year": _heads(lives, tables["person_trait"], year)})


def _tables(rows: pl.DataFrame, lives: Lives, year: int) -> Iterator[tuple[Table, pl.DataFrame]]:
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
    return ((table, _numbered(table, told[table.stored])) for table in SEN2.tables)


def _numbered(table: Table, frame: pl.DataFrame) -> pl.DataFrame:
    """A table of all authorities: place, the row's number, the rows above it, and every declared column."""
    above = [parent.key for parent in reversed(list(SEN2.ancestors(table)))] or [table.key]
    absent = [pl.lit(None, c.type).alias(c.stored) for c in table.columns if c.stored not in frame.columns]
    return frame.with_columns(*absent, row_number=count().over("place")).select(
        "place", "row_number", *above, *(c.stored for c in table.columns)
    )


def _by_place(frame: pl.DataFrame) -> dict[int | None, pl.DataFrame]:
    """A table by authority (index). Under None, the table of an authority that has no such row."""
    parts = frame.partition_by("place", as_dict=True, include_key=False)
    return {None: frame.clear().drop("place")} | {int(place): part for (place,), part in parts.items()}


def _heads(lives: Lives, persons: pl.DataFrame, year: int) -> pl.DataFrame:
    """The heads of the returns of a year as they are stored, by place."""
    places, codes = persons["place"].unique().sort(), lives.places["authority_code"]
    heads = pl.DataFrame([_head(lives.seed, codes[place], year) for place in places])
    items = [column.stored for column in SEN2.header if column.in_year(year) and column.stored in OF_HEAD]
    return heads.select(places, *items).with_columns(pl.col("census_date").str.to_date())


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
