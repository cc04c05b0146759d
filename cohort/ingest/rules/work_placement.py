"""Rules on WorkPlacement: work within a programme of study."""

from __future__ import annotations

import polars as pl

from cohort.ingest.format import Level
from cohort.ingest.rule import rule

HOURS_A_DAY = 12
LONGEST = "2y"


def _days() -> pl.Expr:
    return (pl.col("end_date") - pl.col("start_date")).dt.total_days() + 1


@rule(
    "WORKPLACEMENT-01",
    table="work_placement",
    column="end_date",
    sentence="A placement does not end before it begins.",
    advice="Correct WorkPlaceStartDate or WorkPlaceEndDate.",
    example="""
        start_date | end_date   || breaks
        2024-03-04 | 2024-03-03 || yes
        2024-03-04 | 2024-03-04 || no
        2024-03-04 |            || no
    """,
)
def ends_after_start() -> pl.Expr:
    return pl.col("end_date") < pl.col("start_date")


@rule(
    "WORKPLACEMENT-02",
    table="work_placement",
    column="placement_hours",
    level=Level.QUERY,
    sentence="Of a placement that has ended the hours are known.",
    advice="Enter WorkPlaceHours.",
    example="""
        end_date   | placement_hours || breaks
        2024-03-15 |                 || yes
        2024-03-15 | 60              || no
                   |                 || no
    """,
)
def hours_are_known() -> pl.Expr:
    return pl.col("end_date").is_not_null() & pl.col("placement_hours").is_null()


@rule(
    "WORKPLACEMENT-03",
    table="work_placement",
    column="placement_hours",
    level=Level.QUERY,
    sentence="The hours fit into the days: twelve a day at most.",
    advice="Correct WorkPlaceHours or the dates.",
    example="""
        start_date | end_date   | placement_hours || breaks
        2024-03-04 | 2024-03-05 | 25              || yes
        2024-03-04 | 2024-03-05 | 24              || no
        2024-03-04 |            | 25              || no
        2024-03-04 | 2024-03-05 |                 || no
    """,
)
def hours_fit() -> pl.Expr:
    return (_days() > 0) & (pl.col("placement_hours") > _days() * HOURS_A_DAY)


@rule(
    "WORKPLACEMENT-04",
    table="work_placement",
    column="end_date",
    level=Level.QUERY,
    sentence="A placement lasts two years at most.",
    advice="Check the dates; a placement at another employer is another row.",
    example="""
        start_date | end_date   || breaks
        2021-03-04 | 2023-03-05 || yes
        2021-03-04 | 2023-03-04 || no
        2021-03-04 |            || no
    """,
)
def not_for_years() -> pl.Expr:
    return pl.col("end_date") > pl.col("start_date").dt.offset_by(LONGEST)


@rule(
    "WORKPLACEMENT-05",
    table="work_placement",
    column="start_date",
    level=Level.QUERY,
    sentence="A placement is returned once.",
    advice="Take the other row out; where two placements began on one day, say so.",
    example="""
        person_row | start_date || breaks
        1          | 2024-03-04 || yes
        1          | 2024-03-04 || yes
        2          | 2024-03-04 || no
        2          | 2024-03-11 || no
        3          |            || no
        3          |            || no
    """,
)
def once() -> pl.Expr:
    return (pl.len().over("person_row", "start_date") > 1) & pl.col("start_date").is_not_null()


@rule(
    "WORKPLACEMENT-06",
    table="work_placement",
    column="start_date",
    level=Level.QUERY,
    sentence="Students on a placement are 14 or more.",
    advice="Check WorkPlaceStartDate and the date of birth.",
    example="""
        age_at_start || breaks
        13           || yes
        14           || no
        17           || no
                     || no
    """,
)
def from_14() -> pl.Expr:
    return pl.col("age_at_start") < 14
