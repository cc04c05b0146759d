"""Returns: which authorities made one for a collection and year, what its head says, and the digest of what it told."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import date

import polars as pl

from cohort.snapshot.shape import OFFICERS, RETURN
from synthetic.snapshot.names import Names
from synthetic.told import Told

HEAD = "authority_year"
PLACE = pl.col("place").cast(pl.Int64)
LAST_DAY = (8, 31)
"""The day as of which a collection tells whose returns have no head: the last of the school year."""


def heads(told: Told, names: Names) -> pl.DataFrame:
    """The returns of a collection: the columns of RETURN."""
    if HEAD in told.tables:
        made = told.tables[HEAD]
    else:
        places = pl.concat([frame.select(PLACE) for frame in told.tables.values()]).unique().sort("place")
        made = places.with_columns(census_date=pl.lit(date(told.year, *LAST_DAY)))
    absent = [pl.lit(None, pl.String).alias(name) for name in OFFICERS if name not in made.columns]
    named = made.sort("place").with_columns(
        *absent,
        authority_code=names.authorities.gather(made["place"].sort()).cast(pl.String),
        collection=pl.lit(told.collection),
        collection_year=pl.lit(told.year, pl.Int64),
    )
    return named.select(*RETURN).unique("authority_code", keep="first", maintain_order=True)


def returns(made: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """The table `return`."""
    return pl.concat(list(made)).sort("authority_code", "collection_year", "collection")


def events(returned: pl.DataFrame, digests: Mapping[tuple[str, int], Iterable[str]]) -> list[dict[str, object]]:
    """A return received, each: as a cut of the record says it. `digests`: of the tables that a collection told in a
    year, of which all its returns of the year are parts."""
    return [
        {
            "authority_code": code,
            "collection": collection,
            "collection_year": year,
            "content_digest": _digest([code, collection, year, *digests[collection, year]]),
        }
        for code, collection, year in returned.select("authority_code", "collection", "collection_year")
        .sort("authority_code", "collection", "collection_year")
        .iter_rows()
    ]


def _digest(parts: list[object]) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
