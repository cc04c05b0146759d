"""Figures of authorities carried up to regions and England, and told apart by the SEN status of pupils."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import polars as pl

from analysis.places import ENGLAND
from analysis.positions import PLACE

LOCAL, REGIONAL, NATIONAL = "Local authority", "Regional", "National"
"""Levels, as official statistics name them."""
STATUS = "sen_provision_code"
WITH_SEN = "With SEN"
STATUSES: Mapping[str, tuple[str, ...]] = {
    WITH_SEN: ("K", "E", "S", "A", "P"),
    "SEN support": ("K", "A", "P"),
    "EHC plan": ("E", "S"),
    "No SEN": ("N",),
}
"""Groups of pupils by the status in the census of their year. Authorities are compared on all with SEN: a plan is an
authority's own decision, so that a comparison of those with a plan compares thresholds."""
EVERYBODY = "Total"
KEYS = ("measure", "sen_status", "year")
DIMENSIONS = ("geographic_level", *PLACE, *KEYS)
Together = Callable[[pl.DataFrame, list[str]], pl.DataFrame]
"""Rows put together by keys: sums of counts, or the rows themselves."""


def at_every_level(frame: pl.DataFrame, together: Together) -> pl.DataFrame:
    """DIMENSIONS and what `together` leaves, of authorities, regions and England, by group of pupils.

    `frame`: year, PLACE, measure, STATUS (null where a measure does not tell pupils apart) and what is put together.
    """
    groups = [(EVERYBODY, frame)]
    groups += [(name, frame.filter(pl.col(STATUS).is_in(codes))) for name, codes in STATUSES.items()]
    keys = ["year", *PLACE, "measure"]
    local = pl.concat(together(part, keys).with_columns(pl.lit(name).alias("sen_status")) for name, part in groups)
    none = {name: pl.lit(None, pl.String).alias(name) for name in PLACE}
    regions = together(local, [*KEYS, "region"]).with_columns(none["authority_code"], none["authority"])
    england = together(local, list(KEYS)).with_columns(
        none["authority_code"], none["region"], pl.lit(ENGLAND).alias("authority")
    )
    levels = ((LOCAL, local), (REGIONAL, regions), (NATIONAL, england))
    columns = [*DIMENSIONS, *(name for name in england.columns if name not in DIMENSIONS)]
    return pl.concat(of.with_columns(pl.lit(name).alias("geographic_level")).select(columns) for name, of in levels)


def added(*columns: str, kept: tuple[str, ...] = ()) -> Together:
    """Sums of columns; `kept` are those that all rows of a key share."""

    def together(frame: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
        return frame.group_by(keys, maintain_order=True).agg(pl.col(columns).sum(), *(pl.col(c).first() for c in kept))

    return together


def side_by_side(*columns: str) -> Together:
    """The rows as they are, with these columns."""
    return lambda frame, keys: frame.select(*keys, *columns)
