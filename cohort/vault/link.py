"""The fourth station: each person of a return is proposed a person of the record, or a new one.

Linking only proposes. What is known is handed in; tokens and persons are written by `load` in its own
transaction, so a refused return leaves nobody behind. By number first (UPN, former UPN, ULN), where the child
agrees with the number (`numbers`); then by name, date and postcode, whole or by the model (`names`).

In the record a token names one person only. So rows that share a token are one person here too, whatever their
order; and two rows with one ULN and different UPNs are an error, lest a slip of the pen merge two children.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from secrets import token_hex

import polars as pl

from cohort.ingest import finding
from cohort.ingest.finding import Cause, causes
from cohort.ingest.format import Level
from cohort.ingest.parse import PERSON_ROW, places
from cohort.ingest.pseudonymise import TOKEN_KINDS, PseudonymousReturn
from cohort.vault import names, numbers
from cohort.vault.model import MODEL, Model
from cohort.vault.record import Record, own_rows

NEW = "new"
KINDS = (*TOKEN_KINDS, names.EXACT)
"""What rows of one return may share, in the order in which it is trusted."""
TOKEN = ["kind_code", "token"]
TOKEN_SCHEMA = {"kind_code": pl.String, "token": pl.Binary}
KNOWN_SCHEMA = {**TOKEN_SCHEMA, "person_id": pl.String}

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
    Cause(
        "LINK-03",
        Level.QUERY,
        "The record knows this UPN or ULN, and neither name nor date of birth agrees with it.",
        "Check that the number is this child's and not a brother's, a sister's or one given again.",
    ),
)


@dataclass(frozen=True)
class LinkedReturn:
    """A return whose persons have keys. `links`: person_row, person_id, rule_code, weight.

    `disputed`: person_row, kind_code, token of numbers that are not this child's: they name nobody here.
    """

    pseudonymous: PseudonymousReturn
    links: pl.DataFrame
    findings: pl.DataFrame
    disputed: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema={PERSON_ROW: pl.UInt32, **TOKEN_SCHEMA}))
    fresh: frozenset[str] = frozenset()
    """Persons whom the record does not know yet."""

    @property
    def counts(self) -> Mapping[str, object]:
        """Persons known and new, and by which rule."""
        by_rule = {str(rule): int(n) for rule, n in self.links["rule_code"].value_counts().sort("rule_code").rows()}
        new = by_rule.get(NEW, 0)
        return {"known": self.links.height - new, "new": new, "by_rule": by_rule}


def nobody() -> pl.DataFrame:
    """What a record without anybody knows: for judging a return without a database."""
    return pl.DataFrame(schema=KNOWN_SCHEMA)


@dataclass(frozen=True)
class _ByNumber:
    """What numbers say: `proposed` as links with `kin`, and findings."""

    own: pl.DataFrame
    proposed: pl.DataFrame
    disputed: pl.DataFrame
    nobodys: pl.DataFrame
    torn: pl.Series
    may_be_twins: pl.Series


def link(
    given: PseudonymousReturn, known: pl.DataFrame, record: Record | None = None, model: Model = MODEL
) -> LinkedReturn:
    """Propose a person for each row.

    `known`: kind_code, token, person_id (text) of tokens in the record. `record`: what else it knows of these
    persons and of those who may be found by name; without it numbers are believed and nobody is found by name.
    """
    there = record or Record()
    by_number = _by_number(given, known, there)
    fresh = by_number.proposed.filter(rule_code=NEW)
    named = _by_name(by_number, there, model)
    links = _renamed(by_number.proposed, named)
    person = given.format.tables[0]
    rows = given.tables[person.stored].select(pl.col(PERSON_ROW).cast(pl.UInt32), "same_upn_row")
    tags = {column.stored: column.tag for column in person.columns}
    upn, uln = tags.get("upn", ""), tags.get("uln", "")
    doubted = by_number.disputed[PERSON_ROW].unique().sort()
    return LinkedReturn(
        given,
        links,
        finding.gather(
            [
                places(Level.QUERY, "LINK-01", person.name, by_number.torn, upn),
                places(Level.ERROR, "LINK-02", person.name, _shared(rows, given.tokens), uln),
                places(Level.QUERY, "LINK-03", person.name, doubted, upn),
            ]
        ),
        pl.concat([by_number.disputed, by_number.nobodys]).unique(maintain_order=True),
        frozenset(fresh["person_id"]) & frozenset(links["person_id"]),
    )


def open_rows(given: PseudonymousReturn, known: pl.DataFrame, record: Record) -> pl.DataFrame:
    """Rows (person_row, ROW) that no number links, or whose number may be a twin's: to be looked for by name."""
    found = _by_number(given, known, record)
    is_open = (pl.col("rule_code") == NEW) | pl.col(PERSON_ROW).is_in(found.may_be_twins.implode())
    return found.own.join(found.proposed.filter(is_open), on=PERSON_ROW, how="semi")


def _by_number(given: PseudonymousReturn, known: pl.DataFrame, record: Record) -> _ByNumber:
    own = own_rows(given)
    tokens = given.tokens.join(known, on=TOKEN, how="left", maintain_order="left")
    claims = numbers.judged(tokens.drop_nulls("person_id"), own, record)
    standing = _by_trust(claims.filter("stands"))
    found = standing.group_by(PERSON_ROW, maintain_order=True).agg(
        pl.first("person_id"), pl.first("kind_code").alias("rule_code"), pl.n_unique("person_id").alias("n")
    )
    apart = record.rows.filter("is_kept_apart").select("person_id")
    hidden = found.join(apart, on="person_id", how="semi")
    alike = names.shared_within(own.join(hidden, on=PERSON_ROW, how="anti"))
    given_anew = tokens.filter(pl.col("person_id").is_null()).select(PERSON_ROW, *TOKEN)
    nobodys = numbers.disputed_within(given_anew, own)
    unknown = pl.concat(
        [
            given_anew.join(nobodys, on=[PERSON_ROW, *TOKEN], how="anti"),
            alike.select(PERSON_ROW, pl.lit(names.EXACT).alias("kind_code"), "token"),
        ]
    )
    return _ByNumber(
        own,
        _proposed(own.select(PERSON_ROW), _by_trust(unknown), found.drop("n")),
        claims.filter(~pl.col("stands")).select(PERSON_ROW, *TOKEN),
        nobodys,
        found.filter(pl.col("n") > 1)[PERSON_ROW],
        claims.filter("twins")[PERSON_ROW],
    )


def _by_name(by_number: _ByNumber, record: Record, model: Model) -> pl.DataFrame:
    """Links of the proposed new persons to persons of the record whom no row of this return has by number."""
    new = by_number.proposed.filter(rule_code=NEW).select(PERSON_ROW, pl.col("person_id").alias("unit"))
    units = new.join(by_number.own, on=PERSON_ROW).drop(PERSON_ROW)
    taken = by_number.proposed.filter(pl.col("rule_code") != NEW).select("person_id")
    free = record.rows.filter(~pl.col("is_kept_apart")).join(taken, on="person_id", how="anti")
    return names.by_name(units, free.drop("is_kept_apart"), record, model)


def _renamed(proposed: pl.DataFrame, named: pl.DataFrame) -> pl.DataFrame:
    """The proposed links, with persons of the record in the place of units found by name."""
    beside = proposed.join(
        named.rename({"person_id": "theirs", "rule_code": "by", "weight": "weighed"}),
        left_on="person_id",
        right_on="unit",
        how="left",
        maintain_order="left",
    )
    return beside.select(
        PERSON_ROW,
        pl.coalesce("theirs", "person_id").alias("person_id"),
        pl.coalesce("by", "rule_code").alias("rule_code"),
        pl.coalesce("weighed", "weight").alias("weight"),
    )


def _by_trust(tokens: pl.DataFrame) -> pl.DataFrame:
    """The tokens of each row together, the most trusted first."""
    trust = pl.col("kind_code").replace_strict({kind: place for place, kind in enumerate(KINDS)}, return_dtype=pl.Int8)
    return tokens.sort(PERSON_ROW, trust)


def _proposed(rows: pl.DataFrame, unknown: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    """Each row's own known person; else that of a row which shares an identifier with it; else a new one."""
    first = _first_of_kin(unknown)
    best = unknown.unique(PERSON_ROW, keep="first", maintain_order=True).select(PERSON_ROW, best="kind_code")
    kin = (
        rows.with_columns(kin=pl.col(PERSON_ROW).replace(first))
        .join(found, on=PERSON_ROW, how="left")
        .join(best, on=PERSON_ROW, how="left")
        .with_columns(theirs=pl.col("person_id").min().over("kin"))
        .sort(PERSON_ROW)
    )
    fresh = kin.filter(pl.col("theirs").is_null()).select(pl.col("kin").unique())
    fresh = fresh.with_columns(fresh=pl.Series(random_keys(fresh.height), dtype=pl.String))
    return kin.join(fresh, on="kin", how="left", maintain_order="left").select(
        PERSON_ROW,
        pl.coalesce("person_id", "theirs", "fresh").alias("person_id"),
        pl.coalesce("rule_code", pl.when(pl.col("theirs").is_not_null()).then("best"), pl.lit(NEW)).alias("rule_code"),
        pl.lit(1.0).alias("weight"),
    )


def random_keys(n: int) -> list[str]:
    """That many random UUIDs (RFC 9562, version 4), of one call for all their bytes (20,000 calls take 0.3 s)."""
    digits = token_hex(16 * n)
    each = (digits[at : at + 32] for at in range(0, 32 * n, 32))
    return [f"{h[:8]}-{h[8:12]}-4{h[13:16]}-{'89ab'[int(h[16], 16) % 4]}{h[17:20]}-{h[20:]}" for h in each]


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
