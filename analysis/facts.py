"""Facts of a snapshot as units of a population: their year, who they are about, and joins that keep one row a unit.

A return of SEN2, of assessments and of disputes tells of the calendar year before its own; every other one of the
school year (or tax or financial year) that ends in its own. What still lasts is told again a year later, so an event
is counted by the return on the year in which it happened, and in no other.
"""

from __future__ import annotations

from typing import Any

import ibis
import polars as pl

from analysis.population import Condition, Step, Table
from cohort.snapshot import Snapshot

PLACE = {"year": pl.Int64, "authority_code": pl.String, "person_id": pl.String}
TRAITS = {"sex_code": pl.String, "ethnicity_code": pl.String}
PERSON = {**PLACE, **TRAITS}
"""What every population of persons shows."""
AUTUMN = 9
"""September, in which a school year begins."""
GIVEN = "V"
"""Value status: the value is given."""
LINE = ("authority_code", "collection_year", "request_row")
"""What ties the facts of one request in a return of SEN2."""
RETURN = ("authority_code", "collection_year")
PUPIL = ("person_id", "collection_year")
SPRING = "SPR"
"""Term of the census from which the year's SEN figures are made."""
OWN = ("C", "M")
"""Enrolment: current, single registration or main of two schools. Each pupil has one such row."""
ON_SPRING_ROLL = (
    Step("spring", "In the census of the spring.", lambda t: t.term_code == SPRING),
    Step("own", "Registered at this school alone, or chiefly.", lambda t: t.enrolment_code.isin(OWN)),
)
STATUS = {"sen_provision_code": pl.String, "need_code": pl.String}
SEN2 = "SEN2"
"""The collection that tells of the process; an authority returns others in the same year."""


def stored(snapshot: Snapshot, name: str) -> Table:
    """A table of the snapshot as it is."""
    return snapshot.tables[name]


def with_traits(table: Table, snapshot: Snapshot) -> Table:
    """The slowly changing traits of the persons of a table."""
    person = stored(snapshot, "person").select("person_id", *TRAITS)
    return table.left_join(person, "person_id").drop("person_id_right")


def calendar(snapshot: Snapshot, name: str) -> Table:
    """Facts of returns that tell of the calendar year before their own."""
    return _told(snapshot, name, 1)


def school(snapshot: Snapshot, name: str) -> Table:
    """Facts of returns that tell of the year which ends in their own."""
    return _told(snapshot, name, 0)


def _told(snapshot: Snapshot, name: str, before: int) -> Table:
    table = stored(snapshot, name)
    told = dated(table, before)
    return with_traits(told, snapshot) if "person_id" in table.columns else told


def dated(table: Table, before: int = 0) -> Table:
    """The year that each row's return tells of."""
    return table.mutate(year=(table.collection_year - before).cast("int64"))


def in_calendar_year(table: Table, column: str) -> Condition:
    """The day lies in the calendar year that the row's return tells of."""
    return table[column].year() == table.year


def in_school_year(table: Table, column: str) -> Condition:
    """The day lies in the school year that the row's return tells of."""
    day = table[column]
    return day.year() + (day.month() >= AUTUMN).ifelse(1, 0) == table.year


def lasts_at_end(table: Table, start: str, end: str) -> Condition:
    """The spell lasts on the last day of the school year that the row's return tells of."""
    last = ibis.date(table.year, 8, 31)
    return (table[start] <= last) & (table[end].isnull() | (table[end] > last))


def days(table: Table, since: str, until: str) -> Table:
    """Days from one date to another, as a number."""
    return table[until].delta(table[since], unit="day").cast("int64")


def beside(table: Table, other: Table, keys: tuple[str, ...], columns: tuple[str, ...], prefix: str = "") -> Table:
    """A left join whose right side has one row a key; its columns under a prefix."""
    right = other.select(*keys, **{f"{prefix}{name}": other[name] for name in columns})
    return table.left_join(right, keys).drop(*(f"{key}_right" for key in keys))


def first(table: Table, keys: tuple[str, ...], order: tuple[Any, ...]) -> Table:
    """One row a key: the first in an order that leaves no two rows alike."""
    window = ibis.window(group_by=keys, order_by=order)
    return table.mutate(place=ibis.row_number().over(window)).filter(lambda t: t.place == 0).drop("place")


def with_census(table: Table, snapshot: Snapshot) -> Table:
    """The census day of each row's return of SEN2."""
    returns = stored(snapshot, "return").filter(stored(snapshot, "return").collection == SEN2)
    return beside(table, returns, RETURN, ("census_date",))


def plans(snapshot: Snapshot) -> Table:
    """Every plan with its request, its assessment, the primary need and the census day of its return of SEN2."""
    requests = stored(snapshot, "ehc_request").rename(request_row="row_number")
    plan = calendar(snapshot, "ehc_plan")
    plan = beside(plan, requests, LINE, ("received_date", "outcome_code", "age_at_receipt"), "request_")
    plan = beside(plan, stored(snapshot, "ehc_assessment"), LINE, ("outcome_code", "is_exception"), "assessment_")
    needs = stored(snapshot, "plan_need").filter(lambda t: t.rank_code == "1")
    plan = with_census(beside(plan, needs, LINE, ("need_code",)), snapshot)
    return plan.mutate(days_to_plan=days(plan, "request_received_date", "start_date"))


def in_force(table: Table) -> Condition:
    """The plan has not ended by census day."""
    return table.cease_date.isnull() | (table.cease_date > table.census_date)


def with_status(table: Table, snapshot: Snapshot) -> Table:
    """The SEN status and the primary need that a school recorded in the spring of the row's year."""
    spring = stored(snapshot, "enrolment").filter(lambda t: t.term_code == SPRING)
    status = spring.group_by(*PUPIL).aggregate(sen_provision_code=spring.sen_provision_code.max())
    need = stored(snapshot, "sen_need").filter(lambda t: (t.term_code == SPRING) & (t.rank_number == 1))
    primary = need.group_by(*PUPIL).aggregate(need_code=need.need_code.max())
    return beside(beside(table, status, PUPIL, ("sen_provision_code",)), primary, PUPIL, ("need_code",))
