"""How the National Pupil Database (NPD) tells of results: a row a child, a column a measure. Kept is a row a result.

A format declares one table of results; its layout reads the one sheet once for each measure, so that every result
stands in the record as a row and every finding at the file's own row, under the header that the measure has there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import polars as pl

from cohort.ingest.child import CHILD
from cohort.ingest.format import Column, Kind, Level, ReturnFormat, Table
from cohort.ingest.layout import Layout, Sheet, plain
from cohort.ingest.npd import FIELDS
from cohort.schema.code_list import CodeList
from cohort.schema.codes import pupils
from cohort.schema.codes.measures import OUTCOME_MEASURE
from cohort.schema.outcome_measure import NO_TESTS, Unit
from cohort.schema.outcome_measures import outcome_measures

RESULTS = "Attainment"
MEASURED = (5, 31)
"""Day near which most is measured: ages are those of this day of the school year."""
GIVEN = "V"
JUDGED = tuple(m.code for m in outcome_measures().values() if m.unit is Unit.JUDGEMENT)
NOT_JUDGED = {"D": "Z", "L": "Z", "F": "Z", "P": "Z", "Q": "U"}
"""Status of teachers' assessments that are none. A is one: the DfE counts it among those below the standard."""
NOT_HELD = frozenset(NO_TESTS)

Fields = Mapping[str, tuple[str, ...]]
"""Measure → the field of its result and, where there is one, that of the code that stands where no result does."""


def head(prefix: str = "") -> tuple[Column, ...]:
    """Year and authority, in every row or said beside the file."""
    return (
        Column(
            f"{prefix}ACADYR", "collection_year", Kind.YEAR, "Year in which the school year ends.", spellings=("Year",)
        ),
        Column(
            f"{prefix}LA", "authority_code", Kind.AUTHORITY, "DfE number of the authority.", spellings=("LA", "LEA")
        ),
    )


def results(
    outcomes: CodeList, absent: Mapping[str, str], urn: str, group: str, scores: Mapping[str, float] | None = None
) -> Table:
    """The table of results. `outcomes`: codes that a result may be, or that stand where there is none; `absent`: code →
    status of those that say there is none; `scores`: code → score of those that say yes or no; `urn` and `group`: tags
    of the establishment and of the national curriculum year."""
    return Table(
        RESULTS,
        "attainment",
        "A result of a child in one outcome measure, or why there is none.",
        (
            Column("Measure", "measure_code", Kind.CODE, "Outcome measure.", codes=OUTCOME_MEASURE),
            Column(
                "AcademicYear",
                "academic_year",
                Kind.YEAR,
                "Year in which the school year ends.",
                required=Level.ERROR,
                age="age_at_result",
                age_day=MEASURED,
                age_back=0,
            ),
            Column(group, "curriculum_year_code", Kind.CODE, "Curriculum year.", codes=pupils.CURRICULUM_YEAR),
            Column(urn, "urn", Kind.DIGITS, "Establishment.", length=6),
            Column("Score", "result_score", Kind.NUMBER, "Result, where it is a number."),
            Column("Outcome", "result_code", Kind.CODE, "Judgement, or why there is no result.", codes=outcomes),
        ),
        parent=CHILD,
        filled=("result_score", "result_code"),
        made={"result_score": _score(scores or {}), "value_status_code": _status(absent)},
    )


def _score(scores: Mapping[str, float]) -> Callable[[], pl.Expr]:
    yes_or_no = [m.code for m in outcome_measures().values() if m.unit is Unit.YES_NO]
    told = pl.col("result_code").replace_strict(dict(scores), default=None, return_dtype=pl.Float64)
    return lambda: pl.col("result_score").fill_null(pl.when(pl.col("measure_code").is_in(yes_or_no)).then(told))


def _status(absent: Mapping[str, str]) -> Callable[[], pl.Expr]:
    code = pl.col("result_code")
    of_test, of_teacher = (
        code.replace_strict(known, default=GIVEN, return_dtype=pl.String) for known in (dict(absent), NOT_JUDGED)
    )
    return lambda: pl.when(pl.col("measure_code").is_in(JUDGED)).then(of_teacher).otherwise(of_test)


def layout(form: ReturnFormat, fields: Fields, group: str = "") -> Layout:
    """The one sheet, read once a measure. `group`: the national curriculum year, where no field tells it."""
    says = {"academic_year": "{year}", **({"curriculum_year_code": group} if group else {})}

    def sheet(place: int, measure: str, own: tuple[str, ...]) -> Sheet:
        labels = {"Measure": own[0], "Score": own[0], "Outcome": own[-1]}
        feeds = (RESULTS,) if place else (CHILD, RESULTS)
        return Sheet(form.collection, feeds, labels=labels, says={**says, "measure_code": measure}, by_label=True)

    read = {plain(name) for own in fields.values() for name in own}
    read |= {name for column in (*form.header, *form.tables[0].columns) for name in map(plain, column.names)}
    sheets = tuple(sheet(place, *each) for place, each in enumerate(fields.items()))
    unread = frozenset(map(plain, FIELDS.get(form.collection, ()))) - read
    own = {name for column in form.by_name[RESULTS].columns for name in map(plain, column.names)}
    return Layout(form.collection, "a row a child", sheets, idle=unread - own)
