"""Held against what was published: the declared checks, and the files' own sums.

A check says what a total must come to, year by year, and who published that number. It finds the number in the
rows and compares; where the file is not loaded it was not run, and says so by an empty `holds`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

import polars as pl

from cohort.catalogue import collect
from cohort.reference.figure import Geography
from cohort.reference.sources import BY_NAME
from cohort.reference.sums import Verdict, sums

Found = Mapping[int, float]
"""Year → figure; a year that the rows do not hold is not there."""

COLUMNS: dict[str, type[pl.DataType]] = {
    "check": pl.String,
    "year": pl.Int32,
    "expected": pl.Float64,
    "found": pl.Float64,
    "holds": pl.Boolean,
    "sentence": pl.String,
    "published_in": pl.String,
}


@dataclass(frozen=True)
class Total:
    """Measures of one source added together: over a level, and over the total row or the parts of a topic.

    `codes` keeps some authorities only; `breakdown` another row than the total.
    """

    source_name: str
    measures: tuple[str, ...]
    level: Geography = Geography.ENGLAND
    topic: str | None = None
    breakdown: str | None = None
    codes: tuple[str, ...] = ()

    @property
    def sources(self) -> tuple[str, ...]:
        """The files that it needs."""
        return (self.source_name,)

    def find(self, rows: pl.DataFrame) -> Found:
        """The sum of what is shown, by year; a year without one shown figure is not there."""
        total_topic, total = BY_NAME[self.source_name].total
        wanted = [
            pl.col("source_name") == self.source_name,
            pl.col("measure").is_in(self.measures),
            pl.col("geographic_level") == self.level.value,
            pl.col("breakdown_topic") == (self.topic or total_topic),
            *([pl.col("breakdown") == (self.breakdown or total)] if self.topic is None else []),
            *([pl.col("authority_code").is_in(self.codes)] if self.codes else []),
            pl.col("value").is_not_null(),
        ]
        return dict(rows.filter(wanted).group_by("year").agg(pl.col("value").sum()).iter_rows())


@dataclass(frozen=True)
class Combined:
    """Two totals put together: a percentage, a difference."""

    left: Total
    right: Total
    combine: Callable[[float, float], float]

    @property
    def sources(self) -> tuple[str, ...]:
        """The files that it needs."""
        return tuple(dict.fromkeys((*self.left.sources, *self.right.sources)))

    def find(self, rows: pl.DataFrame) -> Found:
        """By year, where both are there."""
        left, right = self.left.find(rows), self.right.find(rows)
        return {year: self.combine(left[year], right[year]) for year in left.keys() & right.keys()}


@dataclass(frozen=True)
class Check:
    """A number that somebody published, and where it must be found again.

    `expected` is year → number; `decimals` how exactly it was published: a found number holds when it rounds
    to the expected one.
    """

    name: str
    sentence: str
    figure: Total | Combined
    expected: Mapping[int, float]
    published_in: str
    decimals: int = 0

    @property
    def source_names(self) -> tuple[str, ...]:
        """The files that it needs."""
        return self.figure.sources

    def holds(self, expected: float, found: float | None) -> bool | None:
        """Whether a found number is the expected one, to the decimals published; None where nothing was found."""
        return None if found is None else abs(found - expected) <= 0.5 * 10**-self.decimals + 1e-9


def england(source: str, *measures: str, breakdown: str | None = None) -> Total:
    """A total of England; several measures are added."""
    return Total(source, measures, breakdown=breakdown)


def authorities(source: str, measure: str, topic: str | None = None, codes: tuple[str, ...] = ()) -> Total:
    """The sum over authorities, of the total row or of the parts of a topic."""
    return Total(source, (measure,), Geography.AUTHORITY, topic, codes=codes)


def percentage(part: Total, whole: Total) -> Combined:
    """100 × part / whole."""
    return Combined(part, whole, lambda a, b: 100 * a / b if b else float("nan"))


def difference(more: Total, less: Total) -> Combined:
    """How much more the first is."""
    return Combined(more, less, lambda a, b: a - b)


@cache
def checks() -> dict[str, Check]:
    """Every declared check, by name."""
    return collect("cohort.reference.checks", Check, lambda check: check.name)


def check(rows: pl.DataFrame) -> pl.DataFrame:
    """Run every check over rows in the long form.

    Gives a row for each check and year: check, year, expected, found, holds (null: not run, the rows do not
    hold the figure), sentence, published_in; and one for the sums of each source that is there.
    """
    measures = {m for c in checks().values() for total in _totals(c) for m in total.measures}
    few = rows.filter(pl.col("measure").is_in(sorted(measures)))
    declared = [line for declared in checks().values() for line in _lines(declared, few)]
    return pl.DataFrame([*declared, *_sum_lines(rows)], schema=COLUMNS, orient="row")


def _totals(declared: Check) -> tuple[Total, ...]:
    figure = declared.figure
    return (figure,) if isinstance(figure, Total) else (figure.left, figure.right)


def _lines(declared: Check, rows: pl.DataFrame) -> list[tuple[object, ...]]:
    found = declared.figure.find(rows)
    return [
        (
            *(declared.name, year, expected, found.get(year), declared.holds(expected, found.get(year))),
            *(declared.sentence, declared.published_in),
        )
        for year, expected in sorted(declared.expected.items())
    ]


def _sum_lines(rows: pl.DataFrame) -> list[tuple[object, ...]]:
    """A line for each source: how many of its sums are unexplained, of which there should be none."""
    counted = (
        sums(rows)
        .group_by("source_name", maintain_order=True)
        .agg(
            pl.len().alias("all"),
            *((pl.col("verdict") == v.value).sum().alias(v.name.lower()) for v in Verdict),
        )
    )
    return [
        (
            f"sums of {line['source_name']}",
            None,
            0.0,
            float(line["unexplained"]),
            line["unexplained"] == 0,
            f"Regions and authorities add up to England: {line['all']} sums, of which {line['held_back']} lack "
            f"authorities that are not shown and {line['known_fault']} are known faults.",
            "the file itself",
        )
        for line in counted.iter_rows(named=True)
    ]
