"""Rules that do not block: lifted by the operator for an authority and a year, with a reason, and put back likewise.

Nothing is overwritten: the last word on a rule counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text


@dataclass(frozen=True)
class Lift:
    """The last word on the block of a rule."""

    authority: str
    year: int
    code: str
    is_lifted: bool
    reason: str
    account: str
    at: datetime


LAST = text(
    """
    SELECT DISTINCT ON (authority_code, collection_year, code)
        authority_code, collection_year, code, is_lifted, reason, account_name, at
    FROM cohort.rule_lift
    WHERE (CAST(:authority AS text) IS NULL OR authority_code = :authority)
      AND (CAST(:year AS integer) IS NULL OR collection_year = :year)
    ORDER BY authority_code, collection_year, code, rule_lift_id DESC
    """
)


def words(connection: Connection, authority: str | None = None, year: int | None = None) -> list[Lift]:
    """The last word on every rule that was ever lifted, of one authority or year where named."""
    return [Lift(*row) for row in connection.execute(LAST, {"authority": authority, "year": year})]


def in_force(connection: Connection, authority: str, year: int) -> dict[str, Lift]:
    """Code → the lift in force."""
    return {lift.code: lift for lift in words(connection, authority, year) if lift.is_lifted}


def enter(
    connection: Connection, authority: str, year: int, code: str, *, is_lifted: bool, reason: str, account: str
) -> None:
    """Lift the block of a rule, or put it back."""
    statement = text(
        "INSERT INTO cohort.rule_lift (authority_code, collection_year, code, is_lifted, reason, account_name) "
        "VALUES (:authority, :year, :code, :lifted, :reason, :account)"
    )
    given = {"authority": authority, "year": year, "code": code, "lifted": is_lifted}
    connection.execute(statement, {**given, "reason": reason, "account": account})
