"""What a resubmission changes: rows by table, persons come and gone, findings cleared and new."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, text

from cohort.ingest.check import CheckedReturn


def difference(connection: Connection, checked: CheckedReturn, before: int, now: int) -> dict[str, Any]:
    """Counts only: {"rows": {table: [before, now]}, "persons": {...}, "findings": {...}}."""
    given = checked.linked.pseudonymous
    names = {t.stored: t.name for t in given.format.tables}
    return {
        "rows": {names[stored]: _rows(connection, stored, given.year, before, now) for stored in given.tables},
        "persons": _persons(connection, given.year, before, now),
        "findings": _findings(connection, before, now),
    }


def _rows(connection: Connection, stored: str, year: int, before: int, now: int) -> list[int]:
    counted = "count(*) FILTER (WHERE submission_id = :before), count(*) FILTER (WHERE submission_id = :now)"
    place = "collection_year = :year AND submission_id IN (:before, :now)"
    statement = text(f"SELECT {counted} FROM cohort.{stored} WHERE {place}")  # noqa: S608  (a declared name)
    return list(connection.execute(statement, {"year": year, "before": before, "now": now}).one())


def _persons(connection: Connection, year: int, before: int, now: int) -> dict[str, int]:
    statement = text(
        """
        WITH b AS (SELECT DISTINCT person_id FROM cohort.person_trait
                   WHERE submission_id = :before AND collection_year = :year),
             n AS (SELECT DISTINCT person_id FROM cohort.person_trait
                   WHERE submission_id = :now AND collection_year = :year)
        SELECT count(*) FILTER (WHERE b.person_id IS NULL), count(*) FILTER (WHERE n.person_id IS NULL),
               count(*) FILTER (WHERE b.person_id IS NOT NULL AND n.person_id IS NOT NULL)
        FROM b FULL JOIN n USING (person_id)
        """
    )
    come, gone, kept = connection.execute(statement, {"before": before, "now": now, "year": year}).one()
    return {"come": come, "gone": gone, "kept": kept}


def _findings(connection: Connection, before: int, now: int) -> dict[str, list[int]]:
    statement = text(
        """
        SELECT code, count(*) FILTER (WHERE submission_id = :before), count(*) FILTER (WHERE submission_id = :now)
        FROM cohort.finding WHERE submission_id IN (:before, :now) GROUP BY code ORDER BY code
        """
    )
    return {code: [b, n] for code, b, n in connection.execute(statement, {"before": before, "now": now})}
