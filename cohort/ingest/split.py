"""A return in two halves, so that no one party sees both who a child is and what is said of it.

`split` runs at the authority: identifiers with row keys into one file, attributes with the same keys into
another; ages are worked out before, for the date of birth stays behind. `tokenised` runs at the third party, who
holds the key: identifiers in, tokens out. `taken` runs where the record is: attributes and tokens are one return
again, equal to what `pseudonymise` makes on one machine. Row keys are random for each split and mean nothing
else. It follows the separation of roles in ICO, *Anonymisation, pseudonymisation and privacy enhancing
technologies guidance*, and the Scottish Informatics and Linkage Collaboration's trusted third party.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

import polars as pl
import polars.selectors as cs

from cohort.errors import ReturnRefused
from cohort.ingest import cell, finding, structure
from cohort.ingest.exchange import Exchanged, Part, read, write
from cohort.ingest.format import Level, ReturnFormat, Table
from cohort.ingest.parse import PERSON_ROW, ParsedReturn, parse
from cohort.ingest.pseudonymise import (
    IDENTIFYING,
    KEYS_SCHEMA,
    TOKEN_KINDS,
    TOKEN_SCHEMA,
    Attributes,
    Tokens,
    attributes,
    identifiers,
    tokenise,
)
from cohort.ingest.read import declared_formats, nobody_returned
from cohort.ingest.refusals import FileRefused
from cohort.ingest.source import LIMITS, Limits
from cohort.vault.keys import KeyRing

ROW_KEY = "row_key"
ROWS = "rows"
FINDINGS = "findings"
FLAGGED = ("upn", "uln")
"""Identifiers of which the attributes say who has one."""
MAC = "^[0-9a-f]{32}$"
Source = Path | bytes | BinaryIO


def split(parsed: ParsedReturn, folder: Path, name: str) -> tuple[Path, Path]:
    """Write `name.identifiers.jsonl` and `name.attributes.jsonl`; hands on where they lie."""
    given, named = attributes(parsed), identifiers(parsed)
    keys = pl.Series(ROW_KEY, [secrets.token_hex(16) for _ in range(named.height)], pl.String)
    rows = named.select(PERSON_ROW).with_columns(keys)
    whose = secrets.token_hex(16)
    # In the order of the keys, which is none: the place of a row must not say whose it is.
    people = named.drop(PERSON_ROW).with_columns(keys).sort(ROW_KEY).select(ROW_KEY, *named.columns[1:])
    one = write(folder / f"{name}.identifiers.jsonl", Part.IDENTIFIERS, {"split": whose}, {"people": people})
    tables = {ROWS: rows, FINDINGS: given.findings, **given.tables}
    return one, write(folder / f"{name}.attributes.jsonl", Part.ATTRIBUTES, {"split": whose, **_head(given)}, tables)


def _head(given: Attributes) -> dict[str, Any]:
    return {
        "collection": given.format.collection,
        "year": given.year,
        "authority": given.authority_code,
        "header": dict(given.header),
        "notes": dict(given.notes),
    }


def tokenised(source: Source, path: Path, ring: KeyRing, limits: Limits = LIMITS) -> Path:
    """Write the tokens of a file of identifiers under the third party's ring."""
    file = read(source, Part.IDENTIFIERS, limits)
    named = [name for name in IDENTIFYING if name in file.columns("people")]
    kinds = {name: pl.Date if name == "birth_date" else pl.String for name in named}
    people = file.table("people", {ROW_KEY: pl.String, **kinds})
    numbered = people.with_row_index(PERSON_ROW, offset=1)
    made = tokenise(numbered.drop(ROW_KEY), ring)
    tables = {name: _shown(frame, numbered) for name, frame in (("tokens", made.frame), ("keys", made.keys))}
    head = {"split": file.split, "key_version": made.key_version, "key_id": made.key_id}
    return write(path, Part.TOKENS, head, tables)


def _shown(frame: pl.DataFrame, numbered: pl.DataFrame) -> pl.DataFrame:
    """A frame by row key, its bytes in hexadecimal, in the order of the keys."""
    keyed = numbered.select(PERSON_ROW, ROW_KEY).join(frame, on=PERSON_ROW).drop(PERSON_ROW)
    return keyed.with_columns(cs.binary().bin.encode("hex")).sort(ROW_KEY, maintain_order=True)


def taken(source: Source, tokens: Source, limits: Limits = LIMITS) -> tuple[Attributes, Tokens]:
    """Attributes and the tokens of their rows, ready to be `joined`.

    Raises FileRefused where one of the files is not what it should be, or they do not belong together.
    """
    file, made = read(source, Part.ATTRIBUTES, limits), read(tokens, Part.TOKENS, limits)
    if file.split != made.split:
        raise made.refused("SPLIT-02")
    given = _attributes(file)
    rows = file.table(ROWS, {PERSON_ROW: pl.UInt32, ROW_KEY: pl.String})
    return given, _tokens(made, rows, given.tables[given.format.tables[0].stored])


def _tokens(made: Exchanged, rows: pl.DataFrame, person: pl.DataFrame) -> Tokens:
    """Tokens by row, as one machine would order them. Refused unless they are those of the rows' identifiers."""
    trust = {kind: place for place, kind in enumerate(TOKEN_KINDS)}
    place = pl.col("kind_code").replace_strict(trust, default=None, return_dtype=pl.Int8)
    found = _placed(made, "tokens", TOKEN_SCHEMA, rows).with_columns(place.alias("place")).sort("place", PERSON_ROW)
    keys = _placed(made, "keys", KEYS_SCHEMA, rows).sort(PERSON_ROW)
    if found.null_count().sum_horizontal().item() or not _belong(found, rows, person):
        raise made.refused("SPLIT-03")
    if keys[PERSON_ROW].to_list() != rows[PERSON_ROW].to_list():
        raise made.refused("SPLIT-03")
    try:
        named = int(made.head["key_version"]), str(made.head["key_id"])
    except (KeyError, ValueError, TypeError):
        raise made.refused("SPLIT-01") from None
    return Tokens(found.select(*TOKEN_SCHEMA), keys, *named, is_third_party=True)


def _placed(made: Exchanged, name: str, schema: Mapping[str, Any], rows: pl.DataFrame) -> pl.DataFrame:
    """A table with person_row for row_key and bytes for hexadecimal; what is no token is refused."""
    macs = [column for column, kind in schema.items() if kind is pl.Binary]
    texts = [column for column in schema if column != PERSON_ROW]
    found = made.table(name, {ROW_KEY: pl.String, **dict.fromkeys(texts, pl.String)})
    if not all(found.select(pl.col(column).str.contains(MAC).all() for column in macs).row(0)):
        raise made.refused("SPLIT-03")
    placed = found.join(rows, on=ROW_KEY, how="left").with_columns(pl.col(*macs).str.decode("hex"))
    return placed.select(*schema)


def _belong(tokens: pl.DataFrame, rows: pl.DataFrame, person: pl.DataFrame) -> bool:
    """Whether each person has one key and one token for each identifier that the attributes say it has."""
    if rows[ROW_KEY].n_unique() != rows.height or rows[PERSON_ROW].to_list() != person[PERSON_ROW].to_list():
        return False
    pairs = tokens.select(PERSON_ROW, "kind_code")
    for kind in FLAGGED:
        given = person.filter(pl.col(f"has_{kind}"))[PERSON_ROW].to_list()
        if pairs.filter(kind_code=kind)[PERSON_ROW].sort().to_list() != sorted(given):
            return False
    return bool(pairs.n_unique() == pairs.height)


def _attributes(file: Exchanged) -> Attributes:
    """The attributes, held again to what `parse` lets pass: whoever wrote the file, no name gets in by it."""
    empty, notes = _head_of(file)
    form, year = empty.format, empty.year
    tables = {table.stored: _table(file, empty, table) for table in form.tables}
    person = tables[form.tables[0].stored]
    if not all(frame[PERSON_ROW].is_in(person[PERSON_ROW].implode()).all() for frame in tables.values()):
        raise file.refused("SPLIT-05")
    if not person.select((pl.col("birth_month").dt.day() == 1).all()).item():
        raise file.refused("SPLIT-05")
    findings = file.table(FINDINGS, finding.SCHEMA)
    _refuse_other_words(file, form, findings, year)
    return replace(empty, tables=tables, findings=findings, notes=notes, digest=file.digest, size=file.size)


def _head_of(file: Exchanged) -> tuple[Attributes, dict[str, int]]:
    """The return without its rows, its head parsed again, and its notes."""
    head = file.head
    try:
        form, year = declared_formats()[head["collection"]], int(head["year"])
        texts = {c.stored: head["header"].get(c.stored) for c in form.header}
        notes = {str(note): int(n) for note, n in head["notes"].items()}
        is_text = all(text is None or isinstance(text, str) for text in texts.values())
        if not is_text or not form.covers(year) or texts["authority_code"] != head["authority"]:
            raise file.refused("SPLIT-01")
        raw = replace(nobody_returned(form, year, head["authority"]), header=texts)
        return attributes(parse(raw)), notes
    except (KeyError, ValueError, TypeError, AttributeError):
        raise file.refused("SPLIT-01") from None
    except ReturnRefused as refused:
        raise FileRefused(refused, file.digest, file.size) from None


def _table(file: Exchanged, empty: Attributes, table: Table) -> pl.DataFrame:
    """A table of just its columns, each cell of text as `parse` would have left it."""
    frame = file.table(table.stored, dict(empty.tables[table.stored].schema))
    texts = [c for c in table.columns if c.stored in frame.columns and c.type is pl.String and c.in_year(empty.year)]
    settled = [
        cell.reading(c, empty.year, empty.census_date).value.eq_missing(pl.col(c.stored)).all().alias(c.stored)
        for c in texts
    ]
    settled += [make().eq_missing(pl.col(name)).all().alias(f"{name} made") for name, make in table.made.items()]
    if settled and not all(frame.select(settled).row(0)):
        raise file.refused("SPLIT-05")
    return frame


def _refuse_other_words(file: Exchanged, form: ReturnFormat, findings: pl.DataFrame, year: int) -> None:
    """Findings name our own tables and items and nothing else."""
    items = {tag for t in form.tables for c in t.columns for tag in (c.tag, c.header(year), t.name)}
    ours = {
        "code": {*structure.CAUSES, *cell.CAUSES},
        "level": set(Level),
        "table": {structure.HEADER, *form.by_name},
        "column": {"", *items, *(c.tag for c in form.header)},
    }
    if not all(findings[name].is_in(list(known)).all() for name, known in ours.items()):
        raise file.refused("SPLIT-05")
