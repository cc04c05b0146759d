"""Which erasures the record knows: what a snapshot is compared with."""

from __future__ import annotations

from sqlalchemy import Connection, text

IDS = text("SELECT erasure_id::text FROM cohort.erasure ORDER BY at, erasure_id")


def erasure_ids(connection: Connection) -> tuple[str, ...]:
    """Random keys of all erasures, in the order in which they were made."""
    return tuple(connection.scalars(IDS))
