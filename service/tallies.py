"""What a return holds, counted: decisions, plans ended, needs, settings. For the authority's own eyes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import polars as pl

from cohort.ingest.read import declared_formats
from service.own import Told

BY_NUMBER = "School or college, by its number"
NOT_SAID = "Not said"


@dataclass(frozen=True)
class Tally:
    """How many rows of the return have a value: what is counted, the value in words, how many."""

    counted: str
    value: str
    n: int

    @property
    def sentence(self) -> str:
        """Which rows are counted, and which figure of the indicators looks at others."""
        return next(question.sentence for question in QUESTIONS if question.counted == self.counted)


@dataclass(frozen=True)
class _Question:
    """A column of a table, counted over the rows for which `where` holds in that return."""

    counted: str
    sentence: str
    stored: str
    column: str
    where: Callable[[Told], pl.Expr]


QUESTIONS = (
    _Question(
        "Requests, by decision",
        "Every request of the return but historical ones, received in whichever year: the share refused looks at those "
        "received in the year alone.",
        "ehc_request",
        "outcome_code",
        lambda _: pl.col("outcome_code").ne_missing("H"),
    ),
    _Question(
        "Assessments, by decision",
        "Every assessment of the return but historical ones, whenever it was decided.",
        "ehc_assessment",
        "outcome_code",
        lambda _: pl.col("outcome_code").ne_missing("H"),
    ),
    _Question(
        "Plans ended in the year, by reason",
        "Plans of the return that ended in the calendar year before census day.",
        "ehc_plan",
        "cease_reason_code",
        lambda told: pl.col("cease_date").dt.year() == told.year - 1,
    ),
    _Question(
        "Active plans, by primary need",
        "Active plans of the return that say a primary need. Plans in force are counted otherwise: every plan that had "
        "not ended by census day, with a need or without.",
        "plan_need",
        "need_code",
        lambda _: pl.col("rank_code") == "1",
    ),
    _Question(
        "Main placements on census day, by setting",
        "Placements of the first rank that had begun and not ended on census day; a plan may have none.",
        "placement",
        "setting_code",
        lambda told: (
            (pl.col("rank_code") == "1")
            & (pl.col("entry_date").is_null() | (pl.col("entry_date") <= told.census_date))
            & (pl.col("leaving_date").is_null() | (pl.col("leaving_date") >= told.census_date))
        ),
    ),
)


def tallies(told: Told) -> tuple[Tally, ...]:
    """The answers to every question that the return's collection can answer, the most frequent value first."""
    return tuple(tally for question in QUESTIONS if question.stored in told.tables for tally in _tally(told, question))


def _tally(told: Told, asked: _Question) -> Iterator[Tally]:
    codes = declared_formats()[told.collection].by_stored[asked.stored].column(asked.column).codes
    labels = {code.code: code.label for code in codes.codes} if codes is not None else {}
    rows = told.tables[asked.stored].filter(asked.where(told))
    value = pl.col(asked.column).replace_strict(labels, default=None, return_dtype=pl.String)
    if asked.stored == "placement":
        numbered = pl.col("urn").is_not_null() | pl.col("ukprn").is_not_null()
        value = pl.when(numbered).then(pl.lit(BY_NUMBER)).otherwise(value)
    counted = (
        rows.group_by(value.fill_null(NOT_SAID).alias("value")).len().sort("len", "value", descending=[True, False])
    )
    for words, n in counted.iter_rows():
        yield Tally(asked.counted, words, n)
