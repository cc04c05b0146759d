"""Populations after 16: destinations, months of activity, courses, apprenticeships, supported internships."""

from __future__ import annotations

import polars as pl

from analysis.facts import PERSON, in_school_year, school, stored
from analysis.population import Population, Step, Table
from cohort.schema.codes.activity import ACTIVITY
from cohort.snapshot import Snapshot

WINTER = (12, 1, 2)
"""December to February, over which the DfE averages NEET and not known."""
LEFT_CARE_AT = 16
GROUP = {code.code: code.group for code in ACTIVITY.codes}


def _months(snapshot: Snapshot) -> Table:
    """Every month of activity, the group of the activity, and whether the young person had left care by then."""
    month = school(snapshot, "activity")
    care = stored(snapshot, "care_spell")
    left = care.filter(care.end_date.notnull() & (care.age_at_end >= LEFT_CARE_AT))
    left = left.group_by("person_id").aggregate(left_care_date=left.end_date.min())
    joined = month.left_join(left, "person_id").drop("person_id_right")
    return joined.mutate(
        activity_group=joined.activity_code.cases(*GROUP.items(), else_=None),
        has_left_care=(joined.left_care_date <= joined.activity_month).fill_null(False),
    )


def _tracked(name: str, who: str, low: int, high: int) -> Population:
    """Months from December to February of young people of some ages."""
    return Population(
        name=name,
        unit="month of a young person",
        sentence="Months of activity of young people in the returns.",
        columns={
            **PERSON,
            "age_at_month": pl.Int64,
            "activity_code": pl.String,
            "activity_group": pl.String,
            "has_left_care": pl.Boolean,
        },
        start=_months,
        steps=(
            Step("in_year", "In the school year of the return.", lambda t: in_school_year(t, "activity_month")),
            Step("winter", "In December, January or February.", lambda t: t.activity_month.month().isin(WINTER)),
            Step("aged", who, lambda t: t.age_at_month.between(low, high)),
        ),
    )


def _left(name: str, code: str) -> Population:
    """Young people by their destination after a stage; the year is that of the destination."""
    return Population(
        name=name,
        unit="young person",
        sentence="Destinations of young people in the returns.",
        columns={**PERSON, "destination_code": pl.String, "is_sustained": pl.Boolean},
        start=lambda snapshot: school(snapshot, "destination"),
        steps=(
            Step("in_year", "Of the school year of the return.", lambda t: t.academic_year == t.year),
            Step("stage", f"After the stage {code}.", lambda t: t.leaving_stage_code == code),
        ),
    )


def _ended(table: str, name: str, what: str, **more: type[pl.DataType]) -> Population:
    """Courses of one kind that ended in the school year."""
    return Population(
        name=name,
        unit="course",
        sentence=f"{what} in the returns.",
        columns={**PERSON, "age_at_start": pl.Int64, **more},
        start=lambda snapshot: school(snapshot, table),
        steps=(Step("ended", "Ended in the school year.", lambda t: in_school_year(t, "end_date")),),
    )


AFTER_KS4 = _left("after_ks4", "KS4")
AFTER_16_18 = _left("after_16_18", "1618")
TRACKED_16_17 = _tracked("tracked_16_17", "Aged 16 or 17.", 16, 17)
TRACKED_18_25 = _tracked("tracked_18_25", "Aged 18 to 25: tracked with a plan only.", 18, 25)
FURTHER_EDUCATION = _ended(
    "further_education", "further_education_ended", "Programmes of further education", is_achieved=pl.Boolean
)
APPRENTICESHIPS = _ended("apprenticeship", "apprenticeships_ended", "Apprenticeships", is_achieved=pl.Boolean)
INTERNSHIPS = _ended(
    "supported_internship", "internships_ended", "Supported internships", internship_result_code=pl.String
)
