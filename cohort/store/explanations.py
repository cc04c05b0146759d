"""Reasons that an authority gave last year, by code of the rule: offered this year, never applied unasked."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, text

from cohort.store.status import holding, statuses

QUERY = text(
    """
    SELECT DISTINCT ON (code) code, words FROM cohort.explanation
    WHERE submission_id = :submission AND code = ANY(:codes) AND table_name IS NULL
    ORDER BY code, explanation_id DESC
    """
)
"""Of whole rules only: a row's number means another child a year later."""


def remembered(
    connection: Connection, authority: str, collection: str, year: int, codes: Iterable[str]
) -> dict[str, str]:
    """Code → the reason in the return of the year before that holds now; without codes that had none."""
    place = {"authority_code": authority, "collection": collection, "collection_year": year - 1}
    before = holding(statuses(connection)).filter(**place)
    if before.is_empty():
        return {}
    given = {"submission": before["submission_id"][-1], "codes": sorted(codes)}
    return {row.code: row.words for row in connection.execute(QUERY, given)}
