"""The results that an invented world tells, as files of one row a child; and what of them should come back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
import polars as pl

from cohort.ingest.attained import JUDGED, RESULTS
from cohort.ingest.format import ReturnFormat
from cohort.ingest.layout import Layout
from cohort.ingest.read import declared_formats
from synthetic.attainment.attained import attain
from synthetic.lives import Lives, drawn_lives
from synthetic.places import places
from synthetic.planted import Planted
from synthetic.tell import attainment
from synthetic.told import Told
from synthetic.window import TOLD, Window
from tests.told_after_16 import layout_of, named

YEARS = {"eyfsp": 2024, "phonics": 2024, "ks1": 2023, "mtc": 2024, "ks2": 2024, "ks4": 2024, "level by 19": 2024}
"""Collection → the year that is told of it."""
ABSENT = {
    "phonics": {"Z": "D", "U": "Q"},
    "mtc": {"Z": "B", "U": "Q"},
    "ks2": {"Z": "B", "U": "M"},
}
"""What is written where a result is not applicable or not known; where nothing stands here, the letter itself."""
SHOWN = {"phonics_standard": {1.0: "Wa", 0.0: "Wt"}}
RESULT = ("measure_code", "academic_year", "age_at_result", "curriculum_year_code", "urn", "value_status_code")
KEPT = (*RESULT, "result_score", "result_code")


@dataclass(frozen=True)
class World:
    lives: Lives
    told: dict[int, Told]


@cache
def world(children: int = 3_000) -> World:
    """A small world, and what is told of it in the years of the collections."""
    window, planted = Window.of(TOLD, whole=True), Planted()
    lives = drawn_lives(children, places(2, window, planted, 25), window, planted, 25)
    hours, everywhere = np.zeros(children, dtype=np.float32), np.ones(children, dtype=bool)
    of = planted.childhood.outcomes
    attained = attain(lives.people, lives.plans, lives.places, lives.schools, hours, of, 25)
    return World(lives, {year: attainment.told(lives, attained, everywhere, year) for year in set(YEARS.values())})


@dataclass(frozen=True)
class Returned:
    """A file of one place, and the results in it: person_row, then KEPT, in that order."""

    form: ReturnFormat
    year: int
    content: bytes
    results: pl.DataFrame


def returned(collection: str, place: int = 0) -> Returned:
    form, year, of = declared_formats()[collection], YEARS[collection], world()
    layout, told = layout_of(form), of.told[year]
    fields = {sheet.says["measure_code"]: sheet.labels for sheet in layout.sheets}
    texts = pl.col("measure_code", "value_status_code").cast(pl.String)
    rows = told.tables["attainment"].filter(pl.col("place") == place).with_columns(texts)
    rows = rows.filter(pl.col("measure_code").is_in(list(fields))).sort("child", maintain_order=True)
    wide = rows.group_by("child", maintain_order=True).agg(pl.col("urn", "curriculum_year_code").first())
    wide = wide.with_row_index("person_row", offset=1)
    for measure, labels in fields.items():
        own = rows.filter(pl.col("measure_code") == measure)
        wide = wide.join(_cells(own, labels, form.collection), on="child", how="left", maintain_order="left")
    results = rows.join(wide.select("child", "person_row"), on="child").select("person_row", *KEPT)
    return Returned(form, year, _csv(wide, form, layout, named(told, place, of.lives.people)), results)


def _cells(rows: pl.DataFrame, labels: Mapping[str, str], collection: str) -> pl.DataFrame:
    """child, and the fields of a measure: its number or judgement, and the code in its place."""
    result = pl.col("result_score")
    shown = result.cast(pl.String).str.replace(r"\.0$", "")
    for measure, texts in SHOWN.items():
        of = result.replace_strict(texts, default=None, return_dtype=pl.String)
        shown = pl.when(pl.col("measure_code") == measure).then(of).otherwise(shown)
    why = pl.col("value_status_code").replace({"V": None, **ABSENT.get(collection, {})})
    code = pl.coalesce("result_code", why)
    if labels["Score"] == labels["Outcome"]:
        return rows.select("child", pl.coalesce(shown, code).alias(labels["Score"]))
    return rows.select("child", shown.alias(labels["Score"]), code.alias(labels["Outcome"]))


def _csv(wide: pl.DataFrame, form: ReturnFormat, layout: Layout, persons: pl.DataFrame) -> bytes:
    person, table = form.tables[0], form.by_name[RESULTS]
    said = layout.sheets[0].says
    young = {"uln"} if form.collection != "level by 19" else set()
    identity = [
        persons[c.stored].cast(pl.String).alias(c.tag) for c in person.columns if c.stored in {*persons.columns} - young
    ]
    of_child = pl.DataFrame([persons["child"], *identity])
    items = [c for c in table.columns if c.stored in {"urn", "curriculum_year_code"} and c.stored not in said]
    rows = wide.rename({c.stored: c.tag for c in items}).drop("person_row", "urn", "curriculum_year_code", strict=False)
    return rows.join(of_child, on="child", how="left", maintain_order="left").drop("child").write_csv().encode()


def ordered(results: pl.DataFrame) -> pl.DataFrame:
    """Results in one order; codes of judgements alone, for a code in the place of a number is the file's own."""
    own = pl.when(pl.col("measure_code").is_in(JUDGED)).then("result_code")
    return results.select("person_row", *KEPT).with_columns(own.alias("result_code")).sort("person_row", "measure_code")
