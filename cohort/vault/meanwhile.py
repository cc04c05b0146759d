"""What became of persons between linking and loading: erased, or barred.

Linking reads the record in a transaction of its own, so what it found has to be looked at again in the loader's,
beside which nobody is erased (`cohort.store.locks`).
"""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import polars as pl
from sqlalchemy import Connection, text

from cohort.vault.link import NEW, LinkedReturn

THERE = text("SELECT person_id::text FROM cohort.person WHERE person_id = ANY(CAST(:persons AS uuid[]))")
BARRED = text("SELECT token FROM vault.barred_token")


def renewed(connection: Connection, linked: LinkedReturn) -> LinkedReturn:
    """The links, with a new person wherever the one that was found has been erased since.

    A key that has a tombstone is never given again: whoever comes back after an erasure is somebody new.
    """
    found = set(linked.links.filter(~pl.col("person_id").is_in(list(linked.fresh)))["person_id"])
    gone = found - set(connection.scalars(THERE, {"persons": sorted(found)}))
    if not gone:
        return linked
    anew = {person: str(uuid4()) for person in sorted(gone)}
    was_erased = pl.col("person_id").is_in(list(gone))
    links = linked.links.with_columns(
        person_id=pl.col("person_id").replace(anew),
        rule_code=pl.when(was_erased).then(pl.lit(NEW)).otherwise("rule_code"),
        weight=pl.when(was_erased).then(1.0).otherwise("weight"),
    )
    return replace(linked, links=links, fresh=linked.fresh | set(anew.values()))


def barred_rows(connection: Connection, linked: LinkedReturn) -> list[int]:
    """Person rows (`person_row`) with an identifier that must not come back."""
    barred = pl.DataFrame({"token": list(connection.scalars(BARRED))}, schema={"token": pl.Binary})
    return linked.pseudonymous.tokens.join(barred, on="token", how="semi")["person_row"].unique().sort().to_list()
