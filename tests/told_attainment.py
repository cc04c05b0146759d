"""The results that an invented world tells, as files of one row a child; and what of them should come back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import polars as pl

from cohort.ingest.attained import JUDGED
from cohort.ingest.read import declared_formats
from synthetic import by_child
from synthetic.attainment.attained import attain
from synthetic.lives import Lives, drawn_lives
from synthetic.places import places
from synthetic.planted import Planted
from synthetic.tell import attainment
from synthetic.told import Told
from synthetic.window import TOLD, Window
from tests.told import in_order, layout_of
from tests.told import returned as told_of

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

    year: int
    content: bytes
    results: pl.DataFrame


def returned(collection: str, place: int = 0) -> Returned:
    form, year, of = declared_formats()[collection], YEARS[collection], world()
    layout = layout_of(form)
    asked = [sheet.says["measure_code"] for sheet in layout.sheets]
    texts = pl.col("measure_code", "value_status_code").cast(pl.String)
    rows = of.told[year].tables["attainment"].with_columns(texts).filter(pl.col("measure_code").is_in(asked))
    told = replace(of.told[year], tables={**of.told[year].tables, "attainment": spelled(rows, collection)})
    own = told_of(told, form, of.lives, place)
    ((_, sheet),) = by_child.sheets_of(own, layout)
    results = rows.filter(pl.col("place") == place).join(in_order(own), on="child", maintain_order="left")
    return Returned(year, sheet.write_csv().encode(), results.select("person_row", *KEPT))


def spelled(rows: pl.DataFrame, collection: str) -> pl.DataFrame:
    """Results as the collection spells them: some judgements in words, and the code where there is no result."""
    why = pl.col("value_status_code").replace({"V": None, **ABSENT.get(collection, {})})
    said = pl.coalesce(
        *(pl.when(pl.col("measure_code") == measure).then(_in_words(texts)) for measure, texts in SHOWN.items()),
        "result_code",
        why,
    )
    number = pl.when(~pl.col("measure_code").is_in(list(SHOWN))).then("result_score")
    return rows.with_columns(result_code=said, result_score=number)


def _in_words(texts: Mapping[float, str]) -> pl.Expr:
    return pl.col("result_score").replace_strict(texts, default=None, return_dtype=pl.String)


def ordered(results: pl.DataFrame) -> pl.DataFrame:
    """Results in one order; codes of judgements alone, for a code in the place of a number is the file's own."""
    own = pl.when(pl.col("measure_code").is_in(JUDGED)).then("result_code")
    return results.select("person_row", *KEPT).with_columns(own.alias("result_code")).sort("person_row", "measure_code")
