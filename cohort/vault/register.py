"""Writing persons and tokens, in the loader's transaction.

A token names one person for ever: the first to write it wins, and whoever comes second reads again. So two
authorities may load one child at the same moment and both find the same person.
"""

from __future__ import annotations

from uuid import UUID

import polars as pl
from sqlalchemy import Connection, text

from cohort.ingest.pseudonymise import TOKEN_KINDS
from cohort.store.copy import copy_in
from cohort.vault.link import NEW, LinkedReturn
from cohort.vault.lookup import known

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
    """Write the tokens, persons and links of the kept rows; hands on person_row and person_id (text)."""
    links = linked.links.join(kept.select("person_row"), on="person_row", how="semi")
    tokens = linked.pseudonymous.tokens.join(links.select("person_row", "person_id"), on="person_row")
    _write_tokens(connection, tokens, linked.pseudonymous.key_version, submission)
    settled = _settle(connection, links, tokens)
    new = settled.filter(pl.col("rule_code") == NEW)["person_id"].unique().sort()
    if len(new):
        connection.execute(PERSONS, [{"person_id": UUID(p), "submission_id": submission} for p in new])
    copy_in(connection, "link", settled.with_columns(pl.lit(submission).alias("submission_id")), schema="vault")
    return settled.select("person_row", "person_id")


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


def _settle(connection: Connection, links: pl.DataFrame, tokens: pl.DataFrame) -> pl.DataFrame:
    """Where another loader named a person first, that person stands in for the one proposed as new."""
    owners = tokens.join(
        known(connection, tokens).rename({"person_id": "owner"}), on=["kind_code", "token"], how="left"
    )
    first = (
        owners.filter(pl.col("owner") != pl.col("person_id"))
        .with_columns(pl.col("kind_code").replace_strict(TRUST, return_dtype=pl.Int8).alias("trust"))
        .sort("person_row", "trust")
        .unique("person_row", keep="first")
        .select("person_row", "owner", pl.col("kind_code").alias("found_by"))
    )
    proposed = links.join(first, on="person_row", how="left", maintain_order="left")
    is_taken = (pl.col("rule_code") == NEW) & pl.col("owner").is_not_null()
    return proposed.with_columns(
        pl.when(is_taken).then(pl.col("owner")).otherwise(pl.col("person_id")).alias("person_id"),
        pl.when(is_taken).then(pl.col("found_by")).otherwise(pl.col("rule_code")).alias("rule_code"),
    ).drop("owner", "found_by")
