"""Social care, care and youth justice, as told of the financial year that ends in a year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from synthetic.care.planted import Caring
from synthetic.care.spells import in_care, social_care, youth_justice
from synthetic.lives import Lives
from synthetic.tell.days import by, met, whole_years
from synthetic.tell.traits import place_on, traits
from synthetic.told import Told

COLLECTION = "care"
Span = tuple[date, date]


@dataclass(frozen=True)
class Cared:
    """Spells of all years, drawn to their end: `care.spells`."""

    social_care: pl.DataFrame
    care: pl.DataFrame
    youth_justice: pl.DataFrame


def drawn(lives: Lives, planted: Caring) -> Cared:
    """All spells of a world."""
    helped = social_care(lives, planted)
    return Cared(helped, in_care(lives, helped, planted), youth_justice(lives, planted))


def told(lives: Lives, cared: Cared, year: int) -> Told:
    """Every spell that met the financial year that ends in March of `year`, by the authority in which the child lived
    at its end."""
    span = date(year - 1, 4, 1), date(year, 3, 31)
    tables = {
        "care_spell": _spells(cared.care, lives, span, ("end_reason_code",)),
        "social_care_spell": _spells(cared.social_care, lives, span),
        "youth_justice_spell": _spells(cared.youth_justice, lives, span),
    }
    everybody = pl.concat([frame.select("place", "child") for frame in tables.values()])
    return Told(COLLECTION, year, {"person_trait": traits(lives.people, everybody, year), **tables})


def _spells(spells: pl.DataFrame, lives: Lives, span: Span, of_the_end: tuple[str, ...] = ()) -> pl.DataFrame:
    """Spells that met a span; what is `of_the_end` is known once they have ended."""
    met_it = spells.filter(met("start_date", "end_date", *span))
    place = place_on(lives.people, met_it["row"].to_numpy().astype(np.int64), span[1])
    told = met_it.with_columns(by("end_date", span[1]), place=pl.Series(place))
    ended = pl.col("end_date").is_not_null()
    return (
        told.with_columns(
            *(pl.when(ended).then(column).alias(column) for column in of_the_end),
            age_at_start=whole_years("start_date"),
            age_at_end=whole_years("end_date"),
        )
        .drop("row", "birth_date")
        .sort("place", "child", "start_date")
    )
