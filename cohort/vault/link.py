"""The fourth station: each person of a return is proposed a person of the record, or a new one.

Linking only proposes. What is known is handed in; tokens and persons are written by `load` in its own
transaction, so a refused return leaves nobody behind. Exact tokens first: UPN, then ULN, then former UPN.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import uuid4

import polars as pl

from cohort.ingest import finding
from cohort.ingest.finding import Cause, causes
from cohort.ingest.format import Level
from cohort.ingest.parse import PERSON_ROW, places
from cohort.ingest.pseudonymise import TOKEN_KINDS, PseudonymousReturn

NEW = "new"
KNOWN_SCHEMA = {"kind_code": pl.String, "token": pl.Binary, "person_id": pl.String}

CAUSES = causes(
    Cause(
        "LINK-01",
        Level.QUERY,
        "The identifiers of this record are known for two different persons.",
        "Check that the UPN and the ULN belong to the same child, and say which of them is right.",
    ),
)


@dataclass(frozen=True)
class LinkedReturn:
    """A return whose persons have keys. `links`: person_row, person_id, rule_code, weight."""

    pseudonymous: PseudonymousReturn
    links: pl.DataFrame
    findings: pl.DataFrame

    @property
    def counts(self) -> Mapping[str, object]:
        """Persons known and new, and by which rule."""
        by_rule = {
            str(rule): int(n) for rule, n in self.links["rule_code"].value_counts().sort("rule_code").rows()
        }
        new = by_rule.get(NEW, 0)
        return {"known": self.links.height - new, "new": new, "by_rule": by_rule}


def nobody() -> pl.DataFrame:
    """What a record without anybody knows: for judging a return without a database."""
    return pl.DataFrame(schema=KNOWN_SCHEMA)


def link(given: PseudonymousReturn, known: pl.DataFrame) -> LinkedReturn:
    """Propose a person for each row. `known`: kind_code, token, person_id (text) of tokens in the record."""
    trust = {kind: place for place, kind in enumerate(TOKEN_KINDS)}
    matched = (
        given.tokens.join(known, on=["kind_code", "token"], how="left")
        .with_columns(
            pl.col("kind_code").replace_strict(trust, default=len(trust), return_dtype=pl.Int8).alias("trust")
        )
        .sort(PERSON_ROW, "trust")
    )
    found = (
        matched.filter(pl.col("person_id").is_not_null())
        .group_by(PERSON_ROW, maintain_order=True)
        .agg(pl.col("person_id").first(), pl.col("kind_code").first(), pl.col("person_id").n_unique().alias("n"))
    )
    rows = given.tables[given.format.tables[0].stored].select(pl.col(PERSON_ROW).cast(pl.UInt32), "same_upn_row")
    fresh = _fresh(rows, matched, found)
    links = pl.concat([found.select(PERSON_ROW, "person_id", pl.col("kind_code").alias("rule_code")), fresh])
    torn = found.filter(pl.col("n") > 1)[PERSON_ROW]
    name = given.format.tables[0].name
    return LinkedReturn(
        given,
        links.sort(PERSON_ROW).with_columns(pl.lit(1.0).alias("weight")),
        finding.gather([places(Level.QUERY, "LINK-01", name, torn, "UPN")]),
    )


def _fresh(rows: pl.DataFrame, matched: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    """New keys for rows without a known token; rows that share their best token share the key."""
    unknown = rows.join(found, on=PERSON_ROW, how="anti")
    best = matched.group_by(PERSON_ROW, maintain_order=True).agg(pl.col("token").first())
    keyed = unknown.join(best, on=PERSON_ROW, how="left", maintain_order="left").with_columns(
        pl.coalesce(pl.col(PERSON_ROW).min().over("token"), PERSON_ROW).alias("first")
        if best.height
        else pl.col(PERSON_ROW).alias("first")
    )
    keyed = keyed.with_columns(
        pl.when(pl.col("token").is_null()).then(pl.col(PERSON_ROW)).otherwise(pl.col("first")).alias("first")
    )
    ids = {row: str(uuid4()) for row in keyed["first"].unique().to_list()}
    return keyed.select(
        PERSON_ROW,
        pl.col("first").replace_strict(ids, default=None, return_dtype=pl.String).alias("person_id"),
        pl.lit(NEW).alias("rule_code"),
    )
