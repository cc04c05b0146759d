"""What rules on results ask: of which measure a row is, what was ordinary there, and what the child has in another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import polars as pl

from cohort.schema.codes.attainment import TEACHER_ASSESSMENT
from cohort.schema.outcome_measure import OutcomeMeasure, Stage, Unit
from cohort.schema.outcome_measures import outcome_measures

MEASURES = outcome_measures()
LAST = 2100
HELD = frozenset(f"{m.code} {year}" for m in MEASURES.values() for year in m.years(LAST))
"""Measure and year of every result that may be."""
JUDGED = frozenset(m.code for m in MEASURES.values() if m.unit is Unit.JUDGEMENT)
WHOLE = frozenset(
    m.code for m in MEASURES.values() if m.unit in {Unit.MARK, Unit.SCALED_SCORE, Unit.COUNT, Unit.YES_NO}
)
GOALS = frozenset(code for code in MEASURES if code.startswith("goal_"))
PRE_KEY_STAGE = frozenset(
    code.code for code in TEACHER_ASSESSMENT.codes if code.code.startswith("PK") or code.code in {"BLW", "EM"}
)
"""Assessments of who works below the tests."""
SUBJECT = frozenset({"GDS", "EXS", "WTS", "HNM"}) | PRE_KEY_STAGE
"""Judgements of a teacher on a subject."""
MEASURE = pl.col("measure_code")


def _place(measure: OutcomeMeasure) -> tuple[int, int] | None:
    """First and last school year, counted from reception as 0, in which a child ordinarily comes to a measure."""
    if measure.code.startswith("phonics"):
        return 1, 2
    if measure.code == "multiplication_mark":
        return 4, 4
    of_stage = {Stage.KEY_STAGE_1: 2, Stage.KEY_STAGE_2: 6, Stage.KEY_STAGE_4: 11}
    if measure.stage in of_stage:
        return of_stage[measure.stage], of_stage[measure.stage]
    if measure.stage is Stage.EARLY_YEARS and measure.code != "review_at_two":
        return 0, 0
    return (14, 14) if measure.code.endswith("_by_19") else None


SCHOOL_YEARS = {code: place for code, measure in MEASURES.items() if (place := _place(measure)) is not None}
"""Measure → first and last school year; age on 31 May is four or five years more."""


def by_measure(values: Mapping[str, float]) -> pl.Expr:
    """A number of the row's measure; null where it has none."""
    return MEASURE.replace_strict(dict(values), default=None, return_dtype=pl.Float64)


def is_of(measures: Iterable[str]) -> pl.Expr:
    """Whether the row is of one of these measures."""
    return MEASURE.is_in(sorted(measures))


def of(measure: str, column: str = "result_score") -> pl.Expr:
    """What the same child has in a measure, of several results the greatest; null where nothing is told of it."""
    return pl.when(measure == MEASURE).then(column).max().over("person_row")


def told(measure: str) -> pl.Expr:
    """Whether anything is told of a measure of the same child, be it that there is no result."""
    return MEASURE.is_in([measure]).any().over("person_row")
