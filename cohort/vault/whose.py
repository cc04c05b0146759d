"""Whose row, whose number: finding the one person who asked something of the record.

The record holds no identifier to search by. Somebody is found by the place where their authority's own file has
them, or by the token of a number that they give: it is worked out in memory and nothing of it is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import polars as pl
from sqlalchemy import Connection, text

from cohort.errors import UsageError
from cohort.ingest.pseudonymise import DOMAINS, TOKEN_KINDS
from cohort.schema.tables import METADATA
from cohort.store import identity
from cohort.vault.keys import KeyRing
from cohort.vault.link import TOKEN_SCHEMA
from cohort.vault.lookup import known
from cohort.vault.normalise import normalised
from cohort.vault.tokens import tokens

NOBODY = "ERASE-02"
LINK = next(table.fullname for table in METADATA.sorted_tables if table.name == "link")
LINKED = text(
    f"SELECT submission_id, person_row, person_id::text FROM {LINK} "  # noqa: S608  (a declared name)
    "WHERE submission_id = :submission AND person_row = :row"
)
PLACED = {"submission_id": pl.Int64, "person_row": pl.Int64, "person_id": pl.String}


def of_row(connection: Connection, submission: int, row: int) -> str:
    """The person of a row of an accepted return. `row`: 1-based place in its table of persons, in file order."""
    found = connection.execute(LINKED, {"submission": submission, "row": row}).all()
    rows = identity.read(connection).resolve(pl.DataFrame([tuple(r) for r in found], schema=PLACED, orient="row"))
    return _one(rows["person_id"])


def of_numbers(connection: Connection, ring: KeyRing, numbers: Mapping[str, str]) -> str:
    """The person whom numbers name. `numbers`: kind (`upn`, `uln`) → as the person wrote it.

    Raises UsageError, which never says a number, where they name nobody or several persons.
    """
    found = known(connection, tokens_of(ring, numbers))
    return _one(identity.read(connection).stay(found)["person_id"])


def tokens_of(ring: KeyRing, numbers: Mapping[str, str]) -> pl.DataFrame:
    """Tokens of numbers: kind_code, token. A UPN may stand in a return as the former one too."""
    rows = []
    for kind in TOKEN_KINDS:
        domain = DOMAINS.get(kind, kind)
        form = pl.select(normalised(pl.lit(numbers.get(domain), pl.String))).item()
        [token] = tokens(ring, domain, [form])
        rows += [] if token is None else [(kind, token)]
    return pl.DataFrame(rows, schema=TOKEN_SCHEMA, orient="row")


def _one(persons: Iterable[str]) -> str:
    found = set(persons)
    if not found:
        raise UsageError(
            NOBODY, "The record knows nobody there.", "Look the number, or the submission and its row, up again."
        )
    if len(found) > 1:
        raise UsageError(
            "ERASE-03",
            "The numbers belong to different persons of the record.",
            "Give one of them, or the submission and the row in which the authority returned the person.",
        )
    return found.pop()
