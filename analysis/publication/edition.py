"""An edition: the releases of its themes, and the places in the words and codes of official statistics."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import polars as pl

from analysis.headings import UNIT
from analysis.levels import EVERYBODY, KEYS, LOCAL, NATIONAL, STATUSES
from analysis.release import Provenance, Release
from analysis.studies.indicators import TABLES
from analysis.themes import CALENDAR, THEMES, Theme
from cohort.errors import UsageError

NAMED = re.compile(r"20\d\d-(spring|autumn)")
DRAFT = "Draft, made of invented data: no real child is in it, and no figure says anything of a real authority."
POSITION = {"z": pl.Float64, "group": pl.String, "rank_low": pl.Int64, "rank_high": pl.Int64, "ranked": pl.Int64}
"""Where an authority stands in the latest year; null for all other cells."""


def refuse_name(name: str) -> None:
    """Raises UsageError PUBLISH-01 for a name that is no edition's."""
    if not NAMED.fullmatch(name):
        raise UsageError("PUBLISH-01", f"{name!r} names no edition.", "Name the year and the half: 2026-spring.")


@dataclass(frozen=True)
class Edition:
    """`releases`: by theme. `missing`: themes of which nothing was returned. `places`: authority_code, ons_code,
    authority, region_code, region, a row an authority.
    """

    name: str
    releases: Mapping[str, Release]
    missing: tuple[str, ...]
    places: pl.DataFrame

    def themes(self) -> Iterable[tuple[str, Theme, Release]]:
        """Every theme that has figures."""
        return ((name, THEMES[name], release) for name, release in self.releases.items())

    @cached_property
    def cells(self) -> pl.DataFrame:
        """Every released figure: theme, the dimensions of the study, title, numerator and denominator or unit (of a
        mean, ratio or median), value, low, high, status, and POSITION.
        """
        return pl.concat([_cells(name, release) for name, release in self.releases.items()], how="diagonal")

    @property
    def origin(self) -> Provenance:
        """Where all its figures come from."""
        return next(iter(self.releases.values())).provenance

    @property
    def withheld(self) -> int:
        """Cells withheld in all themes."""
        return sum(release.withheld for release in self.releases.values())


def _cells(theme: str, release: Release) -> pl.DataFrame:
    frames = [release.tables[name].frame for name in TABLES if name in release.tables]
    none = pl.DataFrame(schema={UNIT: pl.String})
    figures = pl.concat([none, *frames], how="diagonal").with_columns(pl.lit(theme).alias("theme"))
    tables = [release.tables[name].frame for name in ("positions", "value_positions") if name in release.tables]
    placed = pl.concat(tables, how="diagonal")
    if "rank_low" not in placed.columns:
        return figures.with_columns(pl.lit(None, kind).alias(name) for name, kind in POSITION.items())
    keys = [*KEYS, "authority_code"]
    positions = placed.select(*keys, *(pl.col(name).cast(kind) for name, kind in POSITION.items()))
    return figures.join(positions, on=keys, how="left", maintain_order="left")


@dataclass(frozen=True)
class Shelf:
    """Figures at hand one by one, for pages. `statuses`: of each measure the groups of pupils, the one by which
    authorities are compared first. `years`: those of each measure.
    """

    cells: Mapping[tuple[str, str, int, str, str], Mapping[str, Any]]
    statuses: Mapping[str, Sequence[str]]
    years: Mapping[str, Sequence[int]]

    @property
    def latest(self) -> Mapping[str, int]:
        """The last year of each measure."""
        return {name: max(years) for name, years in self.years.items()}

    def at(self, measure: str, status: str, year: int | None, level: str, place: str) -> Mapping[str, Any] | None:
        """One figure; `place` is an authority's code, a region, or nothing for England."""
        return self.cells.get((measure, status, year or 0, level, place))


def shelved(edition: Edition) -> Shelf:
    """The figures of an edition, each where it is looked for."""
    cells: dict[tuple[str, str, int, str, str], Mapping[str, Any]] = {}
    statuses: dict[str, set[str]] = defaultdict(set)
    years: dict[str, set[int]] = defaultdict(set)
    for row in edition.cells.iter_rows(named=True):
        name, status, year, level = row["measure"], row["sen_status"], row["year"], row["geographic_level"]
        place = {LOCAL: row["authority_code"], NATIONAL: ""}.get(level, row["region"])
        cells[name, status, year, level, place] = row
        statuses[name].add(status)
        years[name].add(year)
    order = [*STATUSES, EVERYBODY]
    ordered = {name: sorted(found, key=order.index) for name, found in statuses.items()}
    return Shelf(cells, ordered, {name: sorted(found) for name, found in years.items()})


def in_words(theme: Theme, year: int) -> str:
    """A year as it is read: 2025, or 2024/25."""
    return str(year) if theme.period == CALENDAR else f"{year - 1}/{year % 100:02d}"


def period(theme: Theme, year: int) -> str:
    """A year as official statistics write it: 2025, or 202425 for one that ends in 2025."""
    return in_words(theme, year).replace("/", "")
