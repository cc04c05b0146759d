"""Children followed from the profile at five to the tests at eleven, by what was known and done before the tests.

School years are counted from reception, which is 0; the tests are in year 6. A plan is taken to tell on the tests
where it began before year 5. What was done is known only from returns that reach back to reception.
"""

from __future__ import annotations

from typing import Any

import ibis
import polars as pl

from analysis.facts import AUTUMN, GIVEN, OWN, SPRING, stored
from analysis.population import Population, Step, Table
from cohort.snapshot import Snapshot

SEN, PLAN = ("K", "E", "S"), ("E", "S")
"""SEN status in the census: support or a plan; a plan, or the statement before it."""
TESTS, LAST = 6, 5
"""School year of the tests, and the last in which support can begin and tell on them."""
NOT_ASSESSED = "NSA"
LEAST = 80
"""The lowest score of the tests' scale."""
BELOW = {"BLW": LEAST, "PK1": LEAST, "PKF": 83, "PK2": 83, "PK3": 86, "PKE": 86, "PK4": 89, "WTS": 89}
"""Writing of a child who could not sit the tests → a score in their place: the order is the standards' own, the steps
are ours. To leave these children out would be to choose by the outcome."""
GOALS = 17
LOW = -1.0
"""Profile at five, in SD of all children of its year, below which a child is in need enough for a plan to be asked."""

COLUMNS = {
    "year": pl.Int64,
    "authority_code": pl.String,
    "person_id": pl.String,
    "sex_code": pl.String,
    "birth_month": pl.Date,
    "deprivation_decile": pl.Int64,
    "is_meals_eligible": pl.Boolean,
    "need_code": pl.String,
    "goals": pl.Float64,
    "phonics": pl.Float64,
    "first_support": pl.Int64,
    "plan_began": pl.Int64,
    "score": pl.Float64,
    "is_below_tests": pl.Boolean,
    "standard": pl.Float64,
}
LOOKS_AT = {"first_seen": pl.Int64, "profile": pl.Float64}


def _results(snapshot: Snapshot) -> Table:
    """Results in the return of their own year."""
    table = stored(snapshot, "attainment")
    return table.filter(table.academic_year == table.collection_year)


def _tests(snapshot: Snapshot) -> Table:
    """A row a child and year of the tests, whether or not it could sit them."""
    row = _results(snapshot)

    def score(code: str) -> Any:
        return row.result_score.max(where=(row.measure_code == code) & (row.value_status_code == GIVEN))

    reading = row.measure_code == "ks2_reading"
    tests = row.group_by("person_id", "authority_code", "collection_year").aggregate(
        sits=row.count(where=reading),
        reading=score("ks2_reading"),
        maths=score("ks2_maths"),
        standard=score("ks2_standard"),
        is_below_tests=(reading & (row.value_status_code == "Z")).any(),
        writing_code=row.result_code.max(where=row.measure_code == "ks2_writing"),
    )
    tests = tests.filter(tests.sits > 0).mutate(year=tests.collection_year.cast("int64"))
    placed = tests.is_below_tests.ifelse(tests.writing_code.cases(*BELOW.items(), else_=None), None)
    return _in_sd(tests.mutate(points=((tests.reading + tests.maths) / 2).fill_null(placed)), "points", "year", "score")


def _in_sd(table: Table, column: str, by: str, name: str) -> Table:
    """A column in SD of all children of a year, under a name of its own."""
    of_year = ibis.window(group_by=by)
    mean, spread = table[column].mean().over(of_year), table[column].std().over(of_year).nullif(0)
    return table.mutate(**{name: (table[column] - mean) / spread})


def _profiles(snapshot: Snapshot) -> Table:
    """Goals reached at five, also in SD of all children whose profile was made in the same year; and phonics at six."""
    row = _results(snapshot).filter(lambda t: t.value_status_code == GIVEN)
    goal = row.filter(row.measure_code == "early_learning_goals")
    goals = goal.group_by("person_id").aggregate(goals=goal.result_score.max(), made=goal.collection_year.min())
    goals = _in_sd(goals, "goals", "made", "profile")
    mark = row.filter(row.measure_code == "phonics_mark")
    return _joined(goals, mark.group_by("person_id").aggregate(phonics=mark.result_score.max()))


def _rolls(snapshot: Snapshot, tests: Table) -> Table:
    """What the springs before the tests told: first seen, first on support, with a plan, meals by year 1."""
    own = stored(snapshot, "enrolment")
    own = own.filter((own.term_code == SPRING) & own.enrolment_code.isin(OWN))
    row = own.join(tests.select("person_id", "year"), "person_id")
    row = row.mutate(index=TESTS + row.collection_year - row.year, code=row.sen_provision_code)
    told = row.group_by("person_id").aggregate(
        first_seen=row["index"].min(),
        first_support=row["index"].min(where=row.code.isin(SEN)),
        planned_in=row["index"].min(where=row.code.isin(PLAN)),
        is_meals_eligible=row.has_been_meals_eligible.max(where=row["index"] <= 1),
    )
    need = stored(snapshot, "sen_need")
    named = (need.term_code == SPRING) & (need.rank_number == 1) & (need.need_code != NOT_ASSESSED)
    first = need.group_by("person_id").aggregate(need_code=need.need_code.argmin(need.collection_year, where=named))
    return _joined(told, first)


def _children(snapshot: Snapshot) -> Table:
    """Every child who came to the tests, with all that the returns tell of it before them."""
    tests = _tests(snapshot)
    plan, trait = stored(snapshot, "ehc_plan"), stored(snapshot, "person_trait")
    plans = plan.group_by("person_id").aggregate(planned_on=plan.start_date.min())
    trait = trait.filter(trait.collection == "attainment")
    decile = trait.group_by("person_id").aggregate(
        deprivation_decile=trait.deprivation_decile.argmin(trait.collection_year)
    )
    person = stored(snapshot, "person").select("person_id", "sex_code", "birth_month")
    child = tests
    for other in (_profiles(snapshot), _rolls(snapshot, tests), plans, decile, person):
        child = _joined(child, other)
    ends = child.planned_on.year() + (child.planned_on.month() >= AUTUMN).ifelse(1, 0)
    return child.mutate(plan_began=ibis.least(TESTS + ends - child.year, child.planned_in).cast("int64"))


def _joined(left: Table, right: Table) -> Table:
    """The same rows, with what another table with one row a person adds."""
    return left.left_join(right, "person_id").drop("person_id_right")


PROFILED = Step("profile", "The profile at five is told.", lambda t: t.goals.notnull())
WATCHED = Step("watched", "On a school roll by reception.", lambda t: t.first_seen <= 0)

IN_NEED = Population(
    name="in_need_before_key_stage_2",
    unit="child",
    sentence="Children who came to the end of key stage 2.",
    columns=COLUMNS,
    looks_at=LOOKS_AT,
    start=_children,
    steps=(
        PROFILED,
        WATCHED,
        Step("supported", "On SEN support or with a plan by year 5.", lambda t: t.first_support <= LAST),
        Step("low", "Profile at five more than one SD below that of all children.", lambda t: t.profile < LOW),
        Step("new", "No plan before the profile was made.", lambda t: t.plan_began.isnull() | (t.plan_began > 0)),
    ),
    example="""
    goals | profile | first_seen | first_support | plan_began || left_out_by
    6     | -2.0    | 0          | 3             |            ||
    6     | -2.0    | -1         | -1            | 4          ||
          |         | 0          | 3             |            || profile
    6     | -2.0    | 3          | 3             |            || watched
    6     | -2.0    | 0          | 6             |            || supported
    6     | -2.0    | 0          |               |            || supported
    15    | 0.3     | 0          | 3             |            || low
    6     | -2.0    | 0          | -1            | 0          || new
    """,
)

FOUND_AFTER_RECEPTION = Population(
    name="found_after_reception",
    unit="child",
    sentence="Children who came to the end of key stage 2.",
    columns=COLUMNS,
    looks_at=LOOKS_AT,
    start=_children,
    steps=(
        PROFILED,
        WATCHED,
        Step(
            "waiting",
            "Not on support, nor with a plan, by reception.",
            lambda t: ~(t.first_support <= 0).fill_null(False),
        ),
        Step("missed", "Missed a goal of the profile at five.", lambda t: t.goals < GOALS),
    ),
    example="""
    goals | first_seen | first_support || left_out_by
    6     | 0          | 1             ||
    16    | 0          |               ||
          | 0          | 3             || profile
    6     | 3          | 3             || watched
    6     | 0          | 0             || waiting
    17    | 0          | 3             || missed
    """,
)
