"""Writing persons, tokens, links and linkage rows, in the loader's transaction.

A token names one person for ever: the first to write it wins, and whoever comes second waits and reads again. So
two authorities may load one child at the same moment and both find the same person.
"""

from __future__ import annotations

import polars as pl
from sqlalchemy import Connection

from cohort.ingest.pseudonymise import TOKEN_KINDS
from cohort.store import locks
from cohort.store.copy import copy_in, copy_staged
from cohort.vault.derived import NORMALISER
from cohort.vault.link import NEW, TOKEN, LinkedReturn
from cohort.vault.lookup import bytea, known
from cohort.vault.record import own_rows

TRUST = {kind: place for place, kind in enumerate(TOKEN_KINDS)}


def register(connection: Connection, linked: LinkedReturn, kept: pl.DataFrame, submission: int) -> pl.DataFrame:
    """Write the persons, tokens, links and keys of the kept rows; hands on person_row and person_id (text)."""
    links = linked.links.join(kept.select("person_row"), on="person_row", how="semi")
    given = linked.pseudonymous
    # A number in dispute names nobody: neither does its token become this child's, nor this child its owner.
    believed = given.tokens.join(linked.disputed, on=["person_row", *TOKEN], how="anti")
    locks.naming(connection)
    settled = _settle(connection, links, believed, linked.fresh)
    new = settled.filter(pl.col("person_id").is_in(linked.fresh)).select(pl.col("person_id").unique().sort())
    copy_staged(connection, "person", new.with_columns(pl.lit(submission).alias("submission_id")))
    _write_tokens(connection, believed.join(settled, on="person_row"), given.key_version, submission)
    copy_staged(connection, "link", settled.with_columns(pl.lit(submission).alias("submission_id")))
    _write_rows(connection, linked, settled, submission)
    return settled.select("person_row", "person_id")


def _write_rows(connection: Connection, linked: LinkedReturn, settled: pl.DataFrame, submission: int) -> None:
    rows = own_rows(linked.pseudonymous).join(settled.select("person_row", "person_id"), on="person_row")
    placed = rows.with_columns(
        pl.lit(submission).alias("submission_id"),
        pl.lit(linked.pseudonymous.key_version).alias("key_version"),
        pl.lit(NORMALISER).alias("normaliser"),
    )
    copy_in(connection, "linkage_row", bytea(placed), schema="vault")


def _write_tokens(connection: Connection, tokens: pl.DataFrame, key_version: int, submission: int) -> None:
    """Tokens that name nobody yet, in their order, which is kind to the index."""
    ordered = tokens.unique(TOKEN, keep="first", maintain_order=True).sort(TOKEN)
    rows = ordered.select(
        *TOKEN, "person_id", pl.lit(key_version).alias("key_version"), pl.lit(submission).alias("submission_id")
    )
    copy_staged(connection, "token", bytea(rows), schema="vault", skips_known=True)


def _settle(connection: Connection, links: pl.DataFrame, tokens: pl.DataFrame, fresh: frozenset[str]) -> pl.DataFrame:
    """Where another loader named a person first, that person stands in for the one proposed as new."""
    unsettled = tokens.join(links.filter(pl.col("person_id").is_in(fresh)), on="person_row")
    owners = known(connection, unsettled).rename({"person_id": "owner"})
    first = (
        unsettled.join(owners, on=TOKEN)
        .with_columns(pl.col("kind_code").replace_strict(TRUST, return_dtype=pl.Int8).alias("trust"))
        .sort("trust", "person_row")
        .unique("person_id", keep="first", maintain_order=True)
        .select("person_id", "owner", pl.col("kind_code").alias("found_by"))
    )
    proposed = links.join(first, on="person_id", how="left", maintain_order="left")
    is_taken = (pl.col("rule_code") == NEW) & pl.col("owner").is_not_null()
    return proposed.with_columns(
        pl.coalesce("owner", "person_id").alias("person_id"),
        pl.when(is_taken).then(pl.col("found_by")).otherwise(pl.col("rule_code")).alias("rule_code"),
    ).drop("owner", "found_by")
