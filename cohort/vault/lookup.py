"""What the vault knows: persons by token."""

from __future__ import annotations

import polars as pl
from sqlalchemy import Connection, text

from cohort.vault.link import KNOWN_SCHEMA

QUERY = text(
    "SELECT kind_code, token, person_id::text FROM vault.token WHERE kind_code = :kind AND token = ANY(:tokens)"
)


def known(connection: Connection, tokens: pl.DataFrame) -> pl.DataFrame:
    """Those of the given tokens (kind_code, token) that name a person: kind_code, token, person_id as text."""
    rows: list[tuple[object, ...]] = []
    for (kind,), group in tokens.group_by("kind_code"):
        found = connection.execute(QUERY, {"kind": kind, "tokens": group["token"].to_list()})
        rows += [tuple(row) for row in found]
    return pl.DataFrame(rows, schema=KNOWN_SCHEMA, orient="row")
