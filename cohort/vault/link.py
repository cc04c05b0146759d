"""The fourth station: each person of a return is proposed a person of the record, or a new one.

Linking only proposes. What is known is handed in; tokens and persons are written by `load` in its own
transaction, so a refused return leaves nobody behind. Exact tokens first: UPN, then ULN, then former UPN.

In the record a token names one person only. So rows that share a token are one person here too, whatever their
order; and two rows with one ULN and different UPNs are an error, lest a slip of the pen merge two children.
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
TOKEN = ["kind_code", "token"]
KNOWN_SCHEMA = {"kind_code": pl.String, "token": pl.Binary, "person_id": pl.String}

CAUSES = causes(
    Cause(
        "LINK-01",
        Level.QUERY,
        "The identifiers of this record are known for two different persons.",
        "Check that the UPN and the ULN belong to the same child, and say which of them is right.",
    ),
    Cause(
        "LINK-02",
        Level.ERROR,
        "Another record of this return has the same {column}.",
        "Find out whose it is; if both records are of one child, return the child once.",
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
        by_rule = {str(rule): int(n) for rule, n in self.links["rule_code"].value_counts().sort("rule_code").rows()}
        new = by_rule.get(NEW, 0)
        return {"known": self.links.height - new, "new": new, "by_rule": by_rule}


def nobody() -> pl.DataFrame:
    """What a record without anybody knows: for judging a return without a database."""
    return pl.DataFrame(schema=KNOWN_SCHEMA)


def link(given: PseudonymousReturn, known: pl.DataFrame) -> LinkedReturn:
    """Propose a person for each row. `known`: kind_code, token, person_id (text) of tokens in the record."""
    tokens = _by_trust(given.tokens).join(known, on=TOKEN, how="left", maintain_order="left")
    found = (
        tokens.drop_nulls("person_id")
        .group_by(PERSON_ROW, maintain_order=True)
        .agg(pl.first("person_id"), pl.first("kind_code").alias("rule_code"), pl.n_unique("person_id").alias("n"))
    )
    person = given.format.tables[0]
    rows = given.tables[person.stored].select(pl.col(PERSON_ROW).cast(pl.UInt32), "same_upn_row")
    torn = found.filter(pl.col("n") > 1)[PERSON_ROW]
    tags = {column.stored: column.tag for column in person.columns}
    return LinkedReturn(
        given,
        _proposed(rows.select(PERSON_ROW), tokens, found.drop("n")),
        finding.gather(
            [
                places(Level.QUERY, "LINK-01", person.name, torn, tags.get("upn", "")),
                places(Level.ERROR, "LINK-02", person.name, _shared(rows, tokens), tags.get("uln", "")),
            ]
        ),
    )


def _by_trust(tokens: pl.DataFrame) -> pl.DataFrame:
    """The tokens of each row together, the most trusted first."""
    trust = pl.col("kind_code").replace_strict({kind: place for place, kind in enumerate(TOKEN_KINDS)})
    return tokens.sort(PERSON_ROW, trust)


def _proposed(rows: pl.DataFrame, tokens: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    """Each row's own known person; else that of a row which shares an identifier with it; else a new one."""
    first = _first_of_kin(tokens.filter(pl.col("person_id").is_null()))
    best = tokens.unique(PERSON_ROW, keep="first").select(PERSON_ROW, best="kind_code")
    kin = (
        rows.with_columns(kin=pl.col(PERSON_ROW).replace(first))
        .join(found, on=PERSON_ROW, how="left")
        .join(best, on=PERSON_ROW, how="left")
        .with_columns(theirs=pl.col("person_id").min().over("kin"))
        .sort(PERSON_ROW)
    )
    fresh = {row: str(uuid4()) for row in kin.filter(pl.col("theirs").is_null())["kin"].unique()}
    new = pl.col("kin").replace_strict(fresh, default=None, return_dtype=pl.String)
    return kin.select(
        PERSON_ROW,
        pl.coalesce("person_id", "theirs", new).alias("person_id"),
        pl.coalesce("rule_code", pl.when(pl.col("theirs").is_not_null()).then("best"), pl.lit(NEW)).alias("rule_code"),
        pl.lit(1.0).alias("weight"),
    )


def _first_of_kin(unknown: pl.DataFrame) -> dict[int, int]:
    """Row → first of the rows that it shares an unknown identifier with, directly or through others."""
    first: dict[int, int] = {}

    def top(row: int) -> int:
        while (above := first.setdefault(row, row)) != row:
            first[row] = first[above]
            row = above
        return row

    shared = unknown.group_by(TOKEN).agg(PERSON_ROW).filter(pl.col(PERSON_ROW).list.len() > 1)
    for rows in shared[PERSON_ROW]:
        tops = {top(row) for row in rows}
        first.update(dict.fromkeys(tops, min(tops)))
    return {row: top(row) for row in first}


def _shared(rows: pl.DataFrame, tokens: pl.DataFrame) -> pl.Series:
    """Rows that have a ULN which stands beside another UPN too, or without one."""
    held = tokens.filter(kind_code="uln").join(rows, on=PERSON_ROW)
    return held.filter(pl.col("same_upn_row").n_unique().over("token") > 1)[PERSON_ROW]
