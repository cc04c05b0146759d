"""Writing persons, tokens, links and linkage rows, in the loader's transaction.

A token names one person for ever: the first to write it wins, and whoever comes second reads again. So two
authorities may load one child at the same moment and both find the same person.
"""

from __future__ import annotations

from uuid import UUID

import polars as pl
from sqlalchemy import Connection, text

from cohort.ingest.pseudonymise import TOKEN_KINDS
from cohort.store.copy import copy_in, copy_staged
from cohort.vault.derived import NORMALISER
from cohort.vault.link import NEW, TOKEN, LinkedReturn
from cohort.vault.lookup import bytea, known
from cohort.vault.record import own_rows

TRUST = {kind: place for place, kind in enumerate(TOKEN_KINDS)}
TOKENS = text(
    """
    INSERT INTO vault.token (kind_code, token, key_version, person_id, submission_id)
    VALUES (:kind_code, :token, :key_version, :person_id, :submission_id)
    ON CONFLICT (kind_code, token) DO NOTHING
    """
)
PERSONS = text("INSERT INTO cohort.person (person_id, submission_id) VALUES (:person_id, :submission_id)")


def register(connection: Connection, linked: LinkedReturn, kept: pl.DataFrame, submission: int) -> pl.DataFrame:
    """Write the persons, tokens, links and keys of the kept rows; hands on person_row and person_id (text)."""
    links = linked.links.join(kept.select("person_row"), on="person_row", how="semi")
    given = linked.pseudonymous
    # A number in dispute names nobody: neither does its token become this child's, nor this child its owner.
    believed = given.tokens.join(linked.disputed, on=["person_row", *TOKEN], how="anti")
    tokens = believed.join(links.select("person_row", "person_id"), on="person_row")
    _write_tokens(connection, tokens, given.key_version, submission)
    settled = _settle(connection, links, tokens, linked.fresh)
    new = settled.filter(pl.col("person_id").is_in(linked.fresh))["person_id"].unique().sort()
    if len(new):
        connection.execute(PERSONS, [{"person_id": UUID(p), "submission_id": submission} for p in new])
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
    """In the order of the tokens, so that two loaders never wait for each other in a circle."""
    ordered = tokens.unique(["kind_code", "token"], keep="first", maintain_order=True).sort("kind_code", "token")
    rows = [
        {
            "kind_code": row["kind_code"],
            "token": row["token"],
            "key_version": key_version,
            "person_id": UUID(row["person_id"]),
            "submission_id": submission,
        }
        for row in ordered.iter_rows(named=True)
    ]
    if rows:
        connection.execute(TOKENS, rows)


def _settle(connection: Connection, links: pl.DataFrame, tokens: pl.DataFrame, fresh: frozenset[str]) -> pl.DataFrame:
    """Where another loader named a person first, that person stands in for the one proposed as new."""
    owners = known(connection, tokens).rename({"person_id": "owner"})
    first = (
        tokens.filter(pl.col("person_id").is_in(fresh))
        .join(owners, on=TOKEN)
        .filter(pl.col("owner") != pl.col("person_id"))
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
