"""Pupils of the spring census of whom the profile at five is told: who is identified, and how they stood before it."""

from __future__ import annotations

import polars as pl

from analysis.facts import GIVEN, ON_SPRING_ROLL, OWN, PERSON, SPRING, dated, stored, with_traits
from analysis.population import Population, Step, Table
from cohort.snapshot import Snapshot

SEN, PLAN = ("K", "E", "S"), ("E", "S")
"""SEN status in the census: support or a plan; a plan, or the statement before it."""
AFTER_RECEPTION = 5
"""Age on 31 August before a school year of a pupil who has left reception."""


def _pupils(snapshot: Snapshot) -> Table:
    """Every row of a census, with whether any earlier spring told of SEN, null where the last one does not tell of the
    pupil at all, and the goals reached at five."""
    row = with_traits(dated(stored(snapshot, "enrolment")), snapshot)
    spring = stored(snapshot, "enrolment").filter(lambda t: (t.term_code == SPRING) & t.enrolment_code.isin(OWN))
    seen = spring.select("person_id", year=(spring.collection_year + 1).cast("int64")).distinct()
    seen = seen.mutate(was_seen=True)
    first = spring.filter(spring.sen_provision_code.isin(SEN)).group_by("person_id")
    first = first.aggregate(first_found=lambda t: t.collection_year.min())
    row = row.left_join(seen, ("person_id", "year")).drop("person_id_right", "year_right")
    result = stored(snapshot, "attainment")
    result = result.filter((result.measure_code == "early_learning_goals") & (result.value_status_code == GIVEN))
    goals = result.group_by("person_id").aggregate(goals=result.result_score.max())
    person = stored(snapshot, "person").select("person_id", "birth_month")
    for other in (goals, person, first):
        row = row.left_join(other, "person_id").drop("person_id_right")
    status, before = row.sen_provision_code, (row.first_found < row.year).fill_null(False)
    was = row.was_seen.ifelse(before, None)
    return row.mutate(is_identified=status.isin(SEN), has_plan=status.isin(PLAN), was_identified=was)


PROFILED_PUPILS = Population(
    name="profiled_pupils",
    unit="pupil in a spring",
    sentence="Pupils in the school censuses.",
    columns={
        **PERSON,
        "age_on_31_august": pl.Int64,
        "birth_month": pl.Date,
        "has_been_meals_eligible": pl.Boolean,
        "goals": pl.Float64,
        "is_identified": pl.Boolean,
        "has_plan": pl.Boolean,
        "was_identified": pl.Boolean,
    },
    looks_at={"term_code": pl.String, "enrolment_code": pl.String},
    start=_pupils,
    steps=(
        *ON_SPRING_ROLL,
        Step("older", "In year 1 or later.", lambda t: t.age_on_31_august >= AFTER_RECEPTION),
        Step("profile", "The profile at five is told.", lambda t: t.goals.notnull()),
    ),
    example="""
    term_code | enrolment_code | age_on_31_august | goals || left_out_by
    SPR       | C              | 5                | 12    ||
    SPR       | M              | 9                | 0     ||
    AUT       | C              | 5                | 12    || spring
    SPR       | S              | 5                | 12    || own
    SPR       | C              | 4                | 12    || older
    SPR       | C              | 5                |       || profile
    """,
)
