"""Young people with SEN in year 11, followed month by month to the August after their 18th birthday."""

from __future__ import annotations

import polars as pl

from analysis.facts import AUTUMN, GIVEN, ON_SPRING_ROLL, PERSON, PLACE, SPRING, dated, stored, with_traits
from analysis.population import Population, Step, Table
from cohort.schema.codes.activity import ACTIVITY, NEET, NOT_KNOWN
from cohort.snapshot import Snapshot

SEN, PLAN = ("K", "E", "S"), ("E", "S")
"""SEN status in the census: support or a plan; a plan, or the statement before it."""
YEAR_11 = 15
"""Age on 31 August before year 11."""
TRACKED = 24
"""Months from the September after year 11 in which an authority follows everybody: to the August after 18."""
OF = {name: [code.code for code in ACTIVITY.codes if code.group in groups] for name, groups in
      (("neet", NEET), ("not_known", (NOT_KNOWN,)))}  # fmt: skip


def _pupils(snapshot: Snapshot) -> Table:
    """Every row of a census, with attainment at 16, type of need, and the months that followed."""
    row = with_traits(dated(stored(snapshot, "enrolment")), snapshot)
    result = stored(snapshot, "attainment")
    result = result.filter((result.measure_code == "attainment_8") & (result.value_status_code == GIVEN))
    points = result.group_by("person_id").aggregate(attainment_8=result.result_score.max())
    need = stored(snapshot, "sen_need").filter(lambda t: (t.term_code == SPRING) & (t.rank_number == 1))
    needs = need.group_by("person_id", "collection_year").aggregate(need_code=need.need_code.max())
    row = row.left_join(points, "person_id").drop("person_id_right")
    row = row.left_join(needs, ("person_id", "collection_year")).drop("person_id_right", "collection_year_right")
    return row.left_join(_months(snapshot), "person_id").drop("person_id_right")


def _months(snapshot: Snapshot) -> Table:
    """Months of NEET and of not known up to 18, and what the last of them was, of each person."""
    leaves = stored(snapshot, "enrolment")
    leaves = leaves.filter((leaves.term_code == SPRING) & (leaves.age_on_31_august == YEAR_11))
    left = leaves.group_by("person_id").aggregate(left=leaves.collection_year.max())
    month = stored(snapshot, "activity").join(left, "person_id")
    since = 12 * (month.activity_month.year() - month.left) + month.activity_month.month() - AUTUMN
    month = month.mutate(since=since).filter(lambda t: t.since.between(0, TRACKED - 1))
    last = month.since == TRACKED - 1
    is_in = {name: month.activity_code.isin(codes) for name, codes in OF.items()}
    return month.group_by("person_id").aggregate(
        months_told=month.since.nunique(),
        neet_months=month.count(where=is_in["neet"]),
        not_known_months=month.count(where=is_in["not_known"]),
        is_neet_at_18=is_in["neet"].max(where=last & ~is_in["not_known"]),
    )


WITH_SEN_AT_16 = Population(
    name="with_sen_at_16",
    unit="young person",
    sentence="Pupils in the school censuses.",
    columns={
        **PERSON,
        "has_been_meals_eligible": pl.Boolean,
        "need_code": pl.String,
        "sen_provision_code": pl.String,
        "attainment_8": pl.Float64,
        "neet_months": pl.Int64,
        "not_known_months": pl.Int64,
        "is_neet_at_18": pl.Boolean,
    },
    looks_at={
        **PLACE,
        "term_code": pl.String,
        "enrolment_code": pl.String,
        "age_on_31_august": pl.Int64,
        "months_told": pl.Int64,
    },
    start=_pupils,
    steps=(
        *ON_SPRING_ROLL,
        Step("leaving", "In the year in which they turn 16.", lambda t: t.age_on_31_august == YEAR_11),
        Step("sen", "On SEN support or with a plan.", lambda t: t.sen_provision_code.isin(SEN)),
        Step("tracked", "Every month to the August after 18 is in the returns.", lambda t: t.months_told == TRACKED),
    ),
    example="""
    term_code | enrolment_code | age_on_31_august | sen_provision_code | months_told || left_out_by
    SPR       | C              | 15               | K                  | 24          ||
    SPR       | M              | 15               | E                  | 24          ||
    AUT       | C              | 15               | K                  | 24          || spring
    SPR       | S              | 15               | K                  | 24          || own
    SPR       | C              | 14               | K                  | 24          || leaving
    SPR       | C              | 15               | N                  | 24          || sen
    SPR       | C              | 15               | K                  | 12          || tracked
    SPR       | C              | 15               | K                  |             || tracked
    """,
)
