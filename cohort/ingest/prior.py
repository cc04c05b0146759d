"""What the record knew before a return came, read from it: last year's return, and other authorities' plans."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
from sqlalchemy import Connection

from cohort.ingest.format import ReturnFormat
from cohort.ingest.past import ELSEWHERE, FRAMES, PERSON, Past, newest_plans, of_last_year
from cohort.schema.frames import frame_schema
from cohort.schema.tables import METADATA
from cohort.store.known import Known, stored_rows
from cohort.vault.link import LinkedReturn

PLAN, NEED = "ehc_plan", "plan_need"


def prior(connection: Connection, linked: LinkedReturn, known: Known) -> Past:
    """The past of a return, from the returns that hold in `known`. Without last year's none of its frames is there."""
    given = linked.pseudonymous
    form, authority, year = given.format, given.authority_code, given.year
    before = _submissions(known, form, year - 1).filter(authority_code=authority)["submission_id"].to_list()
    past = _last_year(connection, known, form, year, before, authority) if before else Past()
    if PLAN not in form.by_stored:
        return past
    return Past({**past.persons, ELSEWHERE: _elsewhere(connection, known, linked)}, past.tables)


def _last_year(
    connection: Connection, known: Known, form: ReturnFormat, year: int, before: Sequence[int], authority: str
) -> Past:
    of_persons = [t.stored for t in form.tables if PERSON in METADATA.tables[f"cohort.{t.stored}"].columns]
    tables = {stored: _rows(connection, known, stored, year - 1, before) for stored in of_persons}
    if NEED not in tables:
        return of_last_year(tables)
    earlier = _submissions(known, form, year - 2).filter(authority_code=authority)["submission_id"].to_list()
    return of_last_year(tables, _rows(connection, known, NEED, year - 2, earlier) if earlier else None)


def _submissions(known: Known, form: ReturnFormat, year: int) -> pl.DataFrame:
    return known.submissions.filter(collection=form.collection, collection_year=year)


def _elsewhere(connection: Connection, known: Known, linked: LinkedReturn) -> pl.DataFrame:
    """The newest plan of persons of this return in other authorities' returns (FRAMES), this year's before last's."""
    given = linked.pseudonymous
    persons = set(linked.links[PERSON]) - linked.fresh
    keys = sorted(known.identities.group(persons)) if persons else []
    frames = []
    for year in (given.year, given.year - 1):
        others = _submissions(known, given.format, year).filter(pl.col("authority_code") != given.authority_code)
        plans = _rows(connection, known, PLAN, year, others["submission_id"].to_list(), keys)
        frames.append(newest_plans(plans).with_columns(pl.lit(year, pl.Int64).alias("year")))
    found = pl.concat(frames).unique(PERSON, keep="first", maintain_order=True)
    return found.select(PERSON, *FRAMES[ELSEWHERE])


def _rows(
    connection: Connection,
    known: Known,
    stored: str,
    year: int,
    submissions: Sequence[int],
    persons: Sequence[str] | None = None,
) -> pl.DataFrame:
    """The stored rows of some submissions, of some persons (all if None), with the persons as known now."""
    table = METADATA.tables[f"cohort.{stored}"]
    if not submissions or persons == []:
        return pl.DataFrame(schema=frame_schema(table))
    return known.identities.resolve(stored_rows(connection, table, year, submissions, persons))
