"""The second station: strings become typed values in the stored shape, and cells at fault become findings.

This is the last station that sees names and dates of birth: whatever needs them is judged here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from cohort.errors import ReturnRefused
from cohort.ingest import cell, finding
from cohort.ingest.format import Column, Kind, Level, ReturnFormat, Role, Table
from cohort.ingest.raw import RawReturn

PERSON_ROW = "person_row"
BORN = "person.birth_date"


@dataclass(frozen=True)
class ParsedReturn:
    """Typed tables by stored name, identifiers included; cells at fault are null and stand in `findings`.

    Each table has `row_number` (1-based, in file order), the row numbers of the tables above it, and its
    stored columns; `person_row` in the person's table equals `row_number`.
    """

    format: ReturnFormat
    year: int
    authority_code: str
    census_date: date
    header: Mapping[str, object]
    tables: Mapping[str, pl.DataFrame]
    findings: pl.DataFrame
    notes: Mapping[str, int]
    digest: str
    size: int
    places: Mapping[str, pl.DataFrame] = field(default_factory=dict)


def parse(raw: RawReturn) -> ParsedReturn:
    """Read every cell as its column declares. Raises ReturnRefused where the head cannot be read."""
    census = raw.format.census_day(raw.year)
    header = _header(raw, census)
    parsed = {t.stored: _table(t, raw.tables[t.name], raw.year, census) for t in raw.format.tables}
    births = _births(raw.format, parsed)
    if births is not None:
        parsed = {t.stored: _since_birth(t, parsed[t.stored], births, raw.year) for t in raw.format.tables}
    return ParsedReturn(
        raw.format,
        raw.year,
        raw.authority_code,
        census,
        header,
        {name: p.frame for name, p in parsed.items()},
        finding.gather([raw.findings, *(p.findings for p in parsed.values())]),
        {**raw.notes, **_trimmed(parsed.values())},
        raw.digest,
        raw.size,
        raw.places,
    )


@dataclass(frozen=True)
class _ParsedTable:
    frame: pl.DataFrame
    findings: pl.DataFrame
    trimmed: int


def _table(table: Table, raw: pl.DataFrame, year: int, census: date) -> _ParsedTable:
    columns = [c for c in table.columns if c.in_year(year)]
    keys = [c for c in raw.columns if c not in {c.stored for c in table.columns}]
    clean = raw.with_columns(cell.cleaned(c).alias(c.stored) for c in columns)
    readings = {c.stored: cell.reading(c, year, census) for c in columns}
    flags = {f"{c.tag}\0{code}": flag for c in columns for code, flag in readings[c.stored].faults}
    kept = [readings[c.stored].value for c in columns if c.role is not Role.DROPPED]
    absent = [pl.lit(None, c.type).alias(c.stored) for c in table.columns if not c.in_year(year)]
    formed = clean.with_columns(cell.formed(c) for c in columns if c.kind in cell.NORMALISED)
    read = formed.select(*keys, *kept, *absent, *(flag.alias(name) for name, flag in flags.items()))
    judged, frame = read.select("row_number", *flags), read.drop(flags)
    frame = frame.with_columns(make().alias(name) for name, make in table.made.items())
    if table.parent is None:  # what hangs under nobody is a person, or is of none
        own = pl.col("row_number") if table.key == PERSON_ROW else pl.lit(None, pl.UInt32)
        frame = frame.with_columns(own.alias(PERSON_ROW))
    return _ParsedTable(frame, _places(table, judged), _count_trimmed(raw, clean, columns))


def _places(table: Table, judged: pl.DataFrame) -> pl.DataFrame:
    """Findings from a frame of flags whose names are `tag NUL code`."""
    found = judged.select(pl.exclude("row_number").any())
    frames = []
    for name in found.columns:
        if found[name].item():
            rows = judged.filter(pl.col(name))["row_number"]
            tag, code = name.split("\0")
            frames.append(places(cell.CAUSES[code].level, code, table.name, rows, tag))
    return finding.gather(frames)


def places(level: Level, code: str, table: str, rows: pl.Series, tag: str) -> pl.DataFrame:
    """One finding for each of the rows."""
    return pl.DataFrame({"row": rows.cast(pl.Int64)}).select(
        pl.lit(code).alias("code"),
        pl.lit(level.value).alias("level"),
        pl.lit(table).alias("table"),
        "row",
        pl.lit(tag).alias("column"),
    )


def _births(form: ReturnFormat, parsed: Mapping[str, _ParsedTable]) -> pl.DataFrame | None:
    for table in form.tables:
        for column in table.columns:
            if column.kind is Kind.BIRTH:
                return parsed[table.stored].frame.select(PERSON_ROW, pl.col(column.stored).alias(BORN))
    return None


def _since_birth(table: Table, parsed: _ParsedTable, births: pl.DataFrame, year: int) -> _ParsedTable:
    """The table without dates before the person's birth, which become findings."""
    dates = [c for c in table.columns if c.kind is Kind.DATE and c.in_year(year)]
    if not dates:
        return parsed
    born = parsed.frame.join(births, on=PERSON_ROW, how="left", maintain_order="left")
    early = [(c, pl.col(c.stored) < pl.col(BORN)) for c in dates]
    judged = born.select("row_number", *(flag.alias(f"{c.tag}\0CELL-16") for c, flag in early))
    kept = [pl.when(~flag.fill_null(value=False)).then(c.stored).alias(c.stored) for c, flag in early]
    findings = finding.gather([parsed.findings, _places(table, judged)])
    return _ParsedTable(born.with_columns(kept).drop(BORN), findings, parsed.trimmed)


def _count_trimmed(raw: pl.DataFrame, clean: pl.DataFrame, columns: Iterable[Column]) -> int:
    """Cells that `cleaned` changed, those that it emptied included."""
    changed = [(raw[c.stored] != "") & clean[c.stored].ne_missing(raw[c.stored]) for c in columns]
    return sum(int(cells.sum()) for cells in changed)


def _trimmed(parsed: Iterable[_ParsedTable]) -> dict[str, int]:
    total = sum(p.trimmed for p in parsed)
    return {"cells freed of outer space and invisible characters, or with letters composed": total} if total else {}


def _header(raw: RawReturn, census: date) -> dict[str, object]:
    """The head's values, typed. Raises ReturnRefused where a cell of the head is at fault."""
    columns = [c for c in raw.format.header if c.in_year(raw.year)]
    names = [c.stored for c in columns]
    frame = pl.DataFrame(
        {c.stored: [raw.header.get(c.stored)] for c in columns}, schema=dict.fromkeys(names, pl.String)
    )
    clean = frame.with_columns(cell.cleaned(c).alias(c.stored) for c in columns)
    readings = {c.stored: cell.reading(c, raw.year, census) for c in columns}
    flags = {(c.tag, code): flag.fill_null(value=False) for c in columns for code, flag in readings[c.stored].faults}
    judged = clean.select(flag.alias("\0".join(place)) for place, flag in flags.items()).row(0)
    for (tag, code), is_at_fault in zip(flags, judged, strict=True):
        if is_at_fault and cell.CAUSES[code].level is Level.ERROR:
            cause = cell.CAUSES[code]
            raise ReturnRefused(f"HEAD-{code}", f"In the head, {cause.sentence.format(column=tag)}", cause.advice)
    return clean.select(readings[c.stored].value for c in columns).row(0, named=True)
