"""The third station: identifiers become tokens in memory, before the first byte reaches the database.

What is left of a person: tokens, derived keys for linkage, month of birth, ages at events, whether there was a UPN
or ULN, and the row in this file that first carried the same UPN or the same name and date of birth. Nothing after
this station can leak a name, because nothing after it holds one.

The station has two halves, which a third party can come between (`cohort.ingest.split`): `attributes` and
`identifiers` part a return where it is at home, `tokenise` wants the key and no attribute, `joined` wants neither
an identifier nor the key of the tokens. On one machine `pseudonymise` is the four in a row.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import polars as pl

from cohort.ingest.content import content_digest
from cohort.ingest.format import Column, Kind, ReturnFormat, Role, Table
from cohort.ingest.identifiers import is_temporary
from cohort.ingest.parse import PERSON_ROW, ParsedReturn
from cohort.ingest.school_year import age
from cohort.vault.derived import GIVEN, KEYS, derived_keys
from cohort.vault.keys import KeyRing
from cohort.vault.normalise import composed, normalised
from cohort.vault.tokens import tokens

TOKEN_KINDS = ("upn", "former_upn", "uln")
"""Stored identifiers that become tokens, in the order in which they are trusted."""
DOMAINS = {"former_upn": "upn"}
"""A former UPN is looked for among UPNs, so it is a token of their domain."""
IDENTIFYING = (*TOKEN_KINDS, *GIVEN)
"""What a person is found by: what a third party must see, and nothing more."""
KEYS_SCHEMA = {PERSON_ROW: pl.UInt32, **dict.fromkeys(KEYS, pl.Binary)}
TOKEN_SCHEMA = {PERSON_ROW: pl.UInt32, "kind_code": pl.String, "token": pl.Binary, "mark": pl.Binary}


@dataclass(frozen=True)
class Attributes:
    """What a return says, and of nobody. As ParsedReturn, with ages and months in place of dates of birth."""

    format: ReturnFormat
    year: int
    authority_code: str
    census_date: date
    header: Mapping[str, object]
    tables: Mapping[str, pl.DataFrame]
    findings: pl.DataFrame
    notes: Mapping[str, int]
    digest: str
    """SHA-256 of the file's bytes."""
    size: int
    places: Mapping[str, pl.DataFrame] = field(default_factory=dict)


@dataclass(frozen=True)
class Tokens:
    """What a ring makes of identifiers. `frame`: TOKEN_SCHEMA, 16 bytes each. `keys`: KEYS_SCHEMA.

    A mark is the same identifier under a key that no rotation changes. It enters the content's hash and is never
    stored. `key_version` and `key_id` name the ring.
    """

    frame: pl.DataFrame
    keys: pl.DataFrame
    key_version: int
    key_id: str
    is_third_party: bool = False


@dataclass(frozen=True)
class PseudonymousReturn:
    """As ParsedReturn, with no identifier left. `tokens` and `keys`: as `frame` and `keys` in Tokens."""

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
    key_id: str = ""
    """The name of the keys that made the tokens; a return without one cannot be loaded."""
    is_third_party: bool = False
    places: Mapping[str, pl.DataFrame] = field(default_factory=dict)

    @cached_property
    def content_digest(self) -> str:
        """Keyed hash of what would be stored, whatever the order of rows; worked out when asked for."""
        return content_digest(self.format, self.header, self.tables, self.tokens, self.content_key)


def pseudonymise(parsed: ParsedReturn, ring: KeyRing, *, for_record: bool = True) -> PseudonymousReturn:
    """Replace identifiers by tokens under the ring, blur dates of birth, work out ages while they are known.

    Where a return is not `for_record`, nobody is looked for by name, no keys are derived, and no rotation will
    change a token, which is its own mark then.
    """
    named = identifiers(parsed, IDENTIFYING if for_record else TOKEN_KINDS)
    return joined(attributes(parsed), tokenise(named, ring, marked=for_record), ring)


def attributes(parsed: ParsedReturn) -> Attributes:
    """All that is kept of a return but its tokens."""
    person = parsed.format.tables[0]
    births = _whole(parsed.tables[person.stored]).select(PERSON_ROW, "birth_date")
    tables = {t.stored: _with_ages(t, parsed.tables[t.stored], births, parsed.year) for t in parsed.format.tables[1:]}
    return Attributes(
        parsed.format,
        parsed.year,
        parsed.authority_code,
        parsed.census_date,
        parsed.header,
        {person.stored: _person(person, parsed.tables[person.stored], parsed.year), **tables},
        parsed.findings,
        parsed.notes,
        parsed.digest,
        parsed.size,
        parsed.places,
    )


def identifiers(parsed: ParsedReturn, wanted: Iterable[str] = IDENTIFYING) -> pl.DataFrame:
    """person_row and the identifiers by which a person is found, those of the wanted that the format has."""
    person = parsed.tables[parsed.format.tables[0].stored]
    return person.select(pl.col(PERSON_ROW).cast(pl.UInt32), *(name for name in wanted if name in person.columns))


def tokenise(given: pl.DataFrame, ring: KeyRing, *, marked: bool = True) -> Tokens:
    """The tokens of identifiers, normalised here whoever wrote them. `given`: as `identifiers` gives it."""
    unchanging = KeyRing((ring.derive("mark"),))
    frames = [pl.DataFrame(schema=TOKEN_SCHEMA)]
    for kind in (kind for kind in TOKEN_KINDS if kind in given.columns):
        named = given.select(PERSON_ROW, normalised(pl.col(kind)).alias(kind)).drop_nulls()
        values, domain = named[kind].to_list(), DOMAINS.get(kind, kind)
        made = pl.Series("token", tokens(ring, domain, values), pl.Binary)
        mark = pl.Series(tokens(unchanging, domain, values), dtype=pl.Binary) if marked else made
        frames.append(named.select(PERSON_ROW, pl.lit(kind).alias("kind_code"), made, mark.alias("mark")))
    return Tokens(pl.concat(frames), _keys(given, ring), ring.version, ring.key_id)


def joined(given: Attributes, tokens: Tokens, ring: KeyRing) -> PseudonymousReturn:
    """The two halves as one. `ring`: the record's, for its hashes; it need not be the one that made the tokens."""
    return PseudonymousReturn(
        given.format,
        given.year,
        given.authority_code,
        given.census_date,
        given.header,
        given.tables,
        tokens.frame,
        tokens.key_version,
        given.findings,
        given.notes,
        file_digest(given.digest, ring),
        given.size,
        ring.content_key,
        tokens.keys,
        tokens.key_id,
        tokens.is_third_party,
        given.places,
    )


def file_digest(digest: str, ring: KeyRing) -> str:
    """The hash of a file under the record's key: a file of one child must not be guessed from its hash."""
    return hmac.digest(ring.derive("file"), digest.encode(), "sha256").hex()


def _person(table: Table, frame: pl.DataFrame, year: int) -> pl.DataFrame:
    upn, birth = pl.col("upn"), pl.col("birth_date")
    name = [_folded("surname"), _folded("forename"), birth]
    known = pl.all_horizontal(part.is_not_null() for part in name)
    kept = [c.stored for c in table.columns if _is_kept(c)]
    return _whole(frame).select(
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


def _whole(persons: pl.DataFrame) -> pl.DataFrame:
    """Persons with every identifier that something is made of; of nobody none is known."""
    kinds = {**dict.fromkeys(("surname", "forename", "upn", "uln"), pl.String), "birth_date": pl.Date}
    lacking = {name: kind for name, kind in kinds.items() if name not in persons.columns}
    return persons.with_columns(pl.lit(None, kind).alias(name) for name, kind in lacking.items())


def _is_kept(column: Column) -> bool:
    return column.role is Role.PAYLOAD


def _folded(name: str) -> pl.Expr:
    return composed(pl.col(name), "NFKC").str.to_uppercase().str.replace_all(r"[^\p{L}\p{N}]", "")


def _first_row(keys: list[pl.Expr], known: pl.Expr) -> pl.Expr:
    """The first row with the same keys; a row with an unknown key is alone."""
    return pl.when(known).then(pl.col("row_number").min().over(keys)).otherwise(pl.col("row_number"))


def _with_ages(table: Table, frame: pl.DataFrame, births: pl.DataFrame, year: int) -> pl.DataFrame:
    aged = [c for c in table.columns if c.age is not None and c.in_year(year)]
    if not aged:
        return frame
    born = frame.join(births, on=PERSON_ROW, how="left", maintain_order="left")
    ages = [age(pl.col("birth_date"), _day(c)).alias(str(c.age)) for c in aged]
    return born.with_columns(ages).drop("birth_date")


def _day(column: Column) -> pl.Expr:
    """The day of the event that a column dates."""
    said = pl.col(column.stored)
    return pl.date(said - column.age_back, *column.age_day) if column.kind is Kind.YEAR else said


def _keys(given: pl.DataFrame, ring: KeyRing) -> pl.DataFrame:
    """The keys derived of names, dates and places; no row where none is given."""
    if not set(GIVEN) & set(given.columns):
        return pl.DataFrame(schema=KEYS_SCHEMA)
    return pl.concat([given.select(PERSON_ROW), derived_keys(given, ring)], how="horizontal")
