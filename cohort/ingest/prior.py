"""What the record knew of an authority's persons a year ago: traits, and the plan as it stood."""

from __future__ import annotations

import polars as pl
from sqlalchemy import Connection, text

from cohort.ingest.visible import PRIOR
from cohort.store.known import current

QUERY = text(
    """
    SELECT DISTINCT ON (t.person_id)
        t.person_id::text, t.birth_month, t.sex_code, p.start_date, p.cease_date,
        p.start_date IS NOT NULL AND p.cease_date IS NULL
    FROM cohort.person_trait t
    LEFT JOIN cohort.ehc_plan p USING (collection_year, submission_id, person_id)
    WHERE t.submission_id = :submission AND t.collection_year = :year
    ORDER BY t.person_id, p.start_date DESC NULLS LAST
    """
)


def prior(connection: Connection, authority_code: str, collection: str, year: int) -> pl.DataFrame:
    """One row a person (visible.PRIOR) from the return of the year before that holds now; empty if none does."""
    known = current(connection)
    before = known.submissions.filter(authority_code=authority_code, collection=collection, collection_year=year - 1)
    if before.is_empty():
        return pl.DataFrame(schema=PRIOR)
    given = {"submission": before["submission_id"][-1], "year": year - 1}
    frame = pl.DataFrame([tuple(r) for r in connection.execute(QUERY, given)], schema=PRIOR, orient="row")
    return known.identities.stay(frame)
