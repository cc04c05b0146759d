"""What became of young people after year 11, beside the SEN that was recorded of them in the January of that year.

SEN, need, meals and attainment at 16 stand in the returns of one year; months and tax years in those of later ones.
So each unit is joined to the census of the person's own year 11. Where that census lies before the first return, a
plan that stood then may still be told of by SEN2, if it lasted long enough; support, or none, cannot be: such units
are left out by a step that counts them.
"""

from __future__ import annotations

import ibis
import polars as pl

from analysis.facts import AUTUMN, GIVEN, OWN, PERSON, SPRING, beside, in_school_year, school, stored
from analysis.population import Condition, Population, Step, Table
from cohort.schema.codes import activity
from cohort.snapshot import Snapshot

YEAR_11_AGE = 15
"""Age on the 31 August before year 11."""
LEAVING_AGE = 16
MONTHS_TO_18, MONTHS_TO_25 = 24, 108
"""From the September after year 11 to the August after the 18th birthday, and to that of the year of the 25th."""
NONE, SUPPORT, PLAN = "no SEN", "SEN support", "plan"
SEN = {"N": NONE, "K": SUPPORT, "E": PLAN}
EDUCATION, WORK, NEET, CUSTODY = "education or training", "work", "NEET", "custody"
NOT_KNOWN, OTHER = "not known", "other"
STATES = {
    activity.EDUCATION: EDUCATION,
    activity.TRAINING: EDUCATION,
    activity.EMPLOYMENT: WORK,
    **dict.fromkeys(activity.NEET, NEET),
    activity.CUSTODY: CUSTODY,
    activity.NOT_KNOWN: NOT_KNOWN,
    activity.OTHER: OTHER,
}
"""Group of the activity → what is said of the month. An apprenticeship is work; not known is never NEET."""
STATE = {code.code: STATES[code.group] for code in activity.ACTIVITY.codes}

AT_16 = {
    "year_11": pl.Int64,
    "sen_at_16": pl.String,
    "need_at_16": pl.String,
    "is_meals_eligible": pl.Boolean,
    "attainment_8": pl.Float64,
}
"""What was known of a person in year 11; `year_11` is the calendar year in which it ended."""


def _year_11(snapshot: Snapshot) -> Table:
    """A row a person that was on roll in the January of year 11: SEN, primary need, meals, attainment 8."""
    roll = stored(snapshot, "enrolment")
    roll = roll.filter(
        (roll.term_code == SPRING) & (roll.age_on_31_august == YEAR_11_AGE) & roll.enrolment_code.isin(OWN)
    )
    roll = roll.group_by("person_id", "collection_year").aggregate(
        sen_provision_code=roll.sen_provision_code.min(), is_meals_eligible=roll.is_meals_eligible.max()
    )
    need = stored(snapshot, "sen_need").filter(lambda t: (t.term_code == SPRING) & (t.rank_number == 1))
    need = need.group_by("person_id", "collection_year").aggregate(need_at_16=need.need_code.max())
    result = stored(snapshot, "attainment").filter(
        lambda t: (t.measure_code == "attainment_8") & (t.value_status_code == GIVEN)
    )
    result = result.group_by("person_id").aggregate(attainment_8=result.result_score.max())
    known = beside(roll, need, ("person_id", "collection_year"), ("need_at_16",))
    return beside(known, result, ("person_id",), ("attainment_8",))


def _first_plan(snapshot: Snapshot) -> Table:
    """A row a person of whom SEN2 tells a plan: the day on which the first was issued."""
    plan = stored(snapshot, "ehc_plan")
    return plan.group_by("person_id").aggregate(first_plan_date=plan.start_date.min())


def with_year_11(table: Table, snapshot: Snapshot) -> Table:
    """A table of persons with AT_16 and with `has_census`, whether the census of year 11 tells of them."""
    born = stored(snapshot, "person").select("person_id", "birth_month")
    born = born.mutate(
        year_11=(born.birth_month.year() + LEAVING_AGE + (born.birth_month.month() >= AUTUMN).ifelse(1, 0)).cast(
            "int64"
        )
    )
    told = beside(table, born, ("person_id",), ("year_11",))
    census = _year_11(snapshot).rename(year_11="collection_year").mutate(has_census=True)
    known = ("sen_provision_code", "need_at_16", "is_meals_eligible", "attainment_8", "has_census")
    told = beside(told, census.cast({"year_11": "int64"}), ("person_id", "year_11"), known)
    told = beside(told, _first_plan(snapshot), ("person_id",), ("first_plan_date",))
    had = told.first_plan_date <= ibis.date(told.year_11, 1, 31)
    by_census = told.sen_provision_code.cases(*SEN.items(), else_=None)
    return told.mutate(
        has_census=told.has_census.fill_null(False),
        sen_at_16=ibis.cases((had.fill_null(False), PLAN), else_=by_census),
    )


def _months(snapshot: Snapshot) -> Table:
    """Every month of activity: how many after the September that followed year 11 (from 0), what was done, and
    whether the person has left England by the next."""
    gone = stored(snapshot, "person_exit").group_by("person_id").aggregate(exit_month=lambda t: t.exit_month.min())
    told = beside(with_year_11(school(snapshot, "activity"), snapshot), gone, ("person_id",), ("exit_month",))
    on = told.activity_month
    return told.mutate(
        month=((on.year() - told.year_11) * 12 + on.month() - AUTUMN).cast("int64"),
        state=told.activity_code.cases(*STATE.items(), else_=None),
        has_left=(told.exit_month <= on + ibis.interval(months=1)).fill_null(False),
    )


def _tax_years(snapshot: Snapshot) -> Table:
    """Every tax year of a person, with the years since key stage 4 and whether a course was on at its new year."""
    told = with_year_11(school(snapshot, "tax_year_outcome"), snapshot)
    courses = [
        stored(snapshot, name).select("person_id", "collection_year", "start_date", "end_date")
        for name in ("higher_education", "further_education")
    ]
    course: Table = ibis.union(*courses)
    new_year = ibis.date(course.collection_year, 1, 1)
    lasts = (course.start_date <= new_year) & (course.end_date.isnull() | (course.end_date > new_year))
    on = course.filter(lasts).select("person_id", tax_year=course.collection_year).distinct().mutate(is_on_course=True)
    told = beside(told, on, ("person_id", "tax_year"), ("is_on_course",))
    return told.mutate(
        years_after=(told.tax_year - told.year_11).cast("int64"), is_on_course=told.is_on_course.fill_null(False)
    )


def _destinations(snapshot: Snapshot) -> Table:
    return with_year_11(school(snapshot, "destination"), snapshot)


def _sen_known(table: Table) -> Condition:
    return table.sen_at_16.notnull()


TOLD_AT_16 = Step("sen_told", "SEN in the January of year 11 is in the record.", _sen_known)

MONTHS_AFTER_YEAR_11 = Population(
    name="months_after_year_11",
    unit="month of a young person",
    sentence="Months of activity of young people in the returns.",
    columns={
        **PERSON,
        **AT_16,
        "month": pl.Int64,
        "activity_month": pl.Date,
        "activity_code": pl.String,
        "state": pl.String,
        "has_left": pl.Boolean,
    },
    looks_at={"has_census": pl.Boolean},
    start=_months,
    steps=(
        Step("in_year", "In the school year of the return.", lambda t: in_school_year(t, "activity_month")),
        Step("after", "From the September after year 11 to 25.", lambda t: t.month.between(0, MONTHS_TO_25 - 1)),
        TOLD_AT_16,
        Step(
            "census",
            "The census of year 11 is in the record; after 18 a plan is enough, as only who has one is followed.",
            lambda t: t.has_census | (t.month >= MONTHS_TO_18),
        ),
    ),
    example="""
    year | activity_month | month | sen_at_16   | has_census || left_out_by
    2025 | 2024-09-01     | 0     | SEN support | yes        ||
    2025 | 2024-10-01     | 13    | no SEN      | yes        ||
    2025 | 2024-10-01     | 61    | plan        | no         ||
    2025 | 2023-10-01     | 1     | plan        | yes        || in_year
    2025 | 2025-08-01     | -1    | plan        | yes        || after
    2025 | 2025-08-01     | 108   | plan        | yes        || after
    2025 | 2024-10-01     | 25    |             | no         || sen_told
    2025 | 2024-10-01     | 13    | plan        | no         || census
    """,
)

TAX_YEARS_AFTER_YEAR_11 = Population(
    name="tax_years_after_year_11",
    unit="tax year of a person",
    sentence="Tax years of young adults in the returns.",
    columns={
        **PERSON,
        **AT_16,
        "years_after": pl.Int64,
        "is_on_course": pl.Boolean,
        "is_employed": pl.Boolean,
        "is_sustained": pl.Boolean,
        "earnings_gbp": pl.Float64,
        "self_employment_gbp": pl.Float64,
    },
    looks_at={"tax_year": pl.Int64, "has_census": pl.Boolean, "value_status_code": pl.String},
    start=_tax_years,
    steps=(
        Step("in_year", "Of the tax year of the return.", lambda t: t.tax_year == t.year),
        Step("census", "The census of year 11 is in the record.", lambda t: t.has_census),
        TOLD_AT_16,
        Step(
            "found",
            "Found in the records of the tax authority.",
            lambda t: t.value_status_code == GIVEN,
            is_optional=True,
        ),
    ),
    example="""
    year | tax_year | sen_at_16   | has_census | value_status_code || left_out_by
    2026 | 2026     | plan        | yes        | V                 ||
    2026 | 2026     | no SEN      | yes        | V                 ||
    2026 | 2025     | plan        | yes        | V                 || in_year
    2026 | 2026     | plan        | no         | V                 || census
    2026 | 2026     |             | yes        | V                 || sen_told
    2026 | 2026     | SEN support | yes        | U                 || found
    """,
)

DESTINATIONS = Population(
    name="destinations_by_sen",
    unit="young person",
    sentence="Destinations of young people in the returns.",
    columns={**PERSON, **AT_16, "leaving_stage_code": pl.String, "destination_code": pl.String},
    looks_at={"academic_year": pl.Int64, "has_census": pl.Boolean},
    start=_destinations,
    steps=(
        Step("in_year", "Of the school year of the return.", lambda t: t.academic_year == t.year),
        Step("census", "The census of year 11 is in the record.", lambda t: t.has_census),
        TOLD_AT_16,
    ),
    example="""
    year | academic_year | sen_at_16   | has_census || left_out_by
    2026 | 2026          | plan        | yes        ||
    2026 | 2026          | no SEN      | yes        ||
    2026 | 2025          | plan        | yes        || in_year
    2026 | 2026          | plan        | no         || census
    2026 | 2026          |             | yes        || sen_told
    """,
)
