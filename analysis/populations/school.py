"""Populations of school life: pupils of the spring census, their sessions, suspensions and exclusions."""

from __future__ import annotations

import polars as pl

from analysis.facts import (
    ON_SPRING_ROLL,
    PERSON,
    PLACE,
    SPRING,
    STATUS,
    dated,
    in_school_year,
    school,
    stored,
    with_status,
    with_traits,
)
from analysis.population import Population, Step, Table
from cohort.snapshot import Snapshot

SEN = ("K", "E", "S")
"""SEN status: support, plan, and statement until 2018."""


def _pupils(snapshot: Snapshot) -> Table:
    """Every row of a census, with the primary need that the school recorded.

    Traits are joined where somebody groups by them: a nation's pupils are counted twice as fast without.
    """
    table = stored(snapshot, "sen_need")
    primary = table.filter((table.term_code == SPRING) & (table.rank_number == 1))
    keys = ("person_id", "authority_code", "collection_year", "urn")
    need = primary.group_by(*keys).aggregate(need_code=primary.need_code.max())
    pupil = dated(stored(snapshot, "enrolment"))
    return pupil.left_join(need, keys).drop(*(f"{key}_right" for key in keys))


def _sessions(snapshot: Snapshot) -> Table:
    """The sessions of a pupil at schools of one authority in a school year, all terms together."""
    term = stored(snapshot, "attendance")
    year = term.group_by("person_id", "authority_code", "collection_year").aggregate(
        possible_sessions=term.possible_sessions.sum().cast("int64"),
        authorised_sessions=term.authorised_sessions.sum().cast("int64"),
        unauthorised_sessions=term.unauthorised_sessions.sum().cast("int64"),
    )
    missed = year.authorised_sessions.fill_null(0) + year.unauthorised_sessions.fill_null(0)
    told = year.mutate(year=year.collection_year.cast("int64"), missed_sessions=missed)
    return with_status(with_traits(told, snapshot), snapshot)


PUPILS = Population(
    name="pupils",
    unit="pupil",
    sentence="Pupils in the school censuses.",
    columns={**PLACE, **STATUS, "curriculum_year_code": pl.String, "is_meals_eligible": pl.Boolean},
    start=_pupils,
    steps=ON_SPRING_ROLL,
)

ATTENDING = Population(
    name="attending",
    unit="pupil",
    sentence="Pupils with sessions in the school year.",
    columns={
        **PERSON,
        **STATUS,
        "possible_sessions": pl.Int64,
        "missed_sessions": pl.Int64,
        "unauthorised_sessions": pl.Int64,
    },
    start=_sessions,
    steps=(Step("possible", "With a session that could be attended.", lambda t: t.possible_sessions > 0),),
)

SUSPENSIONS = Population(
    name="suspensions",
    unit="suspension",
    sentence="Suspensions and exclusions from lunchtimes in the returns.",
    columns={**PERSON, "sen_provision_code": pl.String, "sessions": pl.Int64},
    start=lambda snapshot: school(snapshot, "suspension"),
    steps=(
        Step("suspended", "Suspended, not excluded from lunchtimes.", lambda t: t.exclusion_code == "SUSP"),
        Step("begun", "Begun in the school year.", lambda t: in_school_year(t, "start_date")),
    ),
)

EXCLUSIONS = Population(
    name="permanent_exclusions",
    unit="exclusion",
    sentence="Permanent exclusions in the returns.",
    columns={**PERSON, "sen_provision_code": pl.String},
    start=lambda snapshot: school(snapshot, "permanent_exclusion"),
    steps=(
        Step("begun", "Begun in the school year.", lambda t: in_school_year(t, "start_date")),
        Step("stands", "Not overturned.", lambda t: t.is_upheld.fill_null(True)),
    ),
)
