"""Today's rules over all that is held, for the operator: which rules would now speak of what was let in."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
from sqlalchemy import Connection

from cohort.ingest.recheck import Rechecked, recheck
from cohort.store.known import Known, current
from cohort.store.roles import Role, acting
from service.access import Principal, asked
from service.office import Office


def recheck_all(
    office: Office,
    principal: Principal,
    progress: Callable[[str, float], None],
    *,
    authority: str | None = None,
    collection: str | None = None,
    year: int | None = None,
) -> list[Rechecked]:
    """Judge the returns that hold, all or those of an authority, a collection and a year, at one moment.

    Nothing is changed: what is found is for the operator, who may ask an authority for a corrected return.
    """
    wanted = {"authority_code": authority, "collection": collection, "collection_year": year}
    said = {name: value for name, value in wanted.items() if value is not None}
    subject = ", ".join(map(str, said.values())) or "the record"
    with (
        asked(office.engine, principal, "recheck", subject),
        acting(office.engine, Role.OPERATOR, isolation="REPEATABLE READ") as connection,
    ):
        known = current(connection)
        held = known.submissions.filter(**said) if said else known.submissions
        return _each(connection, known, held.sort("collection_year", "submission_id"), progress)


def _each(
    connection: Connection, known: Known, held: pl.DataFrame, progress: Callable[[str, float], None]
) -> list[Rechecked]:
    found = []
    for place, line in enumerate(held.iter_rows(named=True)):
        progress(f"{line['collection']} {line['collection_year']} of {line['authority_code']}", place / held.height)
        found.append(recheck(connection, known, line["submission_id"]))
    return found
