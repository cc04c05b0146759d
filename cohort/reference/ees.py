"""Files in the layout of the DfE's Explore Education Statistics (EES): wide, tidy, and full of small faults.

Put up with, and counted: mixed case, a column that stands twice with the same figures, misspelt columns
(kept as they are), both forms of `time_period`, ONS codes that lag or flip (authorities are joined on
`old_la_code`, the DfE's three digits, alone), blank cells, counts below zero, a row that stands twice.
"""

from __future__ import annotations

import csv
import io
import re

import polars as pl

from cohort.errors import UsageError
from cohort.reference.figure import SCHEMA, WORDS, Note, Noted, Status, decode, note
from cohort.reference.place import ROW, place
from cohort.reference.sources import SOURCES, Source, recognise

NEEDED = frozenset({"time_period", "time_identifier", "geographic_level", "old_la_code"})
IDENTITY = (
    *("time_period", "time_identifier", "geographic_level", "country_code", "country_name"),
    *("region_code", "region_name", "new_la_code", "old_la_code", "la_name", "breakdown_topic", "breakdown"),
)
KEPT = tuple(name for name in SCHEMA if name not in ("measure", "value", "text", "status"))


def read(text: str, name: str) -> tuple[Source, pl.DataFrame, list[Note]]:
    """The source, the long form and the notes of a file in the EES layout. `name` is for messages."""
    table, notes = _named(_cells(text, name), name)
    source = _source(table, name)
    places, more = place(table, source, name)
    single, doubles = _single(places, name)
    long, tolerated = _long(single, source, name)
    return source, long, [*notes, *more, *doubles, *tolerated]


def _cells(text: str, name: str) -> pl.DataFrame:
    """The cells as text, the head included. A last line shorter than the head is that of a cut file."""
    head, last = text.split("\n", 1)[0], text.rstrip("\r\n").rpartition("\n")[2]
    if len(next(csv.reader([last]))) < len(next(csv.reader([head]))):
        raise UsageError("REF-02", f"{name} ends in the middle of a row.", "Download the file as CSV again.")
    try:
        return pl.read_csv(io.BytesIO(text.encode()), has_header=False, infer_schema=False)
    except pl.exceptions.PolarsError:
        raise UsageError("REF-02", f"{name} is not a text table.", "Download the file as CSV again.") from None


def _snake(header: str | None) -> str:
    return re.sub(r"[^0-9a-z]+", "_", (header or "").strip().lower()).strip("_")


def _named(cells: pl.DataFrame, name: str) -> Noted:
    """Columns under their names in lower snake case, each once, and the 1-based row of the file."""
    headers = [header or "" for header in cells.row(0)]
    body = cells.slice(1).with_row_index(ROW, offset=2)
    homes: dict[str, list[str]] = {}
    for header, column in zip(headers, cells.columns, strict=True):
        homes.setdefault(_snake(header), []).append(column)
    unnamed = [c for c in homes.pop("", []) if body[c].null_count() < body.height]
    if not homes.keys() >= NEEDED or body.is_empty():
        raise _unknown_layout(name)
    _refuse_contradictions(body, homes, name)
    named = body.select(ROW, **{snake: pl.col(columns[0]) for snake, columns in homes.items()})
    doubled = sum(len(columns) - 1 for columns in homes.values())
    renamed = sum(header != _snake(header) for header in headers)
    return named.filter(~pl.all_horizontal(pl.exclude(ROW).is_null())), [
        *note("A column name was brought to lower case.", renamed),
        *note("A column without a name was left out.", len(unnamed)),
        *note("A column stands twice with the same figures: read once.", doubled),
    ]


def _refuse_contradictions(body: pl.DataFrame, homes: dict[str, list[str]], name: str) -> None:
    for snake, (first, *others) in homes.items():
        if any(not body[first].equals(body[other], null_equal=True) for other in others):
            raise UsageError(
                "REF-05",
                f"{name}: {snake} stands twice, with different figures.",
                "Ask its publisher which holds.",
            )


def _unknown_layout(name: str) -> UsageError:
    return UsageError(
        "REF-03",
        f"{name} is neither a table in the EES layout nor the Ministry of Justice's table of appeals.",
        "Give a data file of the release as it was downloaded.",
    )


def _source(table: pl.DataFrame, name: str) -> Source:
    period = table["time_identifier"].drop_nulls()
    source = recognise(table.columns, period[0].strip().capitalize() if len(period) else None)
    if source is None:
        known = ", ".join(s.name for s in SOURCES)
        raise UsageError(
            "REF-04",
            f"{name} is in the EES layout, but no source that is declared.",
            f"Known are {known}; a new one is a line in cohort/reference/sources.py.",
        )
    return source


def _single(places: pl.DataFrame, name: str) -> Noted:
    """Each row once: a row that stands twice would count twice in every sum."""
    measures = [c for c in places.columns if c not in (*IDENTITY, *KEPT, ROW)]
    once = places.unique([*KEPT, *measures], keep="first", maintain_order=True)
    doubles = once.filter(pl.struct(KEPT).is_duplicated())
    if doubles.height:
        raise UsageError(
            "REF-08",
            f"{name}, row {doubles[ROW][-1]}: its place, period and breakdown stood before with other figures.",
            "Ask its publisher which holds.",
        )
    single = once.select(ROW, *KEPT, *measures)
    return single, note("A row stands twice with the same figures: read once.", places.height - once.height)


def _long(single: pl.DataFrame, source: Source, name: str) -> Noted:
    """One row a figure, in the order of the columns and then of the rows."""
    melted = single.unpivot(index=[ROW, *KEPT], variable_name="measure", value_name="cell")
    trimmed = melted.with_columns(pl.col("cell").str.strip_chars().replace("", None))
    long = _words(trimmed) if source.is_words else _numbers(trimmed, name)
    blank = trimmed["cell"].null_count()
    below = long.select((pl.col("value") < 0).sum()).item()
    return long.select(pl.col(c).cast(t) for c, t in SCHEMA.items()), [
        *note("A blank cell was read as no data.", blank),
        *note("A figure is below zero: kept as published.", below),
    ]


def _words(melted: pl.DataFrame) -> pl.DataFrame:
    word = pl.col("cell").str.to_lowercase().fill_null("")
    return melted.with_columns(
        pl.lit(None, pl.Float64).alias("value"),
        pl.col("cell").alias("text"),
        word.replace_strict(dict(WORDS), default=Status.SHOWN.value, return_dtype=pl.String).alias("status"),
    )


def _numbers(melted: pl.DataFrame, name: str) -> pl.DataFrame:
    """Most cells are plain numbers and cast at once; the rest are few distinct texts, decoded one by one."""
    number = pl.col("cell").cast(pl.Float64, strict=False)
    cast = melted.with_columns(pl.when(number.is_finite()).then(number).alias("value"))
    rest = cast.filter(pl.col("value").is_null())["cell"].unique()
    figures = {text: decode(text) for text in rest}
    _refuse_unreadable(cast, [text for text, figure in figures.items() if figure is None], name)
    decoded = pl.DataFrame(
        [(text, figure.value, figure.status.value) for text, figure in figures.items() if figure],
        schema={"cell": pl.String, "decoded": pl.Float64, "status": pl.String},
        orient="row",
    )
    return cast.join(decoded, on="cell", how="left", nulls_equal=True, maintain_order="left").with_columns(
        pl.coalesce("value", "decoded"),
        pl.lit(None, pl.String).alias("text"),
        pl.col("status").fill_null(Status.SHOWN.value),
    )


def _refuse_unreadable(cells: pl.DataFrame, texts: list[str], name: str) -> None:
    if texts:
        first = cells.filter(pl.col("cell").is_in(texts)).row(0, named=True)
        raise UsageError(
            "REF-07",
            f"{name}, row {first[ROW]}, {first['measure']}: neither a figure nor a symbol of official statistics.",
            "Download the file again; a spreadsheet may have changed it.",
        )
