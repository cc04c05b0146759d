"""Pupils followed from a census to the tests that they are due to sit two years on: who is there, and who is lost.

A pupil who died or left England has no result to miss. One taught at home, or not to be found again without a reason
(at an independent school, or a link that was missed), has one that nobody sees; one who moved to another authority is
still seen, for the record is of all England.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import ibis
import polars as pl

from analysis.facts import GIVEN, PERSON, STATUS, beside, stored
from analysis.population import Condition, Day, Ending, Exit, FollowUp, Population, Step, Table
from analysis.populations.compared import on_roll, with_intake
from cohort.snapshot import Snapshot

AHEAD = 2
"""Years from the census to the tests."""
CENSUS, TESTS = (1, 15), (5, 15)
"""About the day of the census, and of the tests."""
STAGES = {"key_stage_2": ("4", "ks2_standard"), "key_stage_4": ("9", "english_maths_9_4")}
"""Stage → curriculum year of the census, and the outcome measure."""
DIED = "D"
COLUMNS = {
    **PERSON,
    **STATUS,
    "birth_month": pl.Date,
    "is_meals_eligible": pl.Boolean,
    "deprivation_decile": pl.Int64,
    "absence": pl.Float64,
    "has_moved": pl.Boolean,
    "outcome": pl.Float64,
}
LOOKS_AT = {
    "latest": pl.Int64,
    "person_exit_code": pl.String,
    "exit_month": pl.Date,
    "home_date": pl.Date,
    "is_seen_next": pl.Boolean,
    "is_seen_due": pl.Boolean,
}


def _followed(grade: str, measure: str, snapshot: Snapshot) -> Table:
    """Every pupil of a curriculum year in the census of the spring, with what became of it up to the tests."""
    roll = on_roll(snapshot)
    base = roll.filter(roll.curriculum_year_code == grade).select("person_id", "authority_code", "collection_year")
    base = base.mutate(
        year=base.collection_year.cast("int64"),
        next_year=base.collection_year + 1,
        due_year=base.collection_year + AHEAD,
        latest=roll.collection_year.max().as_scalar().cast("int64"),
    )
    base = with_intake(base, snapshot)
    person = stored(snapshot, "person").select("person_id", "sex_code", "ethnicity_code")
    base = beside(base, person, ("person_id",), ("sex_code", "ethnicity_code"))
    return _results(_gone(_seen(_absent(base, snapshot), roll), snapshot), measure, snapshot)


def _absent(base: Table, snapshot: Snapshot) -> Table:
    term = stored(snapshot, "attendance")
    missed = term.authorised_sessions.fill_null(0) + term.unauthorised_sessions.fill_null(0)
    share = term.group_by("person_id", "collection_year").aggregate(absence=missed.sum() / term.possible_sessions.sum())
    return beside(base, share, ("person_id", "collection_year"), ("absence",))


def _seen(base: Table, roll: Table) -> Table:
    """Whether the pupil is on roll a year on and in the year of the tests, and whether in another authority."""
    for name, key in (("next", "next_year"), ("due", "due_year")):
        there = roll.group_by("person_id", **{key: roll.collection_year}).aggregate(place=roll.authority_code.min())
        base = beside(base, there, ("person_id", key), ("place",), f"{name}_")
        base = base.mutate(**{f"is_seen_{name}": base[f"{name}_place"].notnull()})
    return base.mutate(has_moved=(base.due_place != base.authority_code).fill_null(False))


def _gone(base: Table, snapshot: Snapshot) -> Table:
    """The day from which the pupil was taught at home, and the month in which it left England or died."""
    home, left = stored(snapshot, "home_education"), stored(snapshot, "person_exit")
    spells = home.inner_join(base.select("person_id", "year"), "person_id")
    later = spells.filter(spells.start_date > ibis.date(spells.year, *CENSUS))
    at_home = later.group_by("person_id").aggregate(home_date=later.start_date.min())
    once = left.group_by("person_id").aggregate(
        person_exit_code=left.person_exit_code.min(), exit_month=left.exit_month.min()
    )
    base = beside(base, at_home, ("person_id",), ("home_date",))
    return beside(base, once, ("person_id",), ("person_exit_code", "exit_month"))


def _results(base: Table, measure: str, snapshot: Snapshot) -> Table:
    told = stored(snapshot, "attainment")
    given = told.filter((told.measure_code == measure) & (told.value_status_code == GIVEN))
    score = given.group_by("person_id", due_year=given.collection_year).aggregate(outcome=given.result_score.max())
    return beside(base, score, ("person_id", "due_year"), ("outcome",))


def _when(holds: Callable[[Table], Condition], day: Callable[[Table], Day]) -> Callable[[Table], Day]:
    return lambda table: ibis.cases((holds(table).fill_null(False), day(table)))


def _spring(ahead: int) -> Callable[[Table], Day]:
    return lambda table: ibis.date(table.year + ahead, *CENSUS)


def _unseen(table: Table) -> Day:
    return ibis.cases((~table.is_seen_next, _spring(1)(table)), (~table.is_seen_due, _spring(AHEAD)(table)))


FOLLOW_UP = FollowUp(
    zero=_spring(0),
    exits=(
        Exit("died", "Died.", Ending.COMPETING, _when(lambda t: t.person_exit_code == DIED, lambda t: t.exit_month)),
        Exit(
            "left England",
            "Left England.",
            Ending.COMPETING,
            _when(lambda t: t.person_exit_code != DIED, lambda t: t.exit_month),
        ),
        Exit("taught at home", "Taught at home from a day on.", Ending.EVENT, lambda t: t.home_date),
        Exit("not found again", "Not in a later census, without a reason.", Ending.EVENT, _unseen),
        Exit("tests", "The tests are due.", Ending.CENSORED, lambda t: ibis.date(t.year + AHEAD, *TESTS)),
    ),
)
EXAMPLE = """
year | latest | person_exit_code | exit_month | home_date  | is_seen_next | is_seen_due || left_out_by | exit            | ending          | exit_days
2024 | 2026   |                  |            |            | yes          | yes         ||             | tests           | censored        | 851
2024 | 2026   | D                | 2024-03-01 |            | no           | no          ||             | died            | competing event | 46
2024 | 2026   | E                | 2024-06-01 |            | no           | no          ||             | left England    | competing event | 138
2024 | 2026   |                  |            | 2024-09-12 | no           | no          ||             | taught at home  | event           | 241
2024 | 2026   |                  |            |            | yes          | no          ||             | not found again | event           | 731
2025 | 2026   |                  |            |            | yes          | no          || due         | not found again | event           | 730
2024 | 2026   | D                | 2024-01-01 |            | no           | no          || watched     | died            | competing event | -14
     | 2026   |                  |            |            | yes          | yes         || due         |                 |                 |
"""  # noqa: E501


def _of(stage: str) -> Population:
    grade, measure = STAGES[stage]
    return Population(
        name=f"followed_to_{stage}",
        unit="pupil",
        sentence=f"Pupils of year {grade} in the censuses of the spring.",
        columns=COLUMNS,
        start=partial(_followed, grade, measure),
        steps=(Step("due", "The tests two years on have been told.", lambda t: t.year + AHEAD <= t.latest),),
        follow_up=FOLLOW_UP,
        looks_at=LOOKS_AT,
        example=EXAMPLE,
    )


TO_KEY_STAGE_2, TO_KEY_STAGE_4 = _of("key_stage_2"), _of("key_stage_4")
FOLLOWED_TO = {"key_stage_2": TO_KEY_STAGE_2, "key_stage_4": TO_KEY_STAGE_4}
"""By stage."""
