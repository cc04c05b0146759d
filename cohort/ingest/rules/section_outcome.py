"""Rules on SectionOutcome: outcomes that a version of a plan aims at, in section E."""

from __future__ import annotations

import polars as pl

from cohort.ingest.format import Level
from cohort.ingest.rule import rule
from cohort.ingest.shared_rules import VERSION, Rules

OF = Rules("SECTIONOUTCOME", "section_outcome")
ADULTHOOD = ("EM", "IL", "CM", "HE")
LONGEST = "12y"

ONCE = OF.once(
    1,
    "outcome_number",
    {**VERSION, "outcome_number": ("1", "2")},
    "Two outcomes of one version do not share a number.",
    "Number the outcomes of a plan; an outcome keeps its number from version to version.",
)
TARGET_AFTER = OF.in_order(
    2,
    "set_date",
    "target_date",
    "An outcome is not to be reached before it is set.",
    "Correct SetDate or TargetDate.",
)
SET_ON = OF.wants(
    3,
    "set_date",
    "target_date",
    ("2023-09-04", "2023-05-02"),
    "An outcome with a day by which it is to be reached has one on which it was set.",
    "Enter SetDate: of an outcome taken over from an earlier version, the day on which that one set it.",
)
BY_WHEN = OF.wants_where(
    4,
    "target_date",
    "is_measurable",
    (True,),
    ("no", "2023-09-04"),
    "An outcome that can be measured has a day by which it is to be reached.",
    "Enter TargetDate, or set Measurable to 0.",
)


@rule(
    "SECTIONOUTCOME-05",
    table="section_outcome",
    column="target_date",
    level=Level.QUERY,
    sentence="No outcome is set for more than twelve years ahead.",
    advice="Check TargetDate; systems often write a day far ahead where none is known.",
    example="""
        set_date   | target_date || breaks
        2023-05-02 | 2035-05-03  || yes
        2023-05-02 | 2035-05-02  || no
        2023-05-02 |             || no
                   | 2040-05-02  || no
    """,
)
def within_reach() -> pl.Expr:
    return pl.col("target_date") > pl.col("set_date").dt.offset_by(LONGEST)


@rule(
    "SECTIONOUTCOME-06",
    table="section_outcome",
    column="outcome_area_code",
    level=Level.QUERY,
    sentence="Outcomes of preparing for adulthood are those of children of school age and of young people.",
    advice="Check Area; a child under 5 has outcomes by area of need.",
    example="""
        outcome_area_code | person.age_on_31_august || breaks
        EM                | 3                       || yes
        IL                | 4                       || yes
        HE                | 5                       || no
        CI                | 3                       || no
        EM                |                         || no
    """,
)
def adulthood_later() -> pl.Expr:
    return pl.col("outcome_area_code").is_in(list(ADULTHOOD)) & (pl.col("person.age_on_31_august") < 5)


@rule(
    "SECTIONOUTCOME-07",
    table="section_outcome",
    column="outcome_area_code",
    level=Level.QUERY,
    sentence="An outcome keeps its area from version to version of its plan.",
    advice="Give an outcome about something else a new number.",
    example="""
        person_row | plan_start_date | outcome_number | version_number | outcome_area_code || breaks
        1          | 2023-05-02      | 1              | 1              | CI                || yes
        1          | 2023-05-02      | 1              | 2              | CL                || yes
        2          | 2023-05-02      | 1              | 1              | CI                || no
        2          | 2023-05-02      | 1              | 2              | CI                || no
        2          | 2023-05-02      | 2              | 2              | CL                || no
        3          | 2023-05-02      | 1              | 1              | CI                || no
        3          | 2023-05-02      | 1              | 2              |                   || no
    """,
)
def keeps_its_area() -> pl.Expr:
    areas = pl.col("outcome_area_code").drop_nulls().n_unique().over("person_row", "plan_start_date", "outcome_number")
    return pl.col("outcome_area_code").is_not_null() & pl.col("outcome_number").is_not_null() & (areas > 1)
