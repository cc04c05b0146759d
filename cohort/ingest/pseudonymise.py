"""The third station: identifiers become tokens in memory, before the first byte reaches the database.

What is left of a person: tokens, derived keys for linkage, month of birth, ages at events, whether there was a UPN
or ULN, and the row in this file that first carried the same UPN or the same name and date of birth. Nothing after
this station can leak a name, because nothing after it holds one.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import polars as pl

from cohort.ingest.content import content_digest
from cohort.ingest.format import Column, ReturnFormat, Role, Table
from cohort.ingest.identifiers import is_temporary
from cohort.ingest.parse import PERSON_ROW, ParsedReturn
from cohort.vault.derived import KEYS, derived_keys
from cohort.vault.keys import KeyRing
from cohort.vault.tokens import tokens

TOKEN_KINDS = ("upn", "former_upn", "uln")
"""Stored identifiers that become tokens, in the order in which they are trusted."""
DOMAINS = {"former_upn": "upn"}
"""A former UPN is looked for among UPNs, so it is a token of their domain."""
KEYS_SCHEMA = {PERSON_ROW: pl.UInt32, **dict.fromkeys(KEYS, pl.Binary)}


@dataclass(frozen=True)
class PseudonymousReturn:
    """As ParsedReturn, with no identifier left.

    `tokens`: person_row, kind_code, token (16 bytes). `keys`: KEYS_SCHEMA, the derived keys of each person.
    """

    format: ReturnFormat
    year: int
    authority_code: str
    census_date: date
    header: Mapping[str, object]
    tables: Mapping[str, pl.DataFrame]
    tokens: pl.DataFrame
    key_version: int
    findings: pl.DataFrame
    notes: Mapping[str, int]
    file_digest: str
    """Keyed hash of the bytes."""
    size: int
    content_key: bytes = field(repr=False)
    keys: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=KEYS_SCHEMA), repr=False)

    @cached_property
    def content_digest(self) -> str:
        """Keyed hash of what would be stored, whatever the order of rows; worked out when asked for."""
        return content_digest(self.format, self.header, self.tables, self.tokens, self.content_key)


def pseudonymise(parsed: ParsedReturn, ring: KeyRing, *, for_record: bool = True) -> PseudonymousReturn:
    """Replace identifiers by tokens under the ring, blur dates of birth, work out ages while they are known.

    Where a return is not `for_record`, nobody is looked for by name, and no keys are derived.
    """
    person = parsed.format.tables[0]
    births = parsed.tables[person.stored].select(PERSON_ROW, "birth_date")
    tables = {t.stored: _with_ages(t, parsed.tables[t.stored], births, parsed.year) for t in parsed.format.tables[1:]}
    whole = {person.stored: _person(person, parsed.tables[person.stored], parsed.year), **tables}
    named = _tokens(parsed.tables[person.stored], ring)
    return PseudonymousReturn(
        parsed.format,
        parsed.year,
        parsed.authority_code,
        parsed.census_date,
        parsed.header,
        whole,
        named,
        ring.version,
        parsed.findings,
        parsed.notes,
        file_digest(parsed.digest, ring),
        parsed.size,
        ring.derive("content"),
        _keys(parsed.tables[person.stored], ring) if for_record else pl.DataFrame(schema=KEYS_SCHEMA),
    )


def file_digest(digest: str, ring: KeyRing) -> str:
    """The hash of a file under the record's key: a file of one child must not be guessed from its hash."""
    return hmac.digest(ring.derive("file"), digest.encode(), "sha256").hex()


def age(birth: pl.Expr, day: pl.Expr) -> pl.Expr:
    """Whole years on a day. A child born on 29 February has the birthday on 1 March in a common year."""
    return (day.dt.year() - birth.dt.year() - (_day_of_year(day) < _day_of_year(birth)).cast(pl.Int32)).cast(pl.Int32)


def _day_of_year(day: pl.Expr) -> pl.Expr:
    """Month and day as one number that grows through the year: 831 for 31 August."""
    return day.dt.month().cast(pl.Int32) * 100 + day.dt.day()  # a month is an Int8, and 8 * 100 would wrap


def _person(table: Table, frame: pl.DataFrame, year: int) -> pl.DataFrame:
    upn, birth = pl.col("upn"), pl.col("birth_date")
    name = [_folded("surname"), _folded("forename"), birth]
    known = pl.all_horizontal(part.is_not_null() for part in name)
    kept = [c.stored for c in table.columns if _is_kept(c)]
    return frame.select(
        "row_number",
        PERSON_ROW,
        *kept,
        birth.dt.month_start().alias("birth_month"),
        age(birth, pl.lit(date(year - 1, 8, 31))).alias("age_on_31_august"),
        upn.is_not_null().alias("has_upn"),
        is_temporary(upn).fill_null(value=False).alias("is_upn_temporary"),
        pl.col("uln").is_not_null().alias("has_uln"),
        _first_row([upn], upn.is_not_null()).alias("same_upn_row"),
        _first_row(name, known).alias("same_name_row"),
    )


def _is_kept(column: Column) -> bool:
    return column.role is Role.PAYLOAD


def _folded(name: str) -> pl.Expr:
    return pl.col(name).str.normalize("NFKC").str.to_uppercase().str.replace_all(r"[^\p{L}\p{N}]", "")


def _first_row(keys: list[pl.Expr], known: pl.Expr) -> pl.Expr:
    """The first row with the same keys; a row with an unknown key is alone."""
    return pl.when(known).then(pl.col("row_number").min().over(keys)).otherwise(pl.col("row_number"))


def _with_ages(table: Table, frame: pl.DataFrame, births: pl.DataFrame, year: int) -> pl.DataFrame:
    aged = [c for c in table.columns if c.age is not None and c.in_year(year)]
    if not aged:
        return frame
    born = frame.join(births, on=PERSON_ROW, how="left", maintain_order="left")
    ages = [age(pl.col("birth_date"), pl.col(c.stored)).alias(str(c.age)) for c in aged]
    return born.with_columns(ages).drop("birth_date")


def _tokens(person: pl.DataFrame, ring: KeyRing) -> pl.DataFrame:
    schema = {PERSON_ROW: pl.UInt32, "kind_code": pl.String, "token": pl.Binary}
    frames = [pl.DataFrame(schema=schema)]
    for kind in TOKEN_KINDS:
        if kind in person.columns:
            given = person.filter(pl.col(kind).is_not_null())
            macs = pl.Series("token", tokens(ring, DOMAINS.get(kind, kind), given[kind].to_list()), pl.Binary)
            frames.append(given.select(pl.col(PERSON_ROW).cast(pl.UInt32), pl.lit(kind).alias("kind_code"), macs))
    return pl.concat(frames)


def _keys(person: pl.DataFrame, ring: KeyRing) -> pl.DataFrame:
    rows = person.select(pl.col(PERSON_ROW).cast(pl.UInt32))
    return pl.concat([rows, derived_keys(person, ring)], how="horizontal")
